using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Cases;

/// <summary>One case told as a story: commands happen, time passes, and what falls due takes effect at its instant.</summary>
internal sealed class CaseStory(Guid id)
{
    public CaseStory()
        : this(Guid.Parse("0197f3c0-0000-7000-8000-000000000001"))
    {
    }

    public static readonly DateTimeOffset Noon = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);
    public static readonly Actor Ana = new("ana", Roles.Agent);
    public static readonly Actor Irina = new("irina", Roles.Supervisor);
    public static readonly Actor Vlad = new("vlad", Roles.Admin);
    public static readonly Actor Customer = new("customer", Roles.Customer);

    public static readonly CustomerContact Ioana =
        new("Ioana Munteanu", "ioana@example.org", "+37369000001", "ro", "Europe/Chisinau");

    private int _commands;

    public DateTimeOffset Now { get; private set; } = Noon;

    public Case Case { get; private set; } = Case.Empty(id);

    public List<CaseEvent> History { get; } = [];

    /// <summary>When each of <see cref="History"/> happened.</summary>
    public List<DateTimeOffset> Instants { get; } = [];

    /// <summary><see cref="History"/> as the log would have it; the events of one command share its id.</summary>
    public List<Entry> Entries { get; } = [];

    public TestPolicy Policies { get; init; } = TestPolicy.Patient;

    public static CaseStory Opened(CustomerContact? customer = null, DateTimeOffset? complainedAt = null)
    {
        var story = new CaseStory();
        story.Tell(Opening(customer, complainedAt));
        return story;
    }

    public static CaseCommand.OpenCase Opening(CustomerContact? customer = null, DateTimeOffset? complainedAt = null) => new(
        20418, Guid.Parse("0197f3c0-0000-7000-8000-0000000000ff"), customer ?? Ioana, "brokenPromise",
        "The dishwasher did not come, for the second time.", Channel.Phone, Heat.Tense, null, null, null, complainedAt);

    /// <summary>Sends a command that must be taken.</summary>
    public CaseStory Tell(CaseCommand command, Actor? by = null)
    {
        var decision = Decide(command, by);
        Assert.True(!decision.IsRefused, decision.Refusal?.Detail);
        Fold(decision.Events, by ?? Ana);
        return this;
    }

    /// <summary>Sends a command that must be refused; returns why.</summary>
    public Refused Refuse(CaseCommand command, Actor? by = null)
    {
        var decision = Decide(command, by);
        Assert.True(decision.IsRefused, $"{command.GetType().Name} was taken");
        return decision.Refusal;
    }

    /// <summary>Sends a command and returns what it caused, refused or not.</summary>
    public Decision<CaseEvent> Try(CaseCommand command, Actor? by = null)
    {
        var decision = Decide(command, by);
        Fold(decision.Events, by ?? Ana);
        return decision;
    }

    /// <summary>Lets time pass; the deadline clock wakes the case at each of its due instants.</summary>
    public CaseStory After(TimeSpan time)
    {
        var until = Now + time;
        while (Case.NextDue() is { } due && due.At <= until)
        {
            Now = due.At > Now ? due.At : Now;
            Tell(new CaseCommand.Tick(), Actor.Clock);
        }

        Now = until;
        return this;
    }

    /// <summary>Time passes while the platform is down: nothing wakes the case.</summary>
    public CaseStory DownFor(TimeSpan time)
    {
        Now += time;
        return this;
    }

    /// <summary>The mail server takes every notice that waits.</summary>
    public CaseStory MailIsAccepted()
    {
        foreach (var notice in Case.Notices.Where(notice => notice.State == Notices.NoticeState.Decided))
        {
            Tell(new CaseCommand.RecordNoticeAccepted(notice.Number, Now, 1), Actor.Notifier);
        }

        return this;
    }

    public CaseStory Reached(Stage stage)
    {
        CaseCommand[] work =
        [
            new CaseCommand.LogContact(Direction.ToCustomer, Channel.Phone, "called"),
            new CaseCommand.RecordFacts("ordered twice", "delivery this week"),
            new CaseCommand.OfferOption("deliver on Saturday", null),
            new CaseCommand.OfferOption("money back", new Money(1240, "EUR")),
            new CaseCommand.ReachAgreement("Saturday it is", [1], RemedyGiven: true),
        ];
        Dictionary<Stage, CaseCommand[]> needed = new()
        {
            [Stage.Contact] = work[..1],
            [Stage.Clarify] = work[1..2],
            [Stage.Options] = work[2..4],
            [Stage.Agreement] = work[4..],
        };
        while (Case.Stage < stage)
        {
            foreach (var command in needed[Case.Stage])
            {
                Tell(command);
            }

            Tell(new CaseCommand.MoveToStage(Case.Stage + 1, null));
        }

        return this;
    }

    /// <summary>The notices that explain a delay, oldest first.</summary>
    public IEnumerable<Notices.Notice> Explanations() =>
        Case.Notices.Where(notice => notice.Kind == Notices.NoticeKind.Explanation);

    public IEnumerable<T> All<T>() => History.OfType<T>();

    private Decision<CaseEvent> Decide(CaseCommand command, Actor? by) =>
        Case.Decide(command, new Context(Now, by ?? Ana, Policies.Current, Policies));

    private void Fold(IReadOnlyList<CaseEvent> events, Actor by)
    {
        var command = new Guid(++_commands, 0, 0, new byte[8]);
        foreach (var happened in events)
        {
            Case = Case.Evolve(happened, Now, by.Id);
            Entries.Add(new Entry(Case.Id, Case.Category, Entries.Count + 1, Entries.Count + 1, Now, by.Id, command, happened));
            History.Add(happened);
            Instants.Add(Now);
        }
    }
}
