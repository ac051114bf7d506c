using System.Diagnostics;
using System.Text;
using Escalation.Dashboard.Hubs;
using Escalation.Silo.Monitoring;
using Escalation.TestKit;
using Escalation.TestKit.Hubs;
using Microsoft.Extensions.Configuration;

namespace Escalation.Silo.Tests.Platform;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_click_can_be_followed_to_the_commit_and_to_the_other_screens()
    {
        await using var platform = await TestPlatform.StartAsync();
        var trace = ActivityTraceId.CreateRandom();
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Escalation" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var key = platform.ClientFor("agent").DefaultRequestHeaders.Authorization!;
        await using var viewer = await HubClient.ConnectAsync(
            new Uri(platform.Url, BoardHub.Path), options => options.SetRequestHeader("Authorization", key.ToString()), patience.Token);
        await using var messages = viewer.StreamAsync("Watch", new { }, patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await messages.MoveNextAsync());

        var client = platform.ClientFor("intake");
        client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        await client.OpenCaseAsync();

        await platform.UntilAsync(() =>
        {
            // The board's frames are of the platform's time.
            platform.Time.Advance(TimeSpan.FromMilliseconds(50));
            return Task.FromResult(Names().Contains("board patch"));
        });
        Assert.Superset(new HashSet<string> { "case turn", "log append", "board patch" }, Names());
        Assert.Contains(Names(), name => name.Contains("/api/cases", StringComparison.Ordinal) || name.Contains("HttpRequestIn", StringComparison.Ordinal));

        HashSet<string> Names()
        {
            lock (spans)
            {
                return [.. spans.Where(span => span.TraceId == trace).Select(span => span.OperationName)];
            }
        }
    }

    [Fact]
    public async Task Traces_figures_and_log_lines_reach_a_collector_also_those_of_the_last_moment()
    {
        await using var collector = await HttpService.StartAsync();
        await using (var platform = await TestPlatform.StartAsync(settings: new Dictionary<string, string?>
        {
            [$"{TelemetryOptions.Section}:Endpoint"] = collector.Url,
            [$"{TelemetryOptions.Section}:Headers:Authorization"] = "Bearer secret",
            [$"{TelemetryOptions.Section}:Every"] = "01:00:00",
        }))
        {
            await platform.ClientFor("intake").OpenCaseAsync();
            await platform.FastForward(TimeSpan.FromDays(7));
        }

        var heard = new Dictionary<string, StringBuilder>();
        while (collector.HasMoreRequests)
        {
            var request = await collector.NextAsync();
            Assert.Equal("Bearer secret", request.Headers["authorization"]);
            heard.TryAdd(request.Path, new StringBuilder());
            heard[request.Path].Append(Encoding.Latin1.GetString(request.Content));
        }

        Assert.Superset(new HashSet<string> { "/v1/logs", "/v1/metrics", "/v1/traces" }, heard.Keys.ToHashSet());
        Assert.Contains("case turn", heard["/v1/traces"].ToString(), StringComparison.Ordinal);
        Assert.All(
            [
                "escalation.log.commit.appends", "escalation.log.commit.duration", "escalation.deadline.lateness",
                "escalation.cases.open", "escalation.promises.silently_lapsed", "escalation.tail.lag",
            ],
            name => Assert.Contains(name, heard["/v1/metrics"].ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Endpoint", "collector")]
    [InlineData("Endpoint", "ftp://collector")]
    [InlineData("Sample", "1.5")]
    [InlineData("Every", "00:00:00")]
    public void A_setting_that_cannot_be_right_is_named(string name, string value)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [$"{TelemetryOptions.Section}:{name}"] = value }).Build();
        var said = Assert.Throws<InvalidOperationException>(() => TelemetryOptions.Read(settings)).Message;
        Assert.Contains($"{TelemetryOptions.Section}:{name}", said, StringComparison.Ordinal);
    }
}
