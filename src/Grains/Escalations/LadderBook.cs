using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Escalations;

/// <summary>The ladder as a policy sets it: what lifts a case where, how long each level has, and who is on duty.</summary>
/// <param name="Rungs">Specialist, head and management, in this order.</param>
/// <param name="Causes">ESC-1: what lifts a case, and to which level.</param>
/// <param name="Rosters">By id.</param>
/// <param name="People">By id: those who can be on duty.</param>
public sealed record LadderBook(
    ImmutableArray<LadderRung> Rungs,
    LadderCauses Causes,
    IReadOnlyDictionary<string, DutyRoster> Rosters,
    IReadOnlyDictionary<string, DutyPerson> People)
{
    /// <summary>The ladder of a policy that says nothing of it: 15 minutes and an hour on every level, round the clock, nobody on a roster.</summary>
    public static LadderBook Default { get; } = new(
        [.. new[] { Level.Specialist, Level.Head, Level.Management }.Select(level => new LadderRung(level))],
        new LadderCauses(),
        new Dictionary<string, DutyRoster>(),
        new Dictionary<string, DutyPerson>());

    public LadderRung RungOf(Level level) => Rungs[Math.Max((int)level, (int)Level.Specialist) - 1];

    /// <summary>
    /// Who is on duty for a level: of its rosters those that name <paramref name="site"/>, and where none does, those that name
    /// no site. Each person once; nobody where the level has no roster, or its rosters nobody.
    /// </summary>
    public IEnumerable<(DutyRoster Roster, DutyShift Shift)> OnDuty(Level level, string? site, DateTimeOffset at)
    {
        var rosters = RungOf(level).Rosters.Select(id => Rosters[id]).ToList();
        var ofSite = rosters.Where(roster => site is not null && roster.Sites.Contains(site, StringComparer.OrdinalIgnoreCase)).ToList();
        return (ofSite.Count > 0 ? ofSite : rosters.Where(roster => roster.Sites.IsEmpty))
            .Select(roster => (roster, roster.At(at)))
            .DistinctBy(duty => duty.Item2.Person ?? duty.roster.Id, StringComparer.Ordinal);
    }
}

/// <summary>One level of the ladder.</summary>
/// <param name="Level">Which.</param>
public sealed record LadderRung(Level Level)
{
    /// <summary>Id of the calendar on which its times count. Default: round the clock.</summary>
    public string Calendar { get; init; } = SlaBook.Always;

    /// <summary>ESC-3: within this time someone has to acknowledge. Default: 15 minutes.</summary>
    public TimeSpan Acknowledge { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>ESC-4: within this time after acknowledging, contact with the customer has to be evidenced. Default: 1 hour.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Ids of the rosters whose people are told.</summary>
    public ImmutableArray<string> Rosters { get; init; } = [];
}

/// <summary>ESC-1: a level that a cause asks for.</summary>
public enum AskedLevel
{
    /// <summary>The cause lifts nothing.</summary>
    None,

    /// <summary>One above the case's level.</summary>
    Next,
    Specialist,
    Head,
    Management,
}

/// <summary>ESC-1: what lifts a case, and to which level. What is not named lifts nothing.</summary>
public sealed record LadderCauses
{
    /// <summary>Warnings of our own clocks, by the clock's name: <c>resolution</c>.</summary>
    public IReadOnlyDictionary<string, AskedLevel> ClockWarned { get; init; } = new Dictionary<string, AskedLevel>();

    /// <summary>Breaches of our own clocks, by the clock's name.</summary>
    public IReadOnlyDictionary<string, AskedLevel> ClockBreached { get; init; } = new Dictionary<string, AskedLevel>();

    public AskedLevel StatutoryWarned { get; init; } = AskedLevel.Head;

    public AskedLevel StatutoryBreached { get; init; } = AskedLevel.Management;

    /// <summary>PRM-8: head, or higher.</summary>
    public AskedLevel PromiseLapsed { get; init; } = AskedLevel.Head;

    /// <summary>PRM-4: a promise must not be moved again without a person.</summary>
    public AskedLevel SecondDelay { get; init; } = AskedLevel.Next;

    public IReadOnlyDictionary<Heat, AskedLevel> Heat { get; init; } = new Dictionary<Heat, AskedLevel>();

    /// <summary>From this round on.</summary>
    public IReadOnlyDictionary<int, AskedLevel> Round { get; init; } = new Dictionary<int, AskedLevel>();

    /// <summary>CUS-4: which like complaint of a customer lifts, counting this one. Default: the third.</summary>
    public int LikeComplaints { get; init; } = 3;

    /// <summary>CUS-4: within which time. Default: 30 days.</summary>
    public TimeSpan LikeComplaintsWithin { get; init; } = TimeSpan.FromDays(30);

    public AskedLevel LikeComplaint { get; init; } = AskedLevel.None;

    /// <summary>The customer wants to be called.</summary>
    public AskedLevel CallMe { get; init; } = AskedLevel.None;

    /// <summary>The customer wants someone higher.</summary>
    public AskedLevel Higher { get; init; } = AskedLevel.Next;

    /// <summary>CLM-1: a claim is above the authority of whoever has the case.</summary>
    public AskedLevel ClaimAboveAuthority { get; init; } = AskedLevel.Next;

    /// <summary>The level asked for in <paramref name="round"/>.</summary>
    public AskedLevel InRound(int round) =>
        Round.Where(asked => asked.Key <= round).OrderBy(asked => asked.Key).Select(asked => asked.Value).LastOrDefault();
}

/// <summary>Someone who can be on duty.</summary>
/// <param name="Id">The name they sign in with.</param>
/// <param name="Name">As people call them.</param>
/// <param name="Email">Needed for the channel e-mail.</param>
/// <param name="Webhook">An address that takes signed webhooks; needed for the channel webhook.</param>
/// <param name="Channels">Over which they are told besides the board.</param>
public sealed record DutyPerson(string Id, string Name, string? Email, string? Webhook, ImmutableArray<DutyChannel> Channels)
{
    /// <summary>In which language they are written to (BCP 47): the first that they know; null for English.</summary>
    public string? Language { get; init; }
}

/// <summary>How someone on duty is told. The browser's own notifications belong to the board.</summary>
public enum DutyChannel
{
    Board,
    Email,
    Webhook,
}
