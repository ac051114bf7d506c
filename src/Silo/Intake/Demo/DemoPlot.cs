using System.Globalization;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Silo.Intake.Demo;

/// <summary>
/// One case of the demo day, step by step. Minutes count from the start of the demo, negative before it. The rest of a
/// case, from any stage on, is drawn from the case's own chance, so that no case depends on another.
/// </summary>
internal sealed class DemoPlot
{
    private const string Zone = "Europe/Chisinau";
    private const string Currency = "MDL";
    private const double MinutesPerDay = 24 * 60;
    private static readonly PromisePolicy Shipped = new();

    private readonly List<DemoStep> _steps = [];
    private readonly DateTimeOffset _start;
    private readonly Random _chance;
    private readonly DemoVoice _voice;
    private readonly DemoStory _story;
    private readonly string _seed;
    private readonly string _order;
    private readonly bool _isReview;
    private readonly Actor _agent;
    private int _options;
    private int _promises;
    private int _round = 1;
    private double _madeAt;
    private double _dueAt;

    /// <param name="seed">Of the day.</param>
    /// <param name="index">Of the case within the day.</param>
    /// <param name="start">Of the day.</param>
    /// <param name="voice">The customer's language.</param>
    /// <param name="story">What happened to them; null for what is written in public.</param>
    public DemoPlot(int seed, int index, DateTimeOffset start, DemoVoice voice, DemoStory? story)
    {
        _seed = seed.ToString(CultureInfo.InvariantCulture);
        _chance = new Random(unchecked((seed * 397) + index));
        _start = start;
        _voice = voice;
        _isReview = story is null;
        _story = story ?? voice.Review;
        _order = (48_000 + ((index * 37) % 9_000)).ToString(CultureInfo.InvariantCulture);
        _agent = DemoStaff.Agents[index % DemoStaff.Agents.Length];
        Case = DeterministicId.Of("demo", _seed, "case", index.ToString(CultureInfo.InvariantCulture));
    }

    public Guid Case { get; }

    public IReadOnlyList<DemoStep> Steps => _steps;

    /// <summary>The customer complains.</summary>
    public DemoPlot Opens(double at, Heat? heat = null)
    {
        var (given, family) = _voice.Names[_chance.Next(_voice.Names.Length)];
        var name = $"{Pick(given)} {Pick(family)}";
        var mail = $"{Latin.Of(name).Replace(' ', '.').ToLowerInvariant()}@{(_chance.Next(2) == 0 ? "example.org" : "example.com")}";
        var phone = string.Create(CultureInfo.InvariantCulture, $"+373 00 000 {DeterministicId.NumberOf(mail) % 1000:000}");
        var channel = _isReview ? Channel.Review : Pick([
            Channel.Phone, Channel.Phone, Channel.Phone, Channel.Web, Channel.Web, Channel.Email, Channel.Email, Channel.Chat, Channel.Visit,
        ]);
        var customer = new CustomerContact(name, mail, phone, _voice.Language, Zone);
        Add(at, channel is Channel.Phone or Channel.Visit ? _agent : DemoStaff.Intake, new OpenCase(
            Number: 0, DeterministicId.Of("demo", _seed, "customer", mail), customer, _story.Type, Fill(_story.Summary), channel,
            heat ?? (_isReview ? Heat.Public : Pick([Heat.Calm, Heat.Calm, Heat.Tense])),
            _story.Claim is { } claim ? new Money(claim, Currency) : null, _story.Product, "Chișinău", ComplainedAt: null));
        return this;
    }

    public DemoPlot Owned(double at) => Add(at, DemoStaff.Irina, new AssignOwner(_agent.Id));

    /// <summary>The customer was reached, listened to and understood.</summary>
    public DemoPlot Contacted(double at)
    {
        Add(at, _agent, new DoStep(Step.Listen, Pick(_voice.Listened)));
        Add(at + 0.3, _agent, new LogContact(Direction.ToCustomer, Pick([Channel.Phone, Channel.Phone, Channel.Email]), Pick(_voice.Contacted)));
        Add(at + 0.5, _agent, new DoStep(Step.Understanding, Pick(_voice.Understood)));
        return Add(at + 0.6, _agent, new MoveToStage(Stage.Clarify, null));
    }

    /// <summary>The customer hears from us in between.</summary>
    public DemoPlot Called(double at) =>
        Add(at, _agent, new LogContact(Direction.ToCustomer, Channel.Phone, Pick(_voice.Contacted)));

    public DemoPlot Clarified(double at)
    {
        Add(at, _agent, new RecordFacts(Fill(_story.Facts), _story.Expectation));
        return Add(at + 0.2, _agent, new MoveToStage(Stage.Options, null));
    }

    public DemoPlot Offered(double at)
    {
        Add(at, _agent, new OfferOption(_story.First, null));
        Add(at + 0.2, _agent, new OfferOption(_story.Second, null));
        _options += 2;
        return Add(at + 0.3, _agent, new MoveToStage(Stage.Agreement, null));
    }

    public DemoPlot Promised(double at, double due)
    {
        Add(at, _agent, new MakePromise(_story.Promise, When(due), _agent.Id));
        _promises++;
        (_madeAt, _dueAt) = (at, due);
        Add(at + 0.2, _agent, new ReachAgreement(Pick(_voice.Agreed), [_options - 1], RemedyGiven: false));
        return Add(at + 0.3, _agent, new MoveToStage(Stage.FollowThrough, null));
    }

    /// <summary>CLM-1: conceded at once.</summary>
    public DemoPlot Conceded(double at)
    {
        Add(at, _agent, new ReachAgreement(_voice.GivenOnTheSpot, [_options - 1], RemedyGiven: true));
        Add(at + 0.2, _agent, new MoveToStage(Stage.FollowThrough, null));
        return Add(at + 1, _agent, new CloseCase(Outcome.Conceded, Fill(_story.Closing)));
    }

    /// <summary>
    /// The agent explains. Quiet hours may have moved send-by before <paramref name="at"/>: then earlier, or, where there is
    /// no time for that, the platform has done it.
    /// </summary>
    public DemoPlot Explained(double at, double newDue)
    {
        var sendBy = SendByOf(_madeAt, _dueAt);
        if (at >= sendBy)
        {
            at = _madeAt + ((sendBy - _madeAt) * 0.6);
            if (at < _madeAt + 1)
            {
                _dueAt += MinutesPerDay;
                return this;
            }
        }

        (_madeAt, _dueAt) = (at, newDue);
        return Add(at, _agent, new ExplainDelay(_promises, _story.Delay, When(newDue)));
    }

    /// <summary>PRM-4: a person calls about the second delay, and a supervisor approves it.</summary>
    public DemoPlot ExplainedAgain(double at, double newDue)
    {
        Add(at, DemoStaff.Irina, new AcknowledgeEscalation(0));
        Add(at + 1, DemoStaff.Irina, new LogContact(Direction.ToCustomer, Channel.Phone, _voice.CallAboutDelay));
        return newDue <= _dueAt
            ? this
            : Add(at + 1.5, DemoStaff.Irina, new ExplainDelay(_promises, _voice.SecondDelay, When(newDue)));
    }

    public DemoPlot Kept(double at) => Add(at, _agent, new KeepPromise(_promises, _story.Kept));

    public DemoPlot Closed(double at) => Add(at, _agent, new CloseCase(Outcome.Agreed, Fill(_story.Closing)));

    public DemoPlot Heats(double at, Heat heat) => Add(at, _agent, new SetHeat(heat, Pick(_voice.Heated)));

    public DemoPlot Escalated(double at, Level level) => Add(at, _agent, new Escalate(Pick(_voice.Escalated), level));

    public DemoPlot Acknowledged(double at) => Add(at, DemoStaff.Irina, new AcknowledgeEscalation(0));

    /// <summary>CASE-3: it was not enough; once more from the start.</summary>
    public DemoPlot Restarted(double at)
    {
        _round++;
        return Add(at, _agent, new MoveToStage(Stage.Contact, Pick(_voice.CameBack)));
    }

    /// <summary>CASE-4: the customer comes back.</summary>
    public DemoPlot Reopened(double at)
    {
        _round++;
        return Add(at, _agent, new ReopenCase(Pick(_voice.CameBack)));
    }

    /// <summary>From the opening on.</summary>
    public DemoPlot RestFromOpening(double at)
    {
        Owned(at + 0.3 + (_chance.NextDouble() * 0.7));
        var wait = _chance.Next(100) switch
        {
            < 80 => Between(1.5, 6),
            < 92 => Between(20, 44),
            _ => Between(61, 68),
        };
        return RestFromContact(at + wait);
    }

    public DemoPlot RestFromContact(double at)
    {
        Contacted(at);
        if (_chance.Next(8) == 0)
        {
            Heats(at + 0.8, Heat.Heated);
            if (_chance.Next(2) == 0)
            {
                Escalated(at + 1, Level.Head).Acknowledged(at + Between(2, 6));
            }
        }

        return RestFromClarify(at + 1 + Pause());
    }

    public DemoPlot RestFromClarify(double at) => Clarified(at).RestFromOptions(at + Pause());

    public DemoPlot RestFromOptions(double at) => Offered(at).RestFromAgreement(at + Pause());

    public DemoPlot RestFromAgreement(double at)
    {
        if (_chance.Next(6) == 0)
        {
            Conceded(at);
            return PerhapsBack(at + 1);
        }

        var length = _chance.Next(100) switch
        {
            < 30 => 20,
            < 55 => 30,
            < 75 => 45,
            < 90 => 90,
            < 98 => 180,
            _ => 600,
        };
        Promised(at, at + length);
        return RestFromPromise(at, at + length);
    }

    /// <summary>Mostly kept in time, some explained by the agent and then kept, some explained by the platform and kept late.</summary>
    public DemoPlot RestFromPromise(double at, double due)
    {
        var inTime = at + ((SendByOf(at, due) - at) * Between(0.45, 0.65));
        switch (_chance.Next(100))
        {
            case < 74:
                Kept(inTime);
                break;
            case < 88:
                var newDue = due + Math.Max(20, (due - at) / 2);
                Explained(inTime, newDue);
                inTime += (SendByOf(inTime, newDue) - inTime) * Between(0.45, 0.65);
                Kept(inTime);
                break;
            default:
                inTime = SendByOf(at, due) + Between(3, 8);
                Kept(inTime);
                break;
        }

        return RestFromKept(inTime + Between(1, 3));
    }

    public DemoPlot RestFromKept(double at) => Closed(at).PerhapsBack(at);

    private DemoPlot PerhapsBack(double at)
    {
        if (_round > 1 || _chance.Next(12) != 0)
        {
            return this;
        }

        var back = at + Between(4, 20);
        return Reopened(back).RestFromContact(back + Between(1.5, 5));
    }

    private DemoPlot Add(double at, Actor by, CaseCommand command)
    {
        var place = _steps.Count.ToString(CultureInfo.InvariantCulture);
        _steps.Add(new DemoStep(When(at), Case, DeterministicId.Of("demo", _seed, "step", Case.ToString("N"), place), by, command));
        return this;
    }

    private DateTimeOffset When(double minutes) => (_start + TimeSpan.FromMilliseconds(Math.Round(minutes * 60_000))).ToMicroseconds();

    private double SendByOf(double at, double due) =>
        (SendBy.Of(When(at), When(due), Zone, Shipped) - _start).TotalMinutes;

    private double Pause() => Between(0.8, 3.5);

    private double Between(double least, double most) => least + (_chance.NextDouble() * (most - least));

    private T Pick<T>(IReadOnlyList<T> from) => from[_chance.Next(from.Count)];

    private string Fill(string text) => text.Replace("{order}", _order, StringComparison.Ordinal);
}
