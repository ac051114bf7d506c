using System.Collections.Immutable;
using System.Globalization;

namespace Escalation.Grains.Calendars.Holidays;

/// <summary>
/// CLK-2: the rules by which a file's holidays come each year, and the days that follow from them. A rule that cannot be
/// applied is named among what was left out, never guessed at. Immutable.
/// </summary>
public sealed class HolidayRules
{
    private readonly ImmutableArray<Applied> _rules;

    /// <param name="rules">As written, their days within their months.</param>
    /// <param name="functions">The text of the functions that the file defines itself, by name.</param>
    public HolidayRules(IReadOnlyList<HolidayRule> rules, IReadOnlyDictionary<string, string> functions)
    {
        var known = new HolidayFunctions(functions, date => rules.Any(rule => IsFixed(rule, date)));
        _rules = [.. rules.Select(rule => new Applied(
            rule,
            rule.Day is HolidayDay.Computed computed ? known.Find(computed.Function, rule.Regions) : null,
            rule.Observed.Length > 0 ? known.Find(rule.Observed, rule.Regions) : null))];
    }

    private HolidayRules(ImmutableArray<Applied> rules) => _rules = rules;

    /// <summary>Every region that a rule names.</summary>
    public IReadOnlySet<string> Regions => _rules.SelectMany(rule => rule.Rule.Regions).ToHashSet();

    /// <summary>Does any rule hold in that region?</summary>
    public bool Has(string region) => _rules.Any(rule => rule.Rule.Regions.Any(known => Covers(region, known)));

    /// <summary>The rules of several files as one.</summary>
    public static HolidayRules Together(IEnumerable<HolidayRules> files) => new([.. files.SelectMany(file => file._rules)]);

    /// <summary>
    /// The holidays of some regions. <c>us_ca</c> has those of <c>us</c> as well; <c>us_</c> is <c>us</c> with all its parts.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The years are outside 1900 to 2299.</exception>
    public HolidayList Of(HolidayQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.From, HolidayQuery.Earliest, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.To, HolidayQuery.Latest, nameof(query));
        var days = new HashSet<Holiday>();
        var leftOut = new List<UnappliedRule>();
        foreach (var rule in _rules.Where(rule => IsAsked(rule.Rule, query)))
        {
            if (rule.Fault(query.Observed) is { } fault)
            {
                leftOut.Add(new UnappliedRule(rule.Rule, $"is left out: {fault}"));
                continue;
            }

            // A year's holiday may fall into the year before or after.
            foreach (var year in rule.Years(query.From - 1, query.To + 1).Where(rule.Knows))
            {
                if (rule.In(year, query.Observed) is { } date && date.Year >= query.From && date.Year <= query.To)
                {
                    days.Add(new Holiday(date, rule.Rule.Name));
                }
            }

            if (rule.Years(query.From, query.To).Where(year => !rule.Knows(year)).ToList() is { Count: > 0 } unknown)
            {
                leftOut.Add(new UnappliedRule(rule.Rule, $"has no date for {Say(unknown)}: '{rule.FunctionName}' does not know of them."));
            }
        }

        return new HolidayList(
            [.. days.OrderBy(day => day.Date).ThenBy(day => day.Name, StringComparer.Ordinal)], leftOut);
    }

    /// <summary>Null for 29 February in most years.</summary>
    internal static DateOnly? Date(int year, int month, int day) =>
        day <= DateTime.DaysInMonth(year, month) ? new DateOnly(year, month, day) : null;

    private static bool IsFixed(HolidayRule rule, DateOnly date) =>
        rule.Month == date.Month && rule.Day is HolidayDay.OfMonth(var day) && day == date.Day && rule.Years.Contains(date.Year);

    private static bool IsAsked(HolidayRule rule, HolidayQuery query) =>
        (query.Informal || !rule.IsInformal) && query.Regions.Any(asked => rule.Regions.Any(region => Covers(asked, region)));

    private static bool Covers(string asked, string region) =>
        asked == region ||
        asked.StartsWith($"{region}_", StringComparison.Ordinal) ||
        (asked.EndsWith('_') && region.StartsWith(asked, StringComparison.Ordinal));

    /// <summary>2021, 2023 to 2026</summary>
    private static string Say(List<int> years)
    {
        var runs = years.Select((year, index) => (year, Run: year - index)).GroupBy(pair => pair.Run, pair => pair.year);
        return string.Join(", ", runs.Select(run => run.Count() == 1
            ? run.First().ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{run.First()} to {run.Last()}")));
    }

    /// <summary>A rule with the functions it names, null where they are not known.</summary>
    private sealed record Applied(HolidayRule Rule, HolidayFunction? Function, HolidayFunction? Observed)
    {
        public string FunctionName => Rule.Day is HolidayDay.Computed computed ? computed.Function : "";

        public bool Knows(int year) => Function is null || Function.Knows(year);

        /// <summary>Why it cannot be applied in any year.</summary>
        public string? Fault(bool observed)
        {
            if (Rule.Day is HolidayDay.Computed computed)
            {
                if (Function is null)
                {
                    return $"the function '{computed.Function}' is not supported.";
                }

                if (Function.NeedsDay && (computed.Day is null || Rule.Month == 0))
                {
                    return $"the function '{computed.Function}' needs a day of a month.";
                }
            }

            return observed && Rule.Observed.Length > 0 && Observed is not { NeedsDay: true }
                ? $"the function '{Rule.Observed}' is not supported."
                : null;
        }

        public IEnumerable<int> Years(int first, int last) => Enumerable.Range(first, last - first + 1).Where(Rule.Years.Contains);

        public DateOnly? In(int year, bool observed)
        {
            var date = Rule.Day switch
            {
                HolidayDay.OfMonth(var day) => Date(year, Rule.Month, day),
                HolidayDay.NthWeekday(var week, var weekday) => Days.Nth(year, Rule.Month, week, weekday),
                HolidayDay.Computed computed => Function!.Compute(new HolidayCall(year, Rule.Month, computed.Day))?.AddDays(computed.DaysLater),
                _ => null,
            };
            return observed && date is { } found && Observed is not null
                ? Observed.Compute(new HolidayCall(found.Year, found.Month, found.Day))
                : date;
        }
    }
}
