using System.Text.Json;
using Escalation.TestKit;
using Escalation.TestKit.Hubs;

namespace Escalation.Silo.Tests.Desks;

/// <summary>Desks on two hosts over one database.</summary>
public sealed class TwoHostDeskTests : IDisposable
{
    private const string People =
        """
        teams:
          front: {name: Front line}
        people:
          agent: {name: Ana Rusu, team: front, level: buffer, languages: [ro, en], capacity: 2}
          supervisor: {name: Irina Moraru, team: front, level: head, languages: [ro, ru], capacity: 2}
        """;

    private readonly string _folder = TestPolicy.FolderWith(("people.yaml", People));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Rule("DSK-5")]
    public async Task When_a_host_ends_its_desks_are_closed_and_another_goes_on_offering()
    {
        await using var first = await TestPlatform.StartAsync(policyFolder: _folder);
        await using var second = await TestPlatform.StartBesideAsync(first, policyFolder: _folder);
        using var ana = second.ClientFor("agent");
        using var irina = first.ClientFor("supervisor");

        // The second host wrote the keys that are good now; the first one's supervisor signs in with them.
        irina.DefaultRequestHeaders.Authorization = second.ClientFor("supervisor").DefaultRequestHeaders.Authorization;
        var desk = await TestDesk.OpenAsync(irina);
        await desk.UntilAsync(d => d.Presence == "available");
        await ana.OpenCaseAsync();
        await desk.UntilAsync(d => d.Offers.Count == 1);

        await first.StopAsync();
        await desk.DisposeAsync();

        await using var other = await TestDesk.OpenAsync(ana);
        await other.UntilAsync(d => d.Offers.Count == 1);
        Assert.True((await other.InvokeAsync("Accept", other.OfferId)).GetProperty("accepted").GetBoolean());
        Assert.Empty(await second.ProveAsync());
    }

    [Fact]
    public async Task Who_looks_at_a_case_and_who_edits_it_shows_on_both_hosts()
    {
        await using var first = await TestPlatform.StartAsync(policyFolder: _folder);
        await using var second = await TestPlatform.StartBesideAsync(first, policyFolder: _folder);
        using var here = first.ClientFor("agent");
        here.DefaultRequestHeaders.Authorization = second.ClientFor("agent").DefaultRequestHeaders.Authorization;
        using var there = second.ClientFor("supervisor");
        var id = (await here.OpenCaseAsync()).GetProperty("id").GetString()!;
        await using var ana = await TestDesk.ConnectAsync(here);
        await using var irina = await TestDesk.ConnectAsync(there);
        await using var looks = ana.StreamAsync("Look", [id], TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await looks.MoveNextAsync());
        Assert.Equal(["Ana Rusu"], NamesIn(looks.Current));

        await using var watches = irina.StreamAsync("Look", [id], TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await UntilAsync(watches, viewers => NamesIn(viewers).SequenceEqual(["Ana Rusu", "Irina Moraru"]));
        await UntilAsync(looks, viewers => NamesIn(viewers).Count == 2);

        await ana.SendInvocationAsync("Editing", [id, true]);
        await UntilAsync(watches, viewers => viewers.GetProperty("viewers")[0].GetProperty("editing").GetBoolean());
        await ana.DisposeAsync();
        await UntilAsync(watches, viewers => NamesIn(viewers).SequenceEqual(["Irina Moraru"]));
    }

    private static async Task UntilAsync(IAsyncEnumerator<JsonElement> messages, Func<JsonElement, bool> holds)
    {
        do
        {
            Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(90), TimeProvider.System));
        }
        while (!holds(messages.Current));
    }

    private static List<string?> NamesIn(JsonElement viewers) =>
        [.. viewers.GetProperty("viewers").EnumerateArray().Select(viewer => viewer.GetProperty("name").GetString())];
}
