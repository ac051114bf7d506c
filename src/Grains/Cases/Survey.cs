namespace Escalation.Grains.Cases;

/// <summary>CUS-2: what the customer expected and what they got, as they said after a round was closed.</summary>
/// <param name="Expected">1 (little) to 5 (very much); null for no answer yet.</param>
/// <param name="Got">1 to 5; null for no answer yet.</param>
/// <param name="Round">The round that it is about.</param>
public sealed record Survey(int? Expected, int? Got, int Round)
{
    public const int Least = 1;

    public const int Most = 5;

    /// <summary>An answer about a later round begins anew; about the same round it takes the place of the one before.</summary>
    internal static Survey After(Survey? before, CaseEvent.ExperienceRated e) => before?.Round == e.Round
        ? new(e.Expected ?? before.Expected, e.Got ?? before.Got, e.Round)
        : new(e.Expected, e.Got, e.Round);

    /// <summary>Asked at closing, so an open case takes no answer. The same answer again changes nothing.</summary>
    internal static Refused? Rate(CaseTurn turn, CaseCommand.RateExperience c)
    {
        if (turn.Case.IsOpen)
        {
            return new Refused("case.experience.open", $"What it was like is asked when case {turn.Case.Opening!.Number} is closed.");
        }

        if (turn.Case.MergedInto is { } survivor)
        {
            return new Refused("case.merged", $"Case {turn.Case.Opening!.Number} was merged into case {turn.Case.Merge!.Number} ({survivor}). Go on there.");
        }

        if (c is { Expected: null, Got: null } || !IsPoint(c.Expected) || !IsPoint(c.Got))
        {
            return new Refused("case.experience.points", $"Answer at least one question, with {Least} to {Most} points.", c.Expected is null ? "got" : "expected");
        }

        var happened = new CaseEvent.ExperienceRated(c.Expected, c.Got, turn.Case.Round);
        if (After(turn.Case.Survey, happened) != turn.Case.Survey)
        {
            turn.Emit(happened);
        }

        return null;
    }

    private static bool IsPoint(int? points) => points is null or (>= Least and <= Most);
}
