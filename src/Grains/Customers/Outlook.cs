using System.Collections.Immutable;

namespace Escalation.Grains.Customers;

/// <summary>CUS-3: what a customer is likely to do after what they went through.</summary>
public enum OutlookOutcome
{
    /// <summary>They expected clearly more than they got.</summary>
    UnlikelyToReturn,

    /// <summary>They got what they expected, and no more.</summary>
    MayTryOthers,

    /// <summary>They got a little more than they expected.</summary>
    Loyal,

    /// <summary>They got far more than they expected, and expect as much the next time.</summary>
    ReturnsExpectingMore,
}

/// <summary>CUS-3: something that an outlook rests on, with its figure.</summary>
/// <param name="Code">A stable word: <c>experience.gap</c>, <c>promises.lapsed</c>.</param>
/// <param name="Value">The figure: points of 1 to 5 for a gap, else a count.</param>
/// <param name="Text">Both in a sentence.</param>
public sealed record OutlookReason(string Code, double Value, string Text);

/// <summary>CUS-3: the outlook of a customer.</summary>
/// <param name="Outcome">Null while the customer has not answered what they expected and what they got.</param>
/// <param name="Gap">What they got less what they expected, in points, on average over the cases that count; null without an answer.</param>
/// <param name="Rated">How many cases count.</param>
/// <param name="Reasons">What it rests on, the gap first.</param>
/// <param name="FollowUp">What to do about it, in a sentence.</param>
public sealed record Outlook(OutlookOutcome? Outcome, double? Gap, int Rated, ImmutableArray<OutlookReason> Reasons, string FollowUp)
{
    /// <summary>Of more answered cases than that, the latest count: people judge by what was last.</summary>
    public const int MostRated = 3;

    /// <summary>Half a point on either side of equal is equal.</summary>
    private const double Equal = 0.5;

    /// <summary>A point and a half is far, one point is slightly.</summary>
    private const double Far = 1.5;

    /// <summary>The outlook of a customer with these cases, in any order.</summary>
    public static Outlook Of(IEnumerable<CaseExperience> cases)
    {
        var all = cases.ToImmutableArray();
        var rated = all.Where(one => one.IsRated)
            .OrderByDescending(one => one.ClosedAt ?? DateTimeOffset.MaxValue).ThenBy(one => one.CaseId).Take(MostRated).ToImmutableArray();
        double? gap = rated.IsEmpty ? null : Math.Round(rated.Average(one => (double)(one.Got!.Value - one.Expected!.Value)), 2);
        var outcome = gap switch
        {
            null => (OutlookOutcome?)null,
            <= -Equal => OutlookOutcome.UnlikelyToReturn,
            < Equal => OutlookOutcome.MayTryOthers,
            < Far => OutlookOutcome.Loyal,
            _ => OutlookOutcome.ReturnsExpectingMore,
        };
        return new(outcome, gap, rated.Length, [.. ReasonsOf(all, rated, gap)], FollowUpOf(outcome, all));
    }

    private static IEnumerable<OutlookReason> ReasonsOf(ImmutableArray<CaseExperience> all, ImmutableArray<CaseExperience> rated, double? gap)
    {
        yield return gap is { } points
            ? new("experience.gap", points, FormattableString.Invariant(
                $"Expected {rated.Average(one => one.Expected!.Value):0.0#}, got {rated.Average(one => one.Got!.Value):0.0#} of 5, over {rated.Length} answered case(s)."))
            : new("experience.unanswered", 0, "The customer has not said what they expected and what they got.");

        var lapsed = all.Sum(one => one.Lapsed);
        if (lapsed > 0)
        {
            yield return new("promises.lapsed", lapsed, $"{lapsed} promise(s) not kept by the date that held.");
        }

        var moved = all.Sum(one => one.Moved);
        if (moved > 0)
        {
            yield return new("promises.moved", moved, $"Promised dates were moved {moved} time(s).");
        }

        var kept = all.Sum(one => one.Kept);
        if (kept > 0)
        {
            yield return new("promises.kept", kept, $"{kept} promise(s) kept in time.");
        }

        var again = all.Sum(one => one.Rounds - 1);
        if (again > 0)
        {
            yield return new("rounds.again", again, $"{again} time(s) what was agreed did not settle it.");
        }
    }

    private static string FollowUpOf(OutlookOutcome? outcome, ImmutableArray<CaseExperience> all) => outcome switch
    {
        OutlookOutcome.UnlikelyToReturn => "A person with authority calls, says what went wrong, and asks what would put it right.",
        OutlookOutcome.MayTryOthers => "Ask what one thing would have made it better, and do it the next time.",
        OutlookOutcome.Loyal => "Thank them; they may be asked to tell others.",
        OutlookOutcome.ReturnsExpectingMore => "Thank them, and say what they can count on every time, so that the next time does not disappoint.",
        null when all.Any(one => one.Lapsed > 0) => "A promise was broken: call, and ask what they expected and what they got.",
        null => "Ask what they expected and what they got.",
    };
}
