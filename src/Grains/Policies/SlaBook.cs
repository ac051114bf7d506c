using System.Collections.Immutable;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Policies;

/// <summary>Which targets a case has, on which calendars they run, and for what they may pause.</summary>
/// <param name="Calendars">By id; <c>always</c> is among them.</param>
/// <param name="Policies">In order: the first whose conditions hold judges a case; the last has none.</param>
/// <param name="Statutory">Clocks of the law; every one whose conditions hold as a case opens runs.</param>
/// <param name="PauseReasons">CLK-3: by id.</param>
public sealed record SlaBook(
    IReadOnlyDictionary<string, WorkCalendar> Calendars,
    ImmutableArray<SlaPolicy> Policies,
    ImmutableArray<StatutoryClock> Statutory,
    IReadOnlyDictionary<string, PauseReason> PauseReasons)
{
    /// <summary>What people call a calendar, by id; one without a name goes by its id.</summary>
    public IReadOnlyDictionary<string, PolicyText> CalendarNames { get; init; } = ImmutableDictionary<string, PolicyText>.Empty;

    /// <summary>The id of the calendar that is true 24/7.</summary>
    public const string Always = "always";

    /// <summary>The policy that judges <paramref name="state"/> as it stands.</summary>
    public SlaPolicy For(Case state) => Policies.First(policy => policy.When.Hold(state));
}

/// <summary>Targets for the cases that meet its conditions.</summary>
/// <param name="Id">Its name, unique among the policies.</param>
/// <param name="When">Which cases it judges.</param>
/// <param name="Targets">By metric: <c>acknowledge</c>, <c>silence</c>, <c>resolution</c>, and for stages <c>stage.clarify</c>.</param>
public sealed record SlaPolicy(string Id, CaseConditions When, IReadOnlyDictionary<string, SlaTarget> Targets)
{
    /// <summary>What people call it; null for its id.</summary>
    public PolicyText? Name { get; init; }
}

/// <summary>How long a clock may run.</summary>
/// <param name="Calendar">Id of the calendar that it counts on.</param>
/// <param name="Target">How long.</param>
/// <param name="Warnings">CLK-4: when it warns.</param>
public sealed record SlaTarget(string Calendar, Target Target, ImmutableArray<Warning> Warnings);

/// <summary>CLK-1: a clock of the law. It is never paused, moved or judged anew.</summary>
/// <param name="Id">The clock's name, for instance <c>finalResponse</c>.</param>
/// <param name="When">Which cases it covers, as they open.</param>
/// <param name="Target">How long, and on which calendar.</param>
/// <param name="MetBy">What meets its aim.</param>
public sealed record StatutoryClock(string Id, CaseConditions When, SlaTarget Target, StatutoryAim MetBy)
{
    /// <summary>What people call it; null for its id.</summary>
    public PolicyText? Name { get; init; }
}

/// <summary>What meets a clock of the law.</summary>
public enum StatutoryAim
{
    /// <summary>Contact with the customer.</summary>
    Contact,

    /// <summary>The end of the case.</summary>
    Close,
}

/// <summary>CLK-3: something for which internal clocks may stand still.</summary>
/// <param name="Id">For instance <c>waitingForCustomer</c>.</param>
/// <param name="Clocks">Which of the internal clocks; none named: all of them.</param>
public sealed record PauseReason(string Id, ImmutableArray<string> Clocks)
{
    /// <summary>Does <paramref name="clock"/> stand still for this reason?</summary>
    public bool Covers(string clock) => Clocks.IsEmpty || Clocks.Contains(clock);
}

/// <summary>Which cases something holds for. Each list: any of these; an empty list: whatever it is.</summary>
public sealed record CaseConditions
{
    /// <summary>No conditions: every case.</summary>
    public static CaseConditions None { get; } = new();

    public ImmutableArray<string> Types { get; init; } = [];

    public ImmutableArray<Level> Levels { get; init; } = [];

    public ImmutableArray<Heat> Heats { get; init; } = [];

    /// <summary>Groups that the company sorts its customers into.</summary>
    public ImmutableArray<string> CustomerGroups { get; init; } = [];

    public ImmutableArray<string> Sites { get; init; } = [];

    /// <summary>BCP 47; <c>ro</c> holds for <c>ro-MD</c> too.</summary>
    public ImmutableArray<string> Languages { get; init; } = [];

    public ImmutableArray<string> Products { get; init; } = [];

    /// <summary>True when they hold for every case.</summary>
    public bool AreNone =>
        Types.IsEmpty && Levels.IsEmpty && Heats.IsEmpty && CustomerGroups.IsEmpty && Sites.IsEmpty && Languages.IsEmpty && Products.IsEmpty;

    /// <summary>Do they all hold for the case as it stands?</summary>
    public bool Hold(Case state)
    {
        var opening = state.Opening!;
        return Any(Types, opening.Type) &&
            (Levels.IsEmpty || Levels.Contains(state.Level)) &&
            (Heats.IsEmpty || Heats.Contains(state.Heat)) &&
            Any(CustomerGroups, opening.CustomerGroup) &&
            Any(Sites, opening.Site) &&
            Any(Products, opening.Product) &&
            (Languages.IsEmpty || Languages.Any(language => Speaks(state.Language, language)));
    }

    private static bool Any(ImmutableArray<string> expected, string? actual) =>
        expected.IsEmpty || (actual is not null && expected.Contains(actual, StringComparer.OrdinalIgnoreCase));

    private static bool Speaks(string spoken, string language) =>
        spoken.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (spoken.Length == language.Length || spoken[language.Length] == '-');
}
