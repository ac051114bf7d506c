using System.Diagnostics.CodeAnalysis;

namespace Escalation.Grains.Calendars;

/// <summary>When something is due, or why no such instant exists.</summary>
public readonly record struct DueAnswer
{
    private DueAnswer(DateTimeOffset at, Refused? refusal) => (At, Refusal) = (at, refusal);

    /// <summary>The due instant in UTC; default when refused.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Why there is no due instant, or null.</summary>
    public Refused? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    public static implicit operator DueAnswer(Refused refusal) => new(default, refusal);

    internal static DueAnswer Of(long utcTicks) => new(new DateTimeOffset(utcTicks, TimeSpan.Zero), null);
}

/// <summary>A stretch of time, and how much of it counted towards a target.</summary>
/// <param name="From">Where counting began.</param>
/// <param name="To">Where it ended.</param>
/// <param name="Counted">
/// For working time what was worked, all of the stretch unless several were put together; for days a day each.
/// </param>
public readonly record struct CountedInterval(DateTimeOffset From, DateTimeOffset To, TimeSpan Counted);

/// <summary>CLK-6: a due instant with everything that adds up to it.</summary>
/// <param name="Due">When, or why not.</param>
/// <param name="Intervals">In order, without overlaps; what they count sums exactly to the target. Empty when refused.</param>
public sealed record DueExplanation(DueAnswer Due, IReadOnlyList<CountedInterval> Intervals);
