using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains.Cases;
using Escalation.Grains.Escalations;
using Escalation.Grains.Policies;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>Who is on duty at an instant.</summary>
/// <param name="At">The instant.</param>
/// <param name="Policy">The policy that says so.</param>
/// <param name="Levels">Each level of the ladder, lowest first.</param>
public sealed record DutyView(DateTimeOffset At, string Policy, IReadOnlyList<DutyLevelView> Levels);

/// <summary>Who is on duty for a level.</summary>
/// <param name="Level">Which.</param>
/// <param name="Acknowledge">ESC-3: within this time someone acknowledges.</param>
/// <param name="Hold">ESC-4: within this time after that the customer is reached.</param>
/// <param name="Calendar">Id of the calendar on which both count.</param>
/// <param name="OnDuty">By roster; empty for a level whose escalations are seen on the board only.</param>
public sealed record DutyLevelView(Level Level, TimeSpan Acknowledge, TimeSpan Hold, string Calendar, IReadOnlyList<OnDutyView> OnDuty);

/// <summary>A roster's answer.</summary>
/// <param name="Roster">Which.</param>
/// <param name="Sites">The sites that it is for; empty for all that have none of their own.</param>
/// <param name="Person">Who is on duty; absent when the roster has nobody for the time.</param>
/// <param name="Name">As people call them.</param>
/// <param name="Channels">Over which they are told.</param>
/// <param name="Source">Whether it is their turn, they stand in, or nobody else is there.</param>
/// <param name="Until">When someone else takes over; absent when nobody ever does.</param>
public sealed record OnDutyView(
    string Roster,
    IReadOnlyList<string> Sites,
    string? Person,
    string? Name,
    IReadOnlyList<DutyChannel> Channels,
    DutySource Source,
    DateTimeOffset? Until)
{
    internal static OnDutyView Of(LadderBook ladder, DutyRoster roster, DateTimeOffset at)
    {
        var shift = roster.At(at);
        var person = shift.Person is { } id ? ladder.People[id] : null;
        return new(
            roster.Id, roster.Sites, shift.Person, person?.Name,
            person is null ? [] : [.. person.Channels.Prepend(DutyChannel.Board).Distinct()], shift.Source, shift.Until);
    }
}

/// <summary>ESC-3: who would be told now, or at any other instant.</summary>
internal static class DutyRoute
{
    private const string At = "at";

    public static void Map(Routes routes, IPolicySource policies, TimeProvider time) =>
        routes.Get("/api/duty", new Operation("duty.get", Rights.DutyRead, "ESC-3: who is on duty for each level, and until when.")
        {
            Tag = "Escalations",
            Answer = typeof(DutyView),
            Query = [new QueryParameter(At, "The instant asked about. Default: now.", false, new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" })],
        }, context =>
        {
            var at = time.GetUtcNow();
            if (context.Request.Query.TryGetValue(At, out var text) && !TryInstant(text, out at))
            {
                var faults = new Faults();
                faults.Add(At, "must be an instant with an offset between the years 1900 and 2200, for instance 2026-11-21T16:30:00Z");
                return Problems.Invalid(faults).WriteAsync(context);
            }

            var policy = policies.Current;
            return JsonAnswer.WriteAsync(context, new DutyView(at, policy.Version,
            [
                .. policy.Ladder.Rungs.Select(rung => new DutyLevelView(
                    rung.Level, rung.Acknowledge, rung.Hold, rung.Calendar,
                    [.. rung.Rosters.Select(id => OnDutyView.Of(policy.Ladder, policy.Ladder.Rosters[id], at))])),
            ]));
        });

    /// <summary>An instant without an offset is nobody's.</summary>
    internal static bool TryInstant(string? text, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture,
            DateTimeStyles.None, out at) &&
        (text!.EndsWith('Z') || text[^6] is '+' or '-') && at.Year is >= 1900 and < 2200;
}
