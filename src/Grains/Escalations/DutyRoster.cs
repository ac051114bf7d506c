using System.Collections.Immutable;
using NodaTime;

namespace Escalation.Grains.Escalations;

/// <summary>Who is on duty when: people take turns by the week and hand over at a local time, which daylight saving does not move.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Zone">Where its local times hold.</param>
/// <param name="Start">The first turn begins at the first hand-over on this day or after it.</param>
/// <param name="HandOverDay">The weekday of the hand-over.</param>
/// <param name="HandOverAt">
/// The local time of the hand-over. A time that the clocks skip is as much later as they were put forward; one that they
/// show twice is the first of the two.
/// </param>
/// <param name="Rotation">Ids of the people, in order of their turns.</param>
/// <param name="Overrides">Who stands in; of several at one time the last that is written.</param>
/// <param name="Fallback">Who is on duty when nobody else is, if anyone.</param>
/// <param name="Sites">The sites that it is for; none for all that have no roster of their own.</param>
public sealed record DutyRoster(
    string Id,
    DateTimeZone Zone,
    LocalDate Start,
    IsoDayOfWeek HandOverDay,
    LocalTime HandOverAt,
    ImmutableArray<string> Rotation,
    ImmutableArray<DutyOverride> Overrides,
    string? Fallback,
    ImmutableArray<string> Sites)
{
    private const int DaysInTurn = 7;

    /// <summary>Who is on duty at an instant, and until when. Pure; every instant has exactly one answer.</summary>
    public DutyShift At(DateTimeOffset instant)
    {
        var at = Instant.FromDateTimeOffset(instant);
        var (person, source) = PersonAt(at);
        return new DutyShift(person, source, EndOf(at, person)?.ToDateTimeOffset());
    }

    private (string? Person, DutySource Source) PersonAt(Instant at)
    {
        if (Overrides.LastOrDefault(over => InstantOf(over.From) <= at && at < InstantOf(over.To)) is { } standIn)
        {
            return (standIn.Person, DutySource.Override);
        }

        return !Rotation.IsEmpty && TurnAt(at) is >= 0 and var turn
            ? (Rotation[turn % Rotation.Length], DutySource.Rotation)
            : (Fallback, DutySource.Fallback);
    }

    /// <summary>The first boundary at which someone else is on duty; null when that never comes.</summary>
    private Instant? EndOf(Instant at, string? person)
    {
        // After the last override, a whole rotation without a change is one without an end.
        var left = (Overrides.Length * 2) + Rotation.Length + 2;
        var overrides = Overrides.SelectMany(over => new[] { InstantOf(over.From), InstantOf(over.To) }).Where(edge => edge > at).Order().ToList();
        while (left > 0)
        {
            var handOver = Rotation.IsEmpty ? (Instant?)null : HandOver(Math.Max(TurnAt(at) + 1, 0));
            Instant? next = (overrides, handOver) switch
            {
                ([], null) => null,
                ([var edge, ..], { } turn) => edge < turn ? edge : turn,
                ([var edge, ..], null) => edge,
                ([], { } turn) => turn,
            };
            if (next is not { } boundary)
            {
                return null;
            }

            if (PersonAt(boundary).Person != person)
            {
                return boundary;
            }

            overrides.RemoveAll(edge => edge <= boundary);
            left -= overrides.Count == 0 || Rotation.IsEmpty ? 1 : 0;
            at = boundary;
        }

        return null;
    }

    /// <summary>Whose turn it is, from 0; -1 before the first.</summary>
    private int TurnAt(Instant at)
    {
        var days = Period.DaysBetween(FirstHandOver, at.InZone(Zone).Date);
        var turn = (int)Math.Floor(days / (double)DaysInTurn);
        return turn >= 0 && at < HandOver(turn) ? turn - 1 : Math.Max(turn, -1);
    }

    private Instant HandOver(int turn) => InstantOf(FirstHandOver.PlusDays(turn * DaysInTurn) + HandOverAt);

    private LocalDate FirstHandOver => Start.DayOfWeek == HandOverDay ? Start : Start.Next(HandOverDay);

    private Instant InstantOf(LocalDateTime local) => local.InZoneLeniently(Zone).ToInstant();
}

/// <summary>Someone stands in, from one local time until another.</summary>
public sealed record DutyOverride(LocalDateTime From, LocalDateTime To, string Person);

/// <summary>Why someone is on duty.</summary>
public enum DutySource
{
    Rotation,
    Override,
    Fallback,
}

/// <summary>Who is on duty.</summary>
/// <param name="Person">Their id; null when the roster has nobody for the time.</param>
/// <param name="Source">Why.</param>
/// <param name="Until">When someone else takes over; null when nobody ever does.</param>
public readonly record struct DutyShift(string? Person, DutySource Source, DateTimeOffset? Until);
