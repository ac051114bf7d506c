using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Silo.Intake.Demo;
using Escalation.Silo.Policy;
using Escalation.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Silo.Tests.Intake;

public sealed class DemoDayTests
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>At noon, in the evening with its quiet hours ahead, in the night and early in the morning.</summary>
    public static TheoryData<string> Starts =>
        ["2026-11-19T10:00:00Z", "2026-11-19T18:10:00Z", "2026-11-19T19:45:00Z", "2026-11-20T00:30:00Z", "2026-11-20T05:20:00Z", "2026-07-04T13:37:11Z"];

    [Theory]
    [MemberData(nameof(Starts))]
    public async Task No_rule_says_no_whenever_the_day_starts(string start)
    {
        var day = await DayAsync(start);

        Assert.Empty(day.Refused);
        Assert.True(day.Answers > 1000, $"{day.Answers} answers");
        Assert.DoesNotContain(day.Kit.Log.All, entry => entry.Event is PromiseLapsed);
    }

    [Fact]
    public async Task The_same_seed_is_the_same_day()
    {
        var one = await DayAsync("2026-11-19T10:00:00Z");
        var other = await DayAsync("2026-11-19T10:00:00Z");

        Assert.Equal(Shape(one.Kit), Shape(other.Kit));
        Assert.NotEqual(Shape(one.Kit), Shape((await DayAsync("2026-11-19T10:00:00Z", seed: 7)).Kit));
    }

    [Fact]
    public void Everyone_who_answers_for_a_case_is_in_the_policy_with_a_desk()
    {
        var people = PolicyReader.Read(PolicyFiles.In(Path.Combine(AppContext.BaseDirectory, "Policy"))).People;

        Assert.All(DemoStaff.Agents, agent => Assert.Equal(agent.Id, people.Find(agent.Id)?.Id));
        Assert.All(DemoStaff.Agents, agent => Assert.NotNull(people.TeamOf(agent.Id)));
    }

    [Theory]
    [MemberData(nameof(Starts))]
    [Rule("BRD-1")]
    public async Task A_supervisor_sees_every_band_at_the_start_and_nothing_absurd(string start)
    {
        var kit = await SeededAsync(start);
        var now = kit.Time.GetUtcNow();

        var rows = await RowsAsync(kit.Kit);

        var left = rows.Select(row => row.Due!.DueAt - now).ToList();
        Assert.InRange(rows.Count, 36, 50);
        Assert.InRange(left.Count(due => due < TimeSpan.Zero), 2, 6);
        Assert.All(left, due => Assert.True(due > TimeSpan.FromMinutes(-45), $"{due} overdue"));
        Assert.InRange(left.Count(due => due >= TimeSpan.Zero && due <= TimeSpan.FromMinutes(15)), 4, 12);
        Assert.InRange(left.Count(due => due > TimeSpan.FromMinutes(15) && due <= TimeSpan.FromHours(1)), 4, 20);
        Assert.True(left.Count(due => due > TimeSpan.FromHours(1)) >= 10);
        Assert.Contains(rows, row => row.Heat == Heat.Public);
        Assert.Contains(rows, row => row.Round == 2);
        Assert.Contains(rows, row => row.CallTasks > 0);
        Assert.Contains(rows, row => row.Promises.Any(promise => promise.Revision > 0));
        Assert.Equal(
            [Stage.Contact, Stage.Clarify, Stage.Options, Stage.Agreement, Stage.FollowThrough], rows.Select(row => row.Stage).Distinct().Order());
        Assert.All(kit.Kit.Log.All, entry => Assert.True(entry.At <= now));
    }

    [Fact]
    public async Task Live_traffic_speaks_three_languages_and_every_so_often_goes_wrong()
    {
        var day = await DayAsync("2026-11-19T10:00:00Z");

        var opened = day.Kit.Log.All.Select(entry => entry.Event).OfType<CaseOpened>().ToList();
        Assert.Equal(["en", "ro", "ru"], opened.Select(happened => happened.Customer!.Language).Distinct().Order());
        Assert.Equal(8, opened.Select(happened => happened.Type).Distinct().Count());
        Assert.All(opened, happened => Assert.Matches(@"^[a-z.]+@example\.(org|com)$", happened.Customer!.Email));
        Assert.DoesNotContain(day.Kit.Log.All, entry => EventCodec.ToJson(entry.Event).GetRawText().Contains("{order}", StringComparison.Ordinal));
        var kinds = day.Kit.Log.All.CountBy(entry => EventCodec.KindOf(entry.Event)).ToDictionary();
        Assert.True(kinds["promiseKept"] > 4 * kinds["promiseExplained"] / 2);
        foreach (var kind in new[] { "promiseExplained", "roundStarted", "escalationRaised", "escalationAcknowledged", "heatSet", "clockBreached", "caseClosed" })
        {
            Assert.True(kinds.GetValueOrDefault(kind) > 1, kind);
        }

        Assert.InRange((await RowsAsync(day.Kit)).Count, 20, 90);
    }

    [Fact]
    public async Task The_history_of_a_case_never_goes_back_in_time()
    {
        var day = await DayAsync("2026-11-19T10:00:00Z");

        foreach (var stream in day.Kit.Log.All.GroupBy(entry => entry.Stream))
        {
            var instants = stream.Select(entry => entry.At).ToList();
            Assert.Equal(instants.Order(), instants);
        }
    }

    [Fact]
    public async Task It_runs_by_itself_until_the_host_stops()
    {
        var time = new ManualTime();
        var kit = new KitGrains(time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = new DemoDay(kit.Grains, kit, time, NullLogger<DemoDay>.Instance).RunAsync(stop.Token);
        for (var second = 0; second < 300; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token);
        }

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(kit.Log.All.Count(entry => entry.Event is CaseOpened) > 48);
    }

    private static async Task<(KitGrains Kit, ManualTime Time, DemoDay Day, List<string> Refused)> SeededAsync(string start, int seed = 2026)
    {
        var time = new ManualTime(DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture));
        var kit = new KitGrains(time);
        var refused = new List<string>();
        var day = new DemoDay(kit.Grains, kit, time, NullLogger<DemoDay>.Instance, seed)
        {
            OnAnswer = (step, answer) =>
            {
                lock (refused)
                {
                    if (answer is not Answer.Done)
                    {
                        refused.Add($"{step.At - time.GetUtcNow()} {step.Command}: {answer}");
                    }
                }
            },
        };
        await day.SeedAsync(Token);
        return (kit, time, day, refused);
    }

    /// <summary>Hours of the day, with the deadline clock at work beside it.</summary>
    private static async Task<(KitGrains Kit, List<string> Refused, int Answers)> DayAsync(string start, int seed = 2026)
    {
        var (kit, time, day, refused) = await SeededAsync(start, seed);
        var end = time.GetUtcNow() + Day;
        var due = new Dictionary<Guid, DateTimeOffset>();
        foreach (var id in kit.Log.All.Where(entry => entry.Category == "case").Select(entry => entry.Stream).Distinct())
        {
            await NoteAsync(id);
        }

        var answers = 0;
        foreach (var step in new DemoScript(seed, time.GetUtcNow()).Live().TakeWhile(step => step.At <= end))
        {
            while (due.Count > 0 && due.MinBy(pair => (pair.Value, pair.Key)) is var (id, at) && at <= step.At)
            {
                time.Advance(at > time.GetUtcNow() ? at - time.GetUtcNow() : TimeSpan.Zero);
                await kit.Grains.Case(id).Tell(new Envelope<CaseCommand>(
                    new Guid(answers++, 0, 0, id.ToByteArray()[..8]), Actor.Clock, new CaseCommand.Tick()), Token);
                await NoteAsync(id);
            }

            time.Advance(step.At - time.GetUtcNow());
            await day.PlayAsync(step, Token);
            await NoteAsync(step.Case);
            answers++;
        }

        return (kit, refused, answers);

        async Task NoteAsync(Guid id)
        {
            due.Remove(id);
            if ((await kit.Grains.Case(id).Get(Token)).State.NextDue() is { } next)
            {
                due[id] = next.At;
            }
        }
    }

    private static async Task<List<BoardRow>> RowsAsync(KitGrains kit)
    {
        var rows = new List<BoardRow>();
        foreach (var id in kit.Log.All.Where(entry => entry.Category == "case").Select(entry => entry.Stream).Distinct())
        {
            var (state, version) = await kit.Grains.Case(id).Get(Token);
            if (state.IsOpen)
            {
                rows.Add(BoardRow.Of(state, version));
            }
        }

        return rows;
    }

    private static List<string> Shape(KitGrains kit) =>
    [
        .. kit.Log.All.OrderBy(entry => entry.Stream).ThenBy(entry => entry.Version)
            .Select(entry => $"{entry.Stream} {entry.Version} {entry.At:O} {entry.By} {entry.CommandId} {EventCodec.ToJson(entry.Event)}"),
    ];
}
