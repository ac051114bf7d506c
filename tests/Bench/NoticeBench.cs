using System.Globalization;
using Escalation.TestKit;
using Npgsql;

namespace Escalation.Bench;

/// <summary>
/// Explanations through a local mail server that takes everything: how many a second when all are due at once, and how
/// long from send-by to the server's acceptance when they come one after another.
/// </summary>
internal static class NoticeBench
{
    public static async Task RunAsync(BenchRun run)
    {
        var burst = await MeasureAsync(run, run.Small ? 500 : 5000, TimeSpan.FromSeconds(1));
        run.Report("perSecond", burst.Count / Math.Max(0.001, (burst.Max(one => one.AcceptedAt) - burst.Min(one => one.SendBy)).TotalSeconds), "/s");
        var steady = await MeasureAsync(run, run.Small ? 300 : 3000, TimeSpan.FromSeconds(run.Small ? 10 : 60));
        var waits = steady.Select(one => (one.AcceptedAt - one.SendBy).TotalMilliseconds).Order().ToArray();
        run.Report("p50Ms", BenchRun.Percentile(waits, 0.5), "ms");
        run.Report("p99Ms", BenchRun.Percentile(waits, 0.99), "ms");
    }

    private static async Task<List<(DateTimeOffset SendBy, DateTimeOffset AcceptedAt)>> MeasureAsync(BenchRun run, int count, TimeSpan within)
    {
        using var folder = new TemporaryFolder();
        await using var mail = await MailServer.StartAsync(brief: true);
        // The lead leaves room for all of them: half of it, until a person is asked to call instead.
        var lead = TimeSpan.FromSeconds(run.Small ? 20 : 90);
        var size = new StormSize(count, within, lead + TimeSpan.FromSeconds(run.Small ? 15 : 60), lead, 0, TimeSpan.Zero);
        var (data, environment, firstDue) = await new Storm(size, run.Say).PrepareAsync(folder.Path, mail.Port);
        await using var host = await HostProcess.StartAsync(data, environment);
        if (TimeProvider.System.GetUtcNow() > firstDue - size.Lead)
        {
            throw new InvalidOperationException("The host was not up before the first send-by; the machine is too slow for this run.");
        }

        var last = firstDue + within + TimeSpan.FromSeconds(60);
        while (mail.Taken.Count < count && TimeProvider.System.GetUtcNow() < last)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        await using var source = NpgsqlDataSource.Create(await BenchDatabase.ConnectionStringAsync(data, 2));
        await using var command = source.CreateCommand(
            """
            select made.data ->> 'sendBy', accepted.data ->> 'acceptedAt'
            from event as made
            join event as accepted using (stream)
            where made.kind = 'promiseMade' and accepted.kind = 'noticeAccepted'
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var taken = new List<(DateTimeOffset, DateTimeOffset)>();
        while (await reader.ReadAsync())
        {
            taken.Add((At(reader.GetString(0)), At(reader.GetString(1))));
        }

        return taken.Count == count ? taken : throw new InvalidOperationException($"{taken.Count} of {count} explanations were accepted.");
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
