using System.Globalization;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Silo.History;
using Escalation.TestKit;
using Escalation.TestKit.Boards;
using Escalation.TestKit.Hubs;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Escalation.Grains.Cases.CaseCommand;
using Board = Escalation.Grains.Board.Board;

namespace Escalation.Silo.Tests.History;

[Rule("BRD-6")]
public sealed class PastBoardTests
{
    private static readonly Actor By = new("ana", Roles.Supervisor);

    private static readonly BoardView[] Views =
    [
        BoardView.Default with { Limit = 500 },
        BoardView.Default with { Sort = BoardSort.Newest, Limit = 3 },
        BoardView.Default with { Heats = [Heat.Tense, Heat.Public], Sort = BoardSort.Waiting },
        BoardView.Default with { Text = "number SEVEN" },
        BoardView.Default with { Levels = [Level.Head, Level.Management], Sort = BoardSort.Heat },
    ];

    /// <summary>Seeds that ever failed belong here by number, with what they found.</summary>
    public static TheoryData<int> Seeds => [1, 25760072, Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_board_of_any_instant_is_what_was_live_then(int seed)
    {
        await using var platform = await TestPlatform.StartAsync();
        var random = new Random(seed);
        var board = platform.Services.GetRequiredService<Board>();
        var story = new Story(platform, random);
        var live = new List<(DateTimeOffset At, string[] Pages)> { (platform.Time.GetUtcNow(), Pages(view => board.Read(view, platform.Time.GetUtcNow()))) };
        for (var step = 0; step < 40; step++)
        {
            await story.PassAsync();
            for (var commands = random.Next(1, 6); commands > 0; commands--)
            {
                await story.DoAsync();
            }

            await QuietAsync(platform, board);
            var now = platform.Time.GetUtcNow();
            live.Add((now, Pages(view => board.Read(view, now))));
            if (step % 15 == 10)
            {
                await CheckpointAsync(platform);
            }
        }

        platform.Time.Advance(TimeSpan.FromMinutes(10));
        var pasts = platform.Services.GetRequiredService<IPastBoards>();
        var stretches = await platform.QueryAsync<long>("select count(*) from board_checkpoint where checked");
        var boards = await platform.QueryAsync<long>("select count(*) from board_checkpoint where data is not null");
        Assert.True(stretches > 5 && boards > 1, $"Seed {seed}: {stretches} stretches, {boards} boards.");
        foreach (var (at, pages) in live.OrderBy(_ => random.Next()).Take(20))
        {
            Same(pages, await PagesAsync(pasts, at), seed, at);
            Same(pages, await PagesAsync(FarOnly(platform), at), seed, at);
        }

        // What was erased never comes back, and what an import adds to the past is there.
        var erased = story.Cases.Where(_ => random.Next(3) == 0).ToList();
        await EraseAsync(platform, erased);
        await story.ImportAsync(live[live.Count / 3].At.AddSeconds(-0.5));
        await QuietAsync(platform, board);
        var histories = await HistoriesAsync(platform, story.Cases);
        foreach (var (at, _) in live.OrderBy(_ => random.Next()).Take(15))
        {
            Same(Oracle(histories, at), await PagesAsync(pasts, at), seed, at);
            Same(Oracle(histories, at), await PagesAsync(FarOnly(platform), at), seed, at);
        }

        // The job stores anew what the import took away.
        await CheckpointAsync(platform);
        Assert.True(await platform.QueryAsync<long>("select count(*) from board_checkpoint where checked") >= stretches, $"Seed {seed}.");
        foreach (var (at, _) in live.OrderBy(_ => random.Next()).Take(10))
        {
            Same(Oracle(histories, at), await PagesAsync(FarOnly(platform), at), seed, at);
        }

        // From one instant on to the next, as a replay goes.
        var moving = await pasts.GetAsync(live[1].At, CancellationToken.None);
        foreach (var (at, _) in live.Skip(2).Where(_ => random.Next(3) == 0))
        {
            moving = await pasts.MoveAsync(moving, at, CancellationToken.None);
            Same(Oracle(histories, at), await PagesAsync(pasts, moving), seed, at);
        }

        Assert.Empty((await pasts.ReadAsync(await pasts.GetAsync(live[0].At.AddYears(-1), CancellationToken.None), Views[0], null, CancellationToken.None)).Rows);
    }

    [Fact]
    public async Task The_board_of_an_instant_is_asked_for_over_http()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var agent = platform.ClientFor("agent");
        using var supervisor = platform.ClientFor("supervisor");
        var before = Text(platform.Time.GetUtcNow());
        platform.Time.Advance(TimeSpan.FromMinutes(1));
        var opened = await agent.OpenCaseAsync();
        var after = Text(platform.Time.GetUtcNow());
        platform.Time.Advance(TimeSpan.FromMinutes(1));
        await agent.SendAsync($"/api/cases/{opened.GetProperty("id").GetString()}/heat", new { heat = "aggressive" });

        Assert.Empty((await supervisor.GetJsonAsync($"/api/board?at={before}")).GetProperty("items").EnumerateArray());
        var then = await supervisor.GetJsonAsync($"/api/board?at={after}&q=munteanu");
        var row = Assert.Single(then.GetProperty("items").EnumerateArray());
        Assert.Equal("calm", row.GetProperty("heat").GetString());
        Assert.Equal("Ioana Munteanu", row.GetProperty("customer").GetString());
        Assert.Equal(after, then.GetProperty("at").GetString());
        Assert.Equal(1, then.GetProperty("counts").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData(4)]
    public async Task A_replay_ends_with_the_board_that_is_there_now(int seed)
    {
        await using var platform = await TestPlatform.StartAsync();
        var random = new Random(seed);
        var board = platform.Services.GetRequiredService<Board>();
        var story = new Story(platform, random);
        var from = platform.Time.GetUtcNow();
        for (var step = 0; step < 15; step++)
        {
            platform.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 100)));
            await story.DoAsync();
            await story.DoAsync();
        }

        await QuietAsync(platform, board);
        platform.Time.Advance(TimeSpan.FromMinutes(2));
        await QuietAsync(platform, board);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var supervisor = platform.ClientFor("supervisor");
        await using var line = await HubClient.ConnectAsync(
            new Uri(platform.Url, "/hubs/board"),
            options => options.SetRequestHeader("Authorization", supervisor.DefaultRequestHeaders.Authorization!.ToString()), patience.Token);
        var client = new ClientBoard();
        var (at, messages) = (from, 0);
        using var ticking = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var clock = TickAsync(platform, ticking.Token);
        await foreach (var message in line.StreamAsync("Replay", [new { limit = 7, sort = "heat" }, from, 200.0], patience.Token))
        {
            client.Take(message);
            Assert.True(message.GetProperty("at").GetDateTimeOffset() >= at, "Time went back.");
            at = message.GetProperty("at").GetDateTimeOffset();
            messages++;
        }

        await ticking.CancelAsync();
        await clock;
        Assert.True(messages > 3, $"{messages} messages.");
        Assert.Equal(ClientBoard.Expect(board.Read(BoardView.Default with { Limit = 7, Sort = BoardSort.Heat }, at)).Rows, client.Rows);
    }

    [Theory]
    [InlineData(7)]
    public async Task Steps_lead_back_through_every_event_and_on_again(int seed)
    {
        await using var platform = await TestPlatform.StartAsync();
        var random = new Random(seed);
        var story = new Story(platform, random);
        for (var step = 0; step < 25; step++)
        {
            // Several in a millisecond, and days without any.
            platform.Time.Advance(random.Next(3) switch
            {
                0 => TimeSpan.FromMicroseconds(random.Next(1, 900)),
                1 => TimeSpan.FromSeconds(random.Next(1, 100)),
                _ => TimeSpan.FromHours(random.Next(1, 60)),
            });
            await story.DoAsync();
        }

        await QuietAsync(platform, platform.Services.GetRequiredService<Board>());
        var happened = await platform.QueryAsync<DateTime[]>("select array_agg(distinct at) from event where category = 'case'");
        var instants = happened!.Select(at => new DateTimeOffset(at, TimeSpan.Zero)).Select(at => at.AddTicks(-at.Ticks % 10_000 == 0 ? 0 : 10_000 - (at.Ticks % 10_000)))
            .Distinct().Order().ToList();
        using var supervisor = platform.ClientFor("supervisor");
        await using var line = await HubClient.ConnectAsync(
            new Uri(platform.Url, "/hubs/board"), options => options.SetRequestHeader("Authorization", supervisor.DefaultRequestHeaders.Authorization!.ToString()),
            TestContext.Current.CancellationToken);

        var back = await StepsAsync(platform.Time.GetUtcNow(), -1);
        Assert.Equal([.. instants[..^1].AsEnumerable().Reverse(), instants[0].AddMilliseconds(-1)], back);
        Assert.Equal(instants, await StepsAsync(back[^1], 1));
        Assert.Equal(instants, await StepsAsync(DateTimeOffset.MinValue, 1));
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => line.InvokeAsync("Step", [platform.Time.GetUtcNow(), 2], TestContext.Current.CancellationToken));
        Assert.Contains("replay.invalid: by:", refused.Message, StringComparison.Ordinal);

        async Task<List<DateTimeOffset>> StepsAsync(DateTimeOffset from, int by)
        {
            var steps = new List<DateTimeOffset>();
            while (await line.InvokeAsync("Step", [from, by], TestContext.Current.CancellationToken) is { ValueKind: JsonValueKind.String } next)
            {
                steps.Add(from = next.GetDateTimeOffset());
            }

            return steps;
        }
    }

    /// <summary>Time passes by itself.</summary>
    private static async Task TickAsync(TestPlatform platform, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            platform.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>What comes into play with many events: no board in memory is near.</summary>
    private static PostgresPastBoards FarOnly(TestPlatform platform)
    {
        var services = platform.Services;
        return new PostgresPastBoards(
            services.GetRequiredService<Board>(), services.GetRequiredService<CaseFolds>(), services.GetRequiredService<Checkpoints>(),
            new RecentPasts(), platform.Time, services.GetRequiredService<NpgsqlDataSource>()) { NearEvents = -1, NearStretches = -1 };
    }

    private static async Task CheckpointAsync(TestPlatform platform)
    {
        var services = platform.Services;
        var job = new CheckpointJob(
            services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<Checkpoints>(), services.GetRequiredService<CaseFolds>(),
            services.GetRequiredService<PostgresPastBoards>(), services.GetRequiredService<Silo.Log.PostgresBoardRows>(),
            services.GetRequiredService<Silo.Jobs.IJobs>(), platform.Time) { StretchEvents = 15, BoardEvery = 3 };
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        while (await job.MakeOneAsync(connection, CancellationToken.None))
        {
        }
    }

    /// <summary>All that commands cause, also on other grains, has happened, and the board has seen it.</summary>
    private static async Task QuietAsync(TestPlatform platform, Board board)
    {
        var last = -1L;
        await platform.UntilAsync(async () =>
        {
            var end = await platform.QueryAsync<long>("select coalesce(max(position), 0) from event");
            var followed = await platform.QueryAsync<long>("select coalesce(max(position), 0) from follower");
            var due = await platform.QueryAsync<bool>($"select exists (select from grain where due_at <= '{platform.Time.GetUtcNow():O}')");
            if (due)
            {
                await platform.Services.GetRequiredService<Silo.Deadlines.DeadlineClock>().SweepOnceAsync(CancellationToken.None);
            }

            var quiet = !due && end == last && board.Position == end && followed == end;
            last = end;
            return quiet;
        });
    }

    private static async Task EraseAsync(TestPlatform platform, IReadOnlyList<Guid> cases)
    {
        await using var command = platform.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("update event set personal = null where stream = any($1)");
        command.Parameters.AddWithValue(cases.ToArray());
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The same by the plainest way there is: every case folded, a fresh board of the rows.</summary>
    private static string[] Oracle(IReadOnlyList<IReadOnlyList<Entry>> histories, DateTimeOffset at)
    {
        var rows = new List<BoardRow>();
        foreach (var history in histories)
        {
            var entries = history.TakeWhile(entry => entry.At <= at).ToList();
            var state = entries.Aggregate(Case.Empty(history[0].Stream), (folded, entry) => folded.Evolve((CaseEvent)entry.Event, entry.At, entry.By));
            if (state.IsOpen)
            {
                rows.Add(BoardRow.Of(state, entries[^1].Version));
            }
        }

        var fresh = new Board();
        fresh.Load(rows, 0);
        return Pages(view => fresh.Read(view, at));
    }

    private static async Task<IReadOnlyList<IReadOnlyList<Entry>>> HistoriesAsync(TestPlatform platform, IReadOnlyList<Guid> cases)
    {
        var log = platform.Services.GetRequiredService<IEventLog>();
        return await Task.WhenAll(cases.Select(id => log.ReadAsync(id, 0, CancellationToken.None)));
    }

    private static async Task<string[]> PagesAsync(IPastBoards pasts, DateTimeOffset at) =>
        await PagesAsync(pasts, await pasts.GetAsync(at, CancellationToken.None));

    private static async Task<string[]> PagesAsync(IPastBoards pasts, PastBoard past)
    {
        var pages = new List<string>();
        foreach (var view in Views)
        {
            pages.Add(Text(await pasts.ReadAsync(past, view, null, CancellationToken.None)));
        }

        return [.. pages];
    }

    private static string[] Pages(Func<BoardView, BoardPage> read) => [.. Views.Select(view => Text(read(view)))];

    private static string Text(BoardPage page) => JsonSerializer.Serialize(new { page.Rows, page.Counts, Next = page.Next?.ToString() }, Wire.Json);

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Same(string[] expected, string[] actual, int seed, DateTimeOffset at)
    {
        for (var i = 0; i < Views.Length; i++)
        {
            var from = Math.Max(0, expected[i].Zip(actual[i]).TakeWhile(pair => pair.First == pair.Second).Count() - 200);
            Assert.True(
                expected[i] == actual[i],
                $"Seed {seed}, {at:O}, view '{Views[i].ToQuery()}': expected …{expected[i][Math.Min(from, expected[i].Length)..]}, got …{actual[i][Math.Min(from, actual[i].Length)..]}.");
        }
    }

    /// <summary>Cases that open, change, close, come back and are merged, by commands; a rule may say no.</summary>
    private sealed class Story(TestPlatform platform, Random random)
    {
        private readonly IGrains _grains = platform.Services.GetRequiredService<IGrains>();
        private readonly List<(Guid Id, Guid Customer)> _cases = [];

        public IReadOnlyList<Guid> Cases => [.. _cases.Select(one => one.Id)];

        public Task PassAsync()
        {
            if (random.Next(4) == 0)
            {
                return platform.FastForward(TimeSpan.FromMinutes(random.Next(1, 600)));
            }

            platform.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 200)));
            return Task.CompletedTask;
        }

        public async Task DoAsync()
        {
            if (_cases.Count == 0 || random.Next(5) == 0)
            {
                await OpenAsync(null);
                return;
            }

            var (id, customer) = _cases[random.Next(_cases.Count)];
            var now = platform.Time.GetUtcNow();
            CaseCommand command = random.Next(10) switch
            {
                0 => new AddNote("Asked again."),
                1 => new SetHeat((Heat)random.Next(5), "voice"),
                2 => new AssignOwner($"owner{random.Next(3)}"),
                3 => new MakePromise("A call", now.AddHours(random.Next(3, 60)), "ana"),
                4 => new KeepPromise(1, "They said so."),
                5 => new Escalate("They asked for it.", (Level)random.Next(1, 4)),
                6 => new CloseCase(Outcome.NoActionPossible, "Nothing can be done."),
                7 => new ReopenCase("They came back."),
                8 => new LogContact(Direction.ToCustomer, Channel.Phone, "Talked."),
                _ => new MergeCase(_cases.Where(one => one.Customer == customer && one.Id != id).Select(one => one.Id).FirstOrDefault(id)),
            };
            await _grains.Case(id).Tell(new Envelope<CaseCommand>(NewId(), By, command));
        }

        public Task ImportAsync(DateTimeOffset at) => OpenAsync(at);

        private async Task OpenAsync(DateTimeOffset? at)
        {
            var customer = _cases.Count > 0 && random.Next(3) == 0 ? _cases[random.Next(_cases.Count)].Customer : NewId();
            var id = NewId();
            _cases.Add((id, customer));
            var answer = await _grains.Case(id).Tell(new Envelope<CaseCommand>(NewId(), By, new OpenCase(
                _cases.Count, customer, new CustomerContact($"Customer {_cases.Count}", null, null, "en", "UTC"), "longWait",
                random.Next(2) == 0 ? "Number seven is late." : "Waiting for an answer.", Channel.Phone, (Heat)random.Next(4), null, null, null, null), At: at));
            Assert.IsType<Answer.Done>(answer);
        }

        private Guid NewId()
        {
            Span<byte> bytes = stackalloc byte[16];
            random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }
}
