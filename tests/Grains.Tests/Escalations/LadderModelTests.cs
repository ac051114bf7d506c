using Escalation.Grains.Cases;
using Escalation.Grains.Escalations;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Proofs;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Escalations;

/// <summary>The ladder lived through at random beside a model of it, and raced.</summary>
public sealed class LadderModelTests
{
    private static readonly Actor[] People = [CaseStory.Ana, CaseStory.Irina, CaseStory.Vlad];

    private static readonly Dictionary<Level, (TimeSpan Acknowledge, TimeSpan Hold)> Times = new()
    {
        [Level.Specialist] = (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30)),
        [Level.Head] = (TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(40)),
        [Level.Management] = (TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(60)),
    };

    [Fact, Rule("ESC-2"), Rule("ESC-3"), Rule("ESC-4"), Rule("ESC-5")]
    public void Whatever_people_do_and_however_time_jumps_no_escalation_is_double_or_left_unowned()
    {
        var policy = LadderPolicy.Peopled;
        foreach (var seed in Enumerable.Range(1, 1500))
        {
            try
            {
                Live(seed, policy);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    [Fact, Rule("ESC-3"), Rule("ESC-4")]
    public async Task Of_two_who_acknowledge_at_once_one_has_it_a_thousand_times()
    {
        for (var i = 0; i < 1000; i++)
        {
            var (log, time, id) = await EscalatedAsync(i);
            var answers = await Task.WhenAll(
                RaceAsync(log, time, id, new AcknowledgeEscalation(1), CaseStory.Irina),
                RaceAsync(log, time, id, new AcknowledgeEscalation(1), CaseStory.Vlad));

            Assert.Equal("escalation.alreadyAcknowledged", Assert.Single(answers.OfType<Answer.No>()).Refusal.Code);
            Assert.Single((await log.ReadAsync(id, 0, TestContext.Current.CancellationToken)).Select(entry => entry.Event).OfType<EscalationAcknowledged>());
        }
    }

    [Fact, Rule("ESC-5")]
    public async Task An_acknowledgement_that_races_the_end_never_brings_the_escalation_back_a_thousand_times()
    {
        for (var i = 0; i < 1000; i++)
        {
            var (log, time, id) = await EscalatedAsync(i);
            var answers = await Task.WhenAll(
                RaceAsync(log, time, id, new AcknowledgeEscalation(1), CaseStory.Irina),
                RaceAsync(log, time, id, new CloseCase(Outcome.Withdrawn, "They withdrew it."), CaseStory.Vlad));

            var (state, _) = await GrainHost.Over(log, time, TestPolicy.Patient).Case(id).Get(TestContext.Current.CancellationToken);
            Assert.False(state.IsOpen || state.Escalations[0].IsOpen, "it is over");
            Assert.IsType<Answer.Done>(answers[1]);
            var history = (await log.ReadAsync(id, 0, TestContext.Current.CancellationToken)).Select(entry => entry.Event).ToList();
            Assert.DoesNotContain(history.SkipWhile(happened => happened is not EscalationClosed), happened => happened is EscalationAcknowledged);
        }
    }

    private static void Live(int seed, TestPolicy policy)
    {
        var random = new Random(seed);
        var story = new CaseStory { Policies = policy };
        story.Tell(CaseStory.Opening() with
        {
            Heat = (Heat)random.Next(5),
            CustomerLevel = random.Next(4) == 0 ? (Level)random.Next(4) : null,
            LikeComplaints = random.Next(1, 5),
        });
        for (var step = 0; step < 30; step++)
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    story.After(TimeSpan.FromMinutes(random.Next(1, 90)));
                    break;
                case 2 when random.Next(4) == 0:
                    story.DownFor(TimeSpan.FromMinutes(random.Next(1, 600)));
                    break;
                default:
                    story.Try(Command(random, story), People[random.Next(People.Length)]);
                    break;
            }

            var open = story.Case.Escalations.Where(e => e.IsOpen).ToList();
            Assert.True(open.Select(e => e.Cause).Distinct().Count() == open.Count, "two open escalations of one cause");
            Assert.True(story.Case.IsOpen || open.Count == 0, "an escalation is open in a closed case");
            Assert.Equal(open.Select(e => e.Level).DefaultIfEmpty(Level.Buffer).Max(), story.Case.Level);
        }

        Model(story);
    }

    private static CaseCommand Command(Random random, CaseStory story)
    {
        var escalation = random.Next(1, story.Case.Escalations.Length + 2);
        return random.Next(16) switch
        {
            0 or 1 or 2 => new AcknowledgeEscalation(escalation),
            3 or 4 => new LogContact((Direction)random.Next(2), (Channel)random.Next(6), "note"),
            5 => new SetHeat((Heat)random.Next(5), null),
            6 => new Escalate("Higher.", random.Next(2) == 0 ? null : (Level)random.Next(4)),
            7 => new CloseEscalation(escalation, "Settled."),
            8 => new HearCustomer("Hello?", (CustomerWish)random.Next(3)),
            9 => new HearOfCustomer((Level)random.Next(4), random.Next(1, 5)),
            10 => new MakePromise("promise", story.Now.AddMinutes(random.Next(30, 600)), null),
            11 => new KeepPromise(random.Next(1, story.Case.Promises.Length + 2), "evidence"),
            12 => new ReachAgreement("yes", [], true),
            13 => random.Next(6) == 0 ? new CloseCase(Outcome.Withdrawn, "Withdrawn.") : new Tick(),
            14 => new ReopenCase("back"),
            _ => new RecordTelling(random.Next(1, 30), TellingState.Told, null),
        };
    }

    /// <summary>Walks the history with nothing but a clock and the ladder's times: who had each escalation, and until when.</summary>
    private static void Model(CaseStory story)
    {
        var due = new Dictionary<int, (DateTimeOffset At, bool Held, Level Level, string Cause)>();
        var causes = new HashSet<(string, DateTimeOffset)>();
        var told = new HashSet<(int, Level, int)>();
        var tellings = 0;
        foreach (var (happened, at) in story.History.Zip(story.Instants))
        {
            switch (happened)
            {
                case EscalationRaised e:
                    Assert.DoesNotContain(due.Values, open => open.Cause == e.Cause);
                    Assert.True(e.CauseAt is null || causes.Add((e.Cause, e.CauseAt.Value)), "one due instant raised twice");
                    due[e.Escalation] = (at + Times[e.Level].Acknowledge, false, e.Level, e.Cause);
                    Assert.Equal(due[e.Escalation].At, e.AcknowledgeBy);
                    break;
                case EscalationRisen e:
                    Assert.Equal((due[e.Escalation].Level, true), (e.From, e.To > e.From));
                    Assert.True(e.Because == "cause" || (at >= due[e.Escalation].At && e.To == e.From + 1), "it rose before its time");
                    due[e.Escalation] = (at + Times[e.To].Acknowledge, false, e.To, due[e.Escalation].Cause);
                    break;
                case EscalationRepeated e:
                    Assert.True(due[e.Escalation].Level == Level.Management && at >= due[e.Escalation].At, "asked again below the top, or early");
                    due[e.Escalation] = due[e.Escalation] with { At = at + Times[Level.Management].Acknowledge, Held = false };
                    break;
                case EscalationTold e:
                    Assert.True(told.Add((e.Escalation, e.Level, e.Round)), "told twice");
                    Assert.All(e.Told, to => Assert.Equal(++tellings, to.Number));
                    break;
                case EscalationAcknowledged e:
                    Assert.False(due[e.Escalation].Held, "two have it");
                    Assert.True(at < due[e.Escalation].At, "an acknowledgement that came too late was in time");
                    due[e.Escalation] = due[e.Escalation] with { At = at + Times[due[e.Escalation].Level].Hold, Held = true };
                    break;
                case AcknowledgementFell e:
                    Assert.True(due[e.Escalation].Held && at >= due[e.Escalation].At, "an acknowledgement fell before its time");
                    due[e.Escalation] = due[e.Escalation] with { Held = false };
                    break;
                case ContactLogged { Direction: Direction.ToCustomer }:
                    foreach (var (number, held) in due.Where(open => open.Value.Held).ToList())
                    {
                        due[number] = held with { At = DateTimeOffset.MaxValue };
                    }

                    break;
                case EscalationClosed e:
                    Assert.True(due.Remove(e.Escalation), "closed twice");
                    break;
            }
        }

        // Nobody is asked for longer than the interval, once the platform has had its turn.
        story.Try(new Tick(), Actor.Clock);
        Assert.All(story.Case.Escalations.Where(e => e.IsOpen), e => Assert.True(e.NextAt is null || e.NextAt > story.Now, "left unowned"));
        Assert.DoesNotContain(StreamProof.Check(story.Entries, new ProofCounts()), fault => fault.Rule.StartsWith("ESC", StringComparison.Ordinal));
        Assert.Equal(due.Keys.Order(), story.Case.Escalations.Where(e => e.IsOpen && due.ContainsKey(e.Number)).Select(e => e.Number));
    }

    private static async Task<(MemoryLog Log, ManualTime Time, Guid Id)> EscalatedAsync(int seed)
    {
        var (log, time, id) = (new MemoryLog(), new ManualTime(), new Guid(seed + 1, 0, 0, new byte[8]));
        var grain = GrainHost.Over(log, time, TestPolicy.Patient).Case(id);
        foreach (var command in new CaseCommand[] { CaseStory.Opening(), new Escalate("They threaten to sue.", null) })
        {
            Assert.IsType<Answer.Done>(await grain.Tell(new Envelope<CaseCommand>(Guid.CreateVersion7(time.GetUtcNow()), CaseStory.Ana, command), TestContext.Current.CancellationToken));
        }

        return (log, time, id);
    }

    /// <summary>Each racer has a host of its own over the one log, as on two machines.</summary>
    private static Task<Answer> RaceAsync(IEventLog log, TimeProvider time, Guid id, CaseCommand command, Actor by) => Task.Run(
        () => GrainHost.Over(log, time, TestPolicy.Patient).Case(id).Tell(
            new Envelope<CaseCommand>(Guid.CreateVersion7(time.GetUtcNow()), by, command), TestContext.Current.CancellationToken));
}
