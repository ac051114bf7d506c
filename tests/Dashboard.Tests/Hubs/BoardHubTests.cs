using System.Net;
using System.Text.Json;
using Escalation.Dashboard.Hubs;
using Escalation.Grains.Board;
using Escalation.TestKit;
using Escalation.TestKit.Boards;
using Escalation.TestKit.Hubs;

namespace Escalation.Dashboard.Tests.Hubs;

[Rule("BRD-2")]
public sealed class BoardHubTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 19, 14, 32, 8, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Seeds that ever failed belong here by number, with what they found.</summary>
    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_view_built_from_messages_is_the_view_a_fresh_read_gives(int seed)
    {
        using var patience = new CancellationTokenSource(Patience);
        var feed = new RandomFeed(seed, Now);
        await using var host = await StartAsync();
        host.Board.Load([], 0);

        var viewers = Enumerable.Range(0, 6).Select(_ => (View: feed.View(), Random: new Random(feed.Random.Next())))
            .Select(viewer => FollowAsync(host, viewer.View, viewer.Random, patience.Token)).ToArray();
        for (var i = 0; i < 600; i++)
        {
            feed.Happen(cases: 60);
            host.Board.Apply(feed.Batch(i, 1, i + 1));
            if (feed.Random.Next(10) == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(feed.Random.Next(8)), TimeProvider.System, patience.Token);
            }

            if (i == 300)
            {
                // The host starts over from the stored rows, as after a long loss of its feed.
                host.Board.Load(feed.RowsAt(i + 1), feed.PositionAt(i + 1));
            }
        }

        s_ends[host.Board] = feed.Position;
        foreach (var viewer in viewers)
        {
            var (view, client) = await viewer;
            var expected = ClientBoard.Expect(host.Board.Read(view with { People = TestPolicy.Shipped.Current.People }, Now));
            Assert.True(expected.Rows.SequenceEqual(client.Rows), $"Seed {seed}, view '{view.ToQuery()}': rows differ.");
            Assert.True(expected.Counts == client.Counts, $"Seed {seed}, view '{view.ToQuery()}': {client.Counts} is not {expected.Counts}.");
        }
    }

    [Fact]
    public async Task The_first_message_is_a_snapshot_and_the_first_change_follows_at_once()
    {
        using var patience = new CancellationTokenSource(Patience);
        var feed = Grown(new RandomFeed(1, Now), 50);
        await using var host = await StartAsync(options => options.Beat = TimeSpan.FromMinutes(1));
        host.Board.Load(feed.RowsAt(49), feed.PositionAt(49));
        await using var client = await ConnectAsync(host, patience.Token);
        await using var messages = client.StreamAsync("Watch", new { }, patience.Token).GetAsyncEnumerator(patience.Token);

        Assert.True(await messages.MoveNextAsync());
        Assert.Equal("snapshot", Kind(messages.Current));
        Assert.Equal(BoardMessage.ProtocolVersion, messages.Current.GetProperty("protocol").GetInt32());
        host.Board.Apply(feed.Batch(49, 1, 50));
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal("patch", Kind(messages.Current));
        Assert.Equal(feed.Position, messages.Current.GetProperty("position").GetInt64());
    }

    [Fact]
    public async Task A_quiet_board_beats_and_a_stale_one_says_since_when()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var host = await StartAsync();
        host.Board.Load([], 17);
        await using var client = await ConnectAsync(host, patience.Token);
        await using var messages = client.StreamAsync("Watch", new { }, patience.Token).GetAsyncEnumerator(patience.Token);
        await messages.MoveNextAsync();
        await messages.MoveNextAsync();
        Assert.Equal("beat", Kind(messages.Current));
        Assert.Equal(17, messages.Current.GetProperty("position").GetInt64());

        host.Board.MarkStale(Now.AddSeconds(-5));
        while (!messages.Current.TryGetProperty("staleSince", out _))
        {
            await messages.MoveNextAsync();
        }

        Assert.Equal(Now.AddSeconds(-5), messages.Current.GetProperty("staleSince").GetDateTimeOffset());
        host.Board.MarkLive();
        while (messages.Current.TryGetProperty("staleSince", out _))
        {
            await messages.MoveNextAsync();
        }
    }

    [Fact]
    public async Task Nothing_is_shown_before_the_board_is_loaded()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var host = await StartAsync();
        await using var client = await ConnectAsync(host, patience.Token);
        await using var messages = client.StreamAsync("Watch", new { }, patience.Token).GetAsyncEnumerator(patience.Token);
        var first = messages.MoveNextAsync();
        Assert.False(first.IsCompleted);
        host.Board.MarkStale(Now);
        host.Board.MarkLive();
        host.Board.Load([], 5);
        Assert.True(await first);
        Assert.Equal(5, messages.Current.GetProperty("position").GetInt64());
    }

    [Fact]
    public async Task A_view_that_cannot_be_read_is_refused_with_a_sentence()
    {
        await using var host = await StartAsync();
        await using var client = await ConnectAsync(host, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var _ in client.StreamAsync("Watch", new { level = "boss" }, TestContext.Current.CancellationToken))
            {
            }
        });
        Assert.Contains("view.invalid: level: 'boss' is none of buffer, specialist, head, management.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("BRD-4")]
    public async Task A_team_is_watched_and_stays_the_team_when_a_policy_puts_people_elsewhere()
    {
        using var patience = new CancellationTokenSource(Patience);
        var policy = TestPolicy.With(("people.yaml", People(ana: "front", mihai: "back")));
        await using var host = await StartAsync(policies: policy);
        var feed = Grown(new RandomFeed(3, Now), 200);
        var rows = feed.RowsAt(feed.Length).Select((row, i) => row with { Owner = i % 3 == 0 ? "ana" : i % 3 == 1 ? "mihai" : null }).ToArray();
        host.Board.Load(rows, feed.Position);
        await using var client = await ConnectAsync(host, patience.Token);
        await using var messages = client.StreamAsync("Watch", new { team = "front", limit = 500 }, patience.Token).GetAsyncEnumerator(patience.Token);
        var page = new ClientBoard();
        await NextAsync();
        Assert.Equal(Of("ana"), page.Ids.ToHashSet());

        policy.Change(("people.yaml", People(ana: "back", mihai: "front")));
        while (!page.Ids.ToHashSet().SetEquals(Of("mihai")))
        {
            await NextAsync();
        }

        async Task NextAsync()
        {
            Assert.True(await messages.MoveNextAsync());
            page.Take(messages.Current);
        }

        HashSet<Guid> Of(string owner) => [.. rows.Where(row => row.Owner == owner).Select(row => row.Id)];

        static string People(string ana, string mihai) =>
            $$"""
            teams:
              front: {name: Front}
              back: {name: Back}
            people:
              ana: {name: Ana, team: {{ana}}, level: buffer, capacity: 5}
              mihai: {name: Mihai, team: {{mihai}}, level: specialist, capacity: 5}
              irina: {name: Irina, level: head}
            """;
    }

    [Fact]
    [Rule("BRD-5")]
    public async Task Who_looks_at_cases_is_told_at_once_and_when_it_changes()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var host = await StartAsync();
        var id = new Guid("20418204-1820-4182-8204-182041820418");
        host.Viewers.Join(id, "one", "ana");
        await using var client = await ConnectAsync(host, patience.Token);
        await using var messages = client.StreamAsync("Viewers", Array.Empty<object?>(), patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal([(id, "Ana:False")], Looked(messages.Current));

        host.Viewers.Edit(id, "one", editing: true);
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal([(id, "Ana:True")], Looked(messages.Current));
        host.Viewers.Leave(id, "one");
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal([(id, "")], Looked(messages.Current));

        static IEnumerable<(Guid, string)> Looked(JsonElement message) => message.GetProperty("cases").EnumerateArray().Select(each => (
            each.GetProperty("case").GetGuid(),
            string.Join(',', each.GetProperty("viewers").EnumerateArray().Select(one => $"{one.GetProperty("name").GetString()}:{one.GetProperty("editing").GetBoolean()}"))));
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_gets_the_pages_and_not_the_board()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        using var negotiate = await http.PostAsync(new Uri(host.Hub + "/negotiate?negotiateVersion=1"), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, negotiate.StatusCode);
        using var page = await http.GetAsync(new Uri(host.Address, "/case/0197"), TestContext.Current.CancellationToken);
        Assert.NotEqual(HttpStatusCode.Unauthorized, page.StatusCode);
    }

    /// <summary>The pages' tests read what the host really says; docs/PROTOCOL.md changes in the same commit.</summary>
    [Fact]
    public async Task The_messages_recorded_for_the_pages_are_the_ones_the_host_sends()
    {
        var recorded = Record(seed: 20418);
        var path = Path.Combine(Root(), "src/Dashboard/web/src/board/board-messages.json");
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
        {
            await File.WriteAllTextAsync(path, recorded, TestContext.Current.CancellationToken);
        }

        Assert.True(
            File.Exists(path) && await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) == recorded,
            "The board's messages have changed. If that is meant, run this test with APPROVE=1, then the pages' tests, and say so in docs/PROTOCOL.md.");
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<Board, long> s_ends = [];

    /// <summary>Follows a view over lines that break, sometimes reading slowly, until the end of the feed has come through.</summary>
    private static async Task<(BoardView View, ClientBoard Client)> FollowAsync(
        BoardHost host, BoardView view, Random random, CancellationToken cancellationToken)
    {
        var client = new ClientBoard();
        while (true)
        {
            await using var line = await ConnectAsync(host, cancellationToken);
            var breaksAfter = random.Next(5, 80);
            await foreach (var message in line.StreamAsync("Watch", Request(view), cancellationToken))
            {
                client.Take(message);
                if (s_ends.TryGetValue(host.Board, out var end) && client.Position == end)
                {
                    return (view, client);
                }

                if (breaksAfter-- == 0)
                {
                    break;
                }

                if (random.Next(5) == 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, cancellationToken);
                }
            }
        }
    }

    private static BoardViewRequest Request(BoardView view) => new(
        view.Text,
        Words(view.Levels), Words(view.Stages), Words(view.Heats), Words(view.Types),
        view.Owner, null, view.Sort.ToString(), view.Limit, null);

    private static string? Words<TWord>(IReadOnlyList<TWord> words) => words.Count == 0 ? null : string.Join(',', words);

    private static Task<BoardHost> StartAsync(Action<BoardStreamOptions>? configure = null, TestPolicy? policies = null) =>
        BoardHost.StartAsync(
            new StandingTime(Now),
            options =>
            {
                (options.Frame, options.Figures, options.Beat) = (TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100));
                configure?.Invoke(options);
            },
            policies: policies);

    private static Task<HubClient> ConnectAsync(BoardHost host, CancellationToken cancellationToken) =>
        HubClient.ConnectAsync(host.Hub, options => options.SetRequestHeader(BoardHost.UserHeader, "test"), cancellationToken);

    private static string? Kind(JsonElement message) => message.GetProperty("kind").GetString();

    private static RandomFeed Grown(RandomFeed feed, int events)
    {
        for (var i = 0; i < events; i++)
        {
            feed.Happen(cases: 20);
        }

        return feed;
    }

    /// <summary>A stretch of one stream, with the ids that the view holds after each message.</summary>
    private static string Record(int seed)
    {
        var feed = Grown(new RandomFeed(seed, Now), 40);
        var board = new Board();
        board.Load(feed.RowsAt(feed.Length), feed.Position);
        var view = BoardView.Default with { Limit = 12 };
        var page = board.Read(view, Now);
        List<object> steps = [Step(new BoardMessage.Snapshot(1, page.Position, Now, 0, null, page.Counts, BoardMessage.ProtocolVersion, 2000, page.Rows, page.Next?.ToString()), page)];
        for (var seq = 2; seq <= 40; seq++)
        {
            var from = feed.Length;
            Grown(feed, feed.Random.Next(1, 4));
            board.Apply(feed.Batch(from, feed.Length - from, feed.Length), TimeSpan.FromMilliseconds(seq));
            if (seq == 20)
            {
                board.MarkStale(Now.AddSeconds(-3));
            }

            var next = board.Read(view, Now.AddSeconds(seq));
            steps.Add(Step(BoardStream.Difference(page, next, seq, Now.AddSeconds(seq)), next));
            page = next;
        }

        return "[\n" + string.Join(",\n", steps.Select(step => JsonSerializer.Serialize(step, Grains.Wire.Json))) + "\n]\n";

        static object Step(BoardMessage message, BoardPage page) =>
            new { message = (object)message, then = page.Rows.Select(row => $"{row.Id} {row.Version}") };
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Escalation.Platform.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository's root was not found.");
        }

        return folder;
    }

    /// <summary>The date stands still, so that figures which depend on it can be compared; timers run.</summary>
    private sealed class StandingTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
