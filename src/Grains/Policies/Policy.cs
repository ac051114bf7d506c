using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Notices;
using Escalation.Grains.Playbooks;
using Escalation.Grains.Reviews;
using Escalation.Grains.Statutory;

namespace Escalation.Grains.Policies;

/// <summary>The company's settings that rules read. Data, versioned; a case's events name the version they used.</summary>
/// <param name="Version">Which policy this is: the company's own word for it, and what its text adds up to.</param>
/// <param name="Sla">Which targets a case has, and on which calendar they run.</param>
/// <param name="Promises">How promises are guarded.</param>
/// <param name="ConflictTypes">The conflict types that a case may have.</param>
/// <param name="Texts">What notices say, by language.</param>
public sealed record Policy(
    string Version,
    SlaBook Sla,
    PromisePolicy Promises,
    IReadOnlySet<string> ConflictTypes,
    NoticeTexts Texts)
{
    /// <summary>CASE-4: a customer coming back within this time reopens the case. Default: 14 days.</summary>
    public TimeSpan ReopenWithin { get; init; } = TimeSpan.FromDays(14);

    /// <summary>CUS-6: so long after a case was closed its customer is not greeted. Default: 7 days.</summary>
    public TimeSpan NoGreetingAfterCase { get; init; } = TimeSpan.FromDays(7);

    /// <summary>CASE-9: of what the customer is told. Explanations of a delay always go out. Default: everything.</summary>
    public IReadOnlySet<NoticeKind> Tells { get; init; } = Enum.GetValues<NoticeKind>().ToHashSet();

    /// <summary>CLM-1, CLM-3, CLM-5: who may concede how much, and who decides for whom.</summary>
    public AuthorityBook Authority { get; init; } = new();

    /// <summary>CLM-2: what remedies depend on.</summary>
    public RemedyBook Remedies { get; init; } = new();

    /// <summary>CLM-4: what may be given for goodwill.</summary>
    public GoodwillBook Goodwill { get; init; } = GoodwillBook.Empty;

    /// <summary>REV-1 to REV-3: where customers complain in public.</summary>
    public ReviewBook Reviews { get; init; } = ReviewBook.Empty;

    /// <summary>REV-4: what we answer in public.</summary>
    public QuestionBook Questions { get; init; } = QuestionBook.Empty;

    /// <summary>PLY-1: what the company knows about each conflict type.</summary>
    public PlaybookBook Playbooks { get; init; } = PlaybookBook.Empty;

    /// <summary>REG-1: the laws that may cover a case.</summary>
    public PackBook Packs { get; init; } = PackBook.Empty;

    /// <summary>PRM-5: over which channels customers are told.</summary>
    public NoticePolicy Notices { get; init; } = new();

    /// <summary>ESC-1 to ESC-6: what goes up the ladder, by when somebody answers, and who is on duty.</summary>
    public LadderBook Ladder { get; init; } = LadderBook.Default;

    /// <summary>DSK-1: who works here, in which team.</summary>
    public PeopleBook People { get; init; } = PeopleBook.Empty;

    /// <summary>DSK-2 to DSK-5: how cases are offered.</summary>
    public DeskPolicy Desk { get; init; } = new();

    /// <summary>CASE-9: a person as others read of them: by the name that the policy has for their sign-in, else the sign-in with a capital.</summary>
    public string NameOf(string signIn) =>
        Ladder.People.TryGetValue(signIn, out var person) ? person.Name
            : signIn.Length == 0 ? signIn
            : char.ToUpperInvariant(signIn[0]) + signIn[1..];

    /// <summary>Who could decide at a level, in words: its name, and those who have it by name.</summary>
    public string WhoIs(Level level)
    {
        var named = Authority.People.Where(person => person.Value == level).Select(person => NameOf(person.Key)).Order(StringComparer.Ordinal).ToList();
        return named.Count == 0 ? AuthorityBook.WordOf(level) : $"{AuthorityBook.WordOf(level)} ({string.Join(", ", named)})";
    }
}

/// <summary>PRM-5: over which channels customers are told, and how much time is kept back for a person.</summary>
public sealed record NoticePolicy
{
    /// <summary>The company's order of channels; a customer's own wish goes first. Default: e-mail, SMS, messenger, webhook.</summary>
    public IReadOnlyList<Channel> Order { get; init; } = [Channel.Email, Channel.Sms, Channel.Chat, Channel.Webhook];

    /// <summary>The channels that this host has been given settings for; the others of the order are passed over.</summary>
    public IReadOnlySet<Channel> Available { get; init; } = new HashSet<Channel> { Channel.Email };

    /// <summary>Before due a person needs this much time to call, or half of what is left when that is less. Default: 15 minutes.</summary>
    public TimeSpan KeptForCall { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>PRM-2, PRM-3, PRM-4: how promises are guarded.</summary>
public sealed record PromisePolicy
{
    /// <summary>Share of a promise's length that the explanation is sent before due. Default: 0.2.</summary>
    public double LeadShare { get; init; } = 0.2;

    /// <summary>Least lead. Default: 30 minutes.</summary>
    public TimeSpan LeadMinimum { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Greatest lead. Default: 24 hours.</summary>
    public TimeSpan LeadMaximum { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Quiet hours begin, customer's local time. Default: 21:00.</summary>
    public TimeOnly QuietFrom { get; init; } = new(21, 0);

    /// <summary>Quiet hours end, customer's local time. Default: 08:00.</summary>
    public TimeOnly QuietUntil { get; init; } = new(8, 0);

    /// <summary>When those work who give promises. Default: always; then owners are asked in the customer's waking hours.</summary>
    public WorkCalendar Calendar { get; init; } = WorkCalendar.Always;

    /// <summary>PRM-3: how long before send-by the owner is asked for reason and new date, in working time. Default: 4 hours.</summary>
    public TimeSpan AskLead { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How many days an automatic explanation moves the promise: same wall clock, days without work left out. Default: 1.</summary>
    public int AutomaticMoveDays { get; init; } = 1;

    /// <summary>How often a promise may be moved in all. Default: 2.</summary>
    public int MoveLimit { get; init; } = 2;
}
