using System.Diagnostics;
using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Silo.Intake;
using Escalation.TestKit;
using NodaTime;
using static Escalation.Silo.Tests.Intake.Incidents;

namespace Escalation.Silo.Tests.Intake;

public sealed class IncidentImportTests : IDisposable
{
    private static readonly IncidentCheck.Counts SmallCounts = new(Cases: 3, Rows: 17, HandOvers: 4, Rounds: 2);

    private readonly ManualTime _time = new();
    private readonly KitGrains _kit;
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public IncidentImportTests() => _kit = new KitGrains(_time);

    public void Dispose() => _output.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_agrees_with_the_file_s_own_counters()
    {
        var tally = await ImportAsync(Small);

        Assert.Equal((3, 17, true), (tally.Cases, tally.Rows, tally.TookAll));
        var report = await CheckAsync(Small);
        Assert.True(report.Agrees, _output.ToString());
        Assert.Equal(SmallCounts, report.File);
        Assert.Equal(SmallCounts, report.Log);
    }

    [Fact]
    public async Task Imported_rows_stand_at_their_own_instants_and_never_go_back()
    {
        await ImportAsync(Small);

        var entries = await EntriesAsync("INC2");
        Assert.Equal(new DateTimeOffset(2016, 3, 1, 8, 30, 0, TimeSpan.Zero), entries[0].At);
        Assert.Equal(entries.Select(entry => entry.At).Order(), entries.Select(entry => entry.At));
        Assert.All(entries, entry => Assert.Equal("import", entry.By));
        var (state, _) = await _kit.Grains.Case(entries[0].Stream).Get(Token);
        Assert.Equal((Stage.FollowThrough, 2, "Group C"), (state.Stage, state.Round, state.Owner));
    }

    [Fact]
    [Rule("CASE-5")]
    public async Task The_same_file_again_changes_nothing_and_uses_no_number()
    {
        await ImportAsync(Small);
        var before = _kit.Log.All;
        var next = await _kit.NextAsync(Token);

        var tally = await ImportAsync(Small);

        Assert.Equal((0, 17), (tally.Events, tally.Known));
        Assert.Equal(before, _kit.Log.All);
        Assert.Equal(next + 1, await _kit.NextAsync(Token));
    }

    [Fact]
    [Rule("CASE-5")]
    public async Task Interrupted_after_any_append_it_goes_on_and_ends_the_same()
    {
        var all = 0;
        _kit.Log.BeforeAppend = _ => all++;
        await ImportAsync(Small, inFlight: 1);
        var whole = Shape(_kit);
        Assert.InRange(all, 25, 60);
        for (var appends = 0; appends < all; appends++)
        {
            var kit = new KitGrains(_time);
            var left = appends;
            kit.Log.BeforeAppend = _ =>
            {
                if (left-- == 0)
                {
                    throw new OperationCanceledException();
                }
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImportAsync(Small, kit, inFlight: 1));
            kit.Log.BeforeAppend = null;

            await ImportAsync(Small, kit, inFlight: 1);

            Assert.Equal(whole, Shape(kit));
        }
    }

    [Fact]
    public async Task A_database_that_goes_away_for_a_while_is_waited_for()
    {
        var left = 3;
        _kit.Log.BeforeAppend = _ =>
        {
            if (Interlocked.Decrement(ref left) >= 0)
            {
                throw new LogUnavailableException("away");
            }
        };

        var import = ImportAsync(Small, inFlight: 1);
        while (!import.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(17, (await import).Rows);
        Assert.True((await CheckAsync(Small)).Agrees);
    }

    [Fact]
    public async Task The_check_sees_a_row_that_is_missing()
    {
        await ImportAsync(Csv(Line("INC1", "New", "1/3/2016 08:00", 0)));

        var report = await CheckAsync(Csv(Line("INC1", "New", "1/3/2016 08:00", 0), Line("INC1", "Active", "1/3/2016 08:01", 1, "Group B", 1)));

        Assert.Equal((1, new(1, 2, 1, 0), new(1, 1, 0, 0)), (report.Disagreeing, report.File, report.Log));
        Assert.Contains("DIFFERENT", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replayed_rows_happen_now_in_order_across_cases()
    {
        var log = Csv(
            Line("INC1", "New", "1/3/2016 08:00", 0), Line("INC1", "Active", "1/3/2016 09:00", 1),
            Line("INC2", "New", "1/3/2016 08:30", 0), Line("INC2", "Active", "1/3/2016 08:29", 1));
        var startedAt = _time.GetUtcNow();
        var replay = ReplayAsync(log, speed: 60);
        while (!replay.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Token);
        }

        await replay;
        var heard = _kit.Log.All.Where(entry => entry.Category == "case").ToList();
        Assert.Equal([1, 2, 1], heard.Select(entry => entry.Stream).Aggregate(new List<Guid>(), (seen, stream) =>
            seen.Count > 0 && seen[^1] == stream ? seen : [.. seen, stream]).Select(stream => stream == heard[0].Stream ? 1 : 2));
        Assert.InRange(heard[0].At - startedAt, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.InRange(heard[^1].At - startedAt, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(90));
        Assert.True((await new IncidentCheck(_kit.Log, _output).RunAsync(Read(log), "replay", Token)).Agrees, _output.ToString());
    }

    [Fact]
    public async Task Replayed_again_with_another_salt_it_makes_other_cases()
    {
        await ReplayAsync(Small, speed: null);
        await ReplayAsync(Small, speed: null);
        var once = _kit.Log.Count;

        await ReplayAsync(Small, speed: null, salt: "again");

        Assert.Equal(once * 2, _kit.Log.Count);
    }

    [Fact]
    public async Task The_whole_real_log_agrees_with_its_own_counters()
    {
        var path = SharedData.Find(RealLog);
        Assert.SkipWhen(path is null, SharedData.Missing(RealLog));
        var watch = Stopwatch.StartNew();
        var tally = new ImportTally(TimeProvider.System, _output);
        var incidents = IncidentLog.Of(path!, DateTimeZone.Utc, _time.GetUtcNow());
        await new IncidentImport(_kit.Grains, _kit, _time).RunAsync(incidents, "", 128, tally, Token);
        var seconds = watch.Elapsed.TotalSeconds;
        var report = await new IncidentCheck(_kit.Log, _output).RunAsync(incidents, "", Token);

        TestContext.Current.TestOutputHelper?.WriteLine(_output.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tally}; {seconds:N1} s; peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB with the log in memory"));
        Assert.True(tally.TookAll && report.Agrees, _output.ToString());
        Assert.Equal((17_136, 101_045), (report.Log.Cases, report.Log.Rows));
        Assert.True(tally.Events >= tally.Rows);
    }

    private Task<ImportTally> ImportAsync(string text, int inFlight = 8) => ImportAsync(text, _kit, inFlight);

    private async Task<ImportTally> ImportAsync(string text, KitGrains kit, int inFlight)
    {
        var tally = new ImportTally(_time, _output);
        await new IncidentImport(kit.Grains, kit, _time).RunAsync(Read(text), "", inFlight, tally, Token);
        return tally;
    }

    private Task<TimeSpan> ReplayAsync(string text, double? speed, string salt = "replay") => new IncidentReplay(_kit.Grains, _kit, _time)
        .RunAsync(Read(text), salt, speed, 8, new ImportTally(_time, _output), Token);

    private Task<IncidentCheck.Report> CheckAsync(string text) => new IncidentCheck(_kit.Log, _output).RunAsync(Read(text), "", Token);

    private async Task<IReadOnlyList<Entry>> EntriesAsync(string number)
    {
        var (cases, _) = await ReadAllAsync(Read(Small));
        var ids = new IncidentIds(cases.Single(incident => incident.Number == number).Rows[0], "");
        return await _kit.Log.ReadAsync(ids.Case, 0, Token);
    }

    /// <summary>What is in the log, apart from when it was written and which number a case drew.</summary>
    private static List<string> Shape(KitGrains kit) =>
    [
        .. kit.Log.All.OrderBy(entry => entry.Stream).ThenBy(entry => entry.Version)
            .Select(entry => $"{entry.Stream} {entry.Version} {entry.At:O} {entry.CommandId} {EventCodec.KindOf(entry.Event)}"),
    ];
}
