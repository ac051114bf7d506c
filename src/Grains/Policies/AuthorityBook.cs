using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Policies;

/// <summary>Who may concede how much (CLM-1), who decides for whom (CLM-3), when an apology is owed (CLM-5).</summary>
public sealed record AuthorityBook
{
    private static readonly ImmutableArray<Level> Ladder = [.. Enum.GetValues<Level>()];

    /// <summary>In order: the first whose currency and sites fit a case holds.</summary>
    public ImmutableArray<AuthorityRule> Rules { get; init; } = [];

    /// <summary>People whose level is not that of their role; by their name in the log.</summary>
    public IReadOnlyDictionary<string, Level> People { get; init; } = ImmutableDictionary<string, Level>.Empty;

    /// <summary>Who decides in whose place, and when.</summary>
    public ImmutableArray<Substitution> Substitutes { get; init; } = [];

    /// <summary>CLM-3: the calendar on which approvals wait.</summary>
    public string ApprovalCalendar { get; init; } = SlaBook.Always;

    /// <summary>CLM-3: how long each level has to decide, in working time. Default: 4 hours.</summary>
    public IReadOnlyDictionary<Level, TimeSpan> DecideWithin { get; init; } = ImmutableDictionary<Level, TimeSpan>.Empty;

    /// <summary>CLM-5: the calendar on which an apology is waited for.</summary>
    public string ApologyCalendar { get; init; } = SlaBook.Always;

    /// <summary>CLM-5: how long an apology may be owed, in working time. Default: 8 hours.</summary>
    public TimeSpan ApologizeWithin { get; init; } = TimeSpan.FromHours(8);

    /// <summary>CLM-6: what makes a customer's claims stand out to supervisors.</summary>
    public AbusePolicy Abuse { get; init; } = new();

    /// <summary>CLM-1: the limits for a currency at a site; null when nobody has set any.</summary>
    public AuthorityRule? For(string currency, string? site) => Rules.FirstOrDefault(rule => rule.Fits(currency, site));

    /// <summary>
    /// How high a person may decide: by role (agent, supervisor as head, admin as management), by name, or in the place of
    /// someone away. Whoever they stand in for, they stay the person that they are: nobody approves what they asked for.
    /// </summary>
    public Level LevelOf(Actor who, DateTimeOffset now)
    {
        var byRole = (who.Roles & (Roles.Admin | Roles.System)) != 0 ? Level.Management
            : (who.Roles & Roles.Supervisor) != 0 ? Level.Head
            : Level.Buffer;
        var inPlaceOf = Substitutes.Where(s => s.By == who.Id && s.HoldsAt(now)).Select(s => NamedLevel(s.Person));
        return inPlaceOf.Append(NamedLevel(who.Id)).Append(byRole).Max();
    }

    /// <summary>CLM-1: may <paramref name="level"/> concede as much? A currency that nobody has set limits for goes to the top.</summary>
    public bool Covers(Money amount, string? site, Level level) =>
        For(amount.Currency, site) is { } rule
            ? rule.LimitOf(level) is not { } limit || amount.Amount <= limit
            : level == Level.Management;

    /// <summary>The lowest level above <paramref name="above"/> that may concede as much; null when it is beyond everyone.</summary>
    public Level? LowestAbove(Level above, Money amount, string? site) =>
        Ladder.Where(level => level > above && IsStep(level, amount.Currency, site) && Covers(amount, site, level)).Cast<Level?>().FirstOrDefault();

    /// <summary>The level that an approval goes to when <paramref name="level"/> does not decide in time; the top stays the top.</summary>
    public Level After(Level level, Money amount, string? site) => LowestAbove(level, amount, site) ?? Level.Management;

    /// <summary>The limit of a level in words: <c>500 EUR</c>.</summary>
    public string LimitText(string currency, string? site, Level level) => For(currency, site) switch
    {
        null => $"nothing in {currency}",
        var rule when rule.LimitOf(level) is { } limit => Text(new Money(limit, currency)),
        _ => "any amount",
    };

    public static string Text(Money money) => string.Create(CultureInfo.InvariantCulture, $"{money.Amount:0.####} {money.Currency}");

    public static string WordOf(Level level) => level switch
    {
        Level.Buffer => "the agent",
        Level.Specialist => "a specialist",
        Level.Head => "the head",
        Level.Management => "management",
    };

    /// <summary>Specialists decide only where they have a limit of their own.</summary>
    private bool IsStep(Level level, string currency, string? site) =>
        level != Level.Specialist || For(currency, site)?.Limits.ContainsKey(Level.Specialist) == true;

    private Level NamedLevel(string person) => People.GetValueOrDefault(person, Level.Buffer);
}

/// <summary>CLM-1: limits by level, for one currency and some sites.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Sites">Where it holds; none named: everywhere.</param>
/// <param name="Limits">What each level may concede for one case, in units of the currency; a level above without one has no limit.</param>
/// <param name="MonthLimits">CLM-3: the same for one customer and calendar month (UTC).</param>
public sealed record AuthorityRule(
    string Currency,
    ImmutableArray<string> Sites,
    IReadOnlyDictionary<Level, decimal> Limits,
    IReadOnlyDictionary<Level, decimal> MonthLimits)
{
    public bool Fits(string currency, string? site) =>
        Currency.Equals(currency, StringComparison.OrdinalIgnoreCase) &&
        (Sites.IsEmpty || (site is not null && Sites.Contains(site, StringComparer.OrdinalIgnoreCase)));

    /// <summary>What the level may concede for one case; null for any amount, which only management may be given.</summary>
    public decimal? LimitOf(Level level) => Of(Limits, level);

    /// <summary>What one customer may be conceded in a month with the leave of that level; null for any amount.</summary>
    public decimal? MonthLimitOf(Level level) => MonthLimits.Count == 0 ? null : Of(MonthLimits, level);

    /// <summary>A level without a limit of its own has that of the level below; management without one has none.</summary>
    private static decimal? Of(IReadOnlyDictionary<Level, decimal> limits, Level level)
    {
        for (var at = level; at >= Level.Buffer; at--)
        {
            if (limits.TryGetValue(at, out var limit))
            {
                return limit;
            }

            if (at == Level.Management)
            {
                return null;
            }
        }

        return 0;
    }
}

/// <summary>CLM-3: someone decides in the place of another.</summary>
/// <param name="Person">Who is away.</param>
/// <param name="By">Who decides instead.</param>
/// <param name="From">From when on; null for always.</param>
/// <param name="Until">Until when; null for ever.</param>
public sealed record Substitution(string Person, string By, DateTimeOffset? From, DateTimeOffset? Until)
{
    public bool HoldsAt(DateTimeOffset now) => !(now < From) && !(now >= Until);
}

/// <summary>CLM-6: when a customer's claims stand out.</summary>
public sealed record AbusePolicy
{
    /// <summary>Over how long it is looked back. Default: 90 days.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromDays(90);

    /// <summary>This many cases with a claim stand out. Default: 3.</summary>
    public int Claims { get; init; } = 3;
}
