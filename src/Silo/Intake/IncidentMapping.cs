using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Cases;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Silo.Intake;

/// <summary>Where an incident stands after the rows mapped so far: what the case's own state must agree with.</summary>
/// <param name="Row">The last row.</param>
/// <param name="Index">Its place within the case, from 0.</param>
/// <param name="At">Its instant, never before an earlier row's.</param>
/// <param name="State">The last state that a row named.</param>
/// <param name="Stage">The case's stage.</param>
/// <param name="Heat">The case's heat.</param>
/// <param name="Waited">The round has waited for someone.</param>
internal sealed record IncidentPosition(
    IncidentRow Row, int Index, DateTimeOffset At, IncidentState State, Stage Stage, Heat Heat, bool Waited);

/// <summary>
/// What one row of an incident log means for its case. Pure: the same rows give the same commands, each of which changes
/// the case, so that each is remembered and a second import finds it done. Described in <c>docs/INCIDENT-LOG.md</c>.
/// </summary>
internal static class IncidentMapping
{
    /// <summary>The eight shipped conflict types. Order is part of the mapping: append, never reorder.</summary>
    private static readonly ImmutableArray<string> Types =
    [
        "wrongPayment", "disputedCharge", "brokenPromise", "colleagueError",
        "contradictoryInformation", "quality", "longWait", "inattention",
    ];

    /// <summary>The commands for <paramref name="row"/>, in order, and where the case stands after them. Never none.</summary>
    /// <param name="before">Where the case stood; null for its first row.</param>
    /// <param name="row">The next row.</param>
    /// <param name="ids">The ids of the case and its customer.</param>
    public static (IncidentPosition After, ImmutableArray<CaseCommand> Commands) Map(
        IncidentPosition? before, IncidentRow row, IncidentIds ids)
    {
        var commands = ImmutableArray.CreateBuilder<CaseCommand>();
        if (before is null)
        {
            commands.Add(Open(row, ids));
            before = new IncidentPosition(
                row with { Group = null }, -1, row.At, IncidentState.New, Stage.Contact, HeatOf(row) ?? Heat.Calm, Waited: false);
        }

        var state = row.State == IncidentState.Unknown ? before.State : row.State;
        var after = before with
        {
            Row = row,
            Index = before.Index + 1,
            At = row.At > before.At ? row.At : before.At,
            State = state,
        };
        after = Restart(before, after, commands);
        HandOver(before.Row, row, commands);
        after = Warm(after, commands);
        after = Advance(after, commands);
        Tell(before.State, after, commands);
        if (commands.Count == 0)
        {
            commands.Add(new AddNote(Say(row, row.State == IncidentState.Unknown ? "no state given" : $"still {Word(state)}")));
        }

        return (after, commands.ToImmutable());
    }

    /// <summary>Category to conflict type: arbitrary, even and always the same. A case without category waits for attention.</summary>
    public static string TypeOf(string? category) =>
        category is null ? "inattention" : Types[(int)(DeterministicId.NumberOf(category) % (ulong)Types.Length)];

    /// <summary>The priority matrix, as heat; null when the row lacks impact or urgency.</summary>
    public static Heat? HeatOf(IncidentRow row) => (row.Impact, row.Urgency) switch
    {
        (1, 1) => Heat.Aggressive,
        (1, 2) or (2, 1) => Heat.Heated,
        (2, 2) or (1, 3) or (3, 1) => Heat.Tense,
        ({ }, { }) => Heat.Calm,
        _ => null,
    };

    /// <summary>How the customer came.</summary>
    public static Channel ChannelOf(string? contactType) => contactType?.ToUpperInvariant() switch
    {
        "PHONE" or "IVR" => Channel.Phone,
        "EMAIL" => Channel.Email,
        "SELF SERVICE" => Channel.Web,
        "DIRECT OPENING" => Channel.Visit,
        _ => Channel.Import,
    };

    private static OpenCase Open(IncidentRow row, IncidentIds ids) => new(
        Number: 0, // The importer's to give.
        ids.Customer,
        new CustomerContact(row.Caller ?? $"Caller of {row.Number}", Email: null, Phone: null, "en", "UTC"),
        TypeOf(row.Category),
        string.Join(", ", new[] { row.Number, row.Category, row.Subcategory, row.Symptom }.OfType<string>()),
        ChannelOf(row.ContactType),
        HeatOf(row) ?? Heat.Calm,
        Claim: null,
        Product: row.Subcategory,
        Site: row.Location,
        ComplainedAt: null);

    /// <summary>CASE-3, CASE-4: work on what was resolved or closed is a new round.</summary>
    private static IncidentPosition Restart(IncidentPosition before, IncidentPosition after, ImmutableArray<CaseCommand>.Builder commands)
    {
        var leaves = before.State is IncidentState.Resolved or IncidentState.Closed &&
            after.State is not (IncidentState.Resolved or IncidentState.Closed);
        if (!leaves && after.Row.Reopens <= before.Row.Reopens)
        {
            return after;
        }

        if (before.Stage == Stage.Contact)
        {
            // Dirt: a count that rises on a case nobody had worked on. A round that has not begun cannot begin again.
            return after;
        }

        var reason = Say(after.Row, "reopened");
        commands.Add(before.Stage == Stage.Closed ? new AdoptStage(Stage.Contact, reason) : new MoveToStage(Stage.Contact, reason));
        return after with { Stage = Stage.Contact, Waited = false };
    }

    /// <summary>The source counts a hand-over even where the group is the same afterwards; so does the case's history.</summary>
    private static void HandOver(IncidentRow before, IncidentRow row, ImmutableArray<CaseCommand>.Builder commands)
    {
        if (row.Group != before.Group || row.Reassignments > before.Reassignments)
        {
            commands.Add(new AdoptOwner(row.Group));
        }
    }

    private static IncidentPosition Warm(IncidentPosition after, ImmutableArray<CaseCommand>.Builder commands)
    {
        if (after.Stage == Stage.Closed || HeatOf(after.Row) is not { } heat || heat == after.Heat)
        {
            return after;
        }

        commands.Add(new SetHeat(heat, Say(after.Row, "priority changed")));
        return after with { Heat = heat };
    }

    /// <summary>CASE-2: within a round a stage is never left backwards; what is closed stays closed unless it is reopened.</summary>
    private static IncidentPosition Advance(IncidentPosition after, ImmutableArray<CaseCommand>.Builder commands)
    {
        var waited = after.Waited || IsAwaiting(after.State);
        var stage = after.State switch
        {
            IncidentState.Unknown or IncidentState.New => Stage.Contact,
            IncidentState.Active => waited ? Stage.Options : Stage.Clarify,
            IncidentState.AwaitingUserInfo or IncidentState.AwaitingEvidence => Stage.Clarify,
            IncidentState.AwaitingVendor or IncidentState.AwaitingProblem => Stage.Options,
            IncidentState.Resolved => Stage.FollowThrough,
            IncidentState.Closed => Stage.Closed,
        };
        if (stage <= after.Stage)
        {
            return after with { Waited = waited };
        }

        commands.Add(new AdoptStage(stage, Say(after.Row, Word(after.State))));
        return after with { Stage = stage, Waited = waited };
    }

    /// <summary>To await the caller's information is to have asked for it; other waiting is noted.</summary>
    private static void Tell(IncidentState before, IncidentPosition after, ImmutableArray<CaseCommand>.Builder commands)
    {
        if (after.State == before || !IsAwaiting(after.State) || after.Stage == Stage.Closed)
        {
            return;
        }

        var text = Say(after.Row, Word(after.State));
        commands.Add(after.State is IncidentState.AwaitingUserInfo or IncidentState.AwaitingEvidence
            ? new LogContact(Direction.ToCustomer, ChannelOf(after.Row.ContactType), text)
            : new AddNote(text));
    }

    private static bool IsAwaiting(IncidentState state) => state is
        IncidentState.AwaitingUserInfo or IncidentState.AwaitingVendor or
        IncidentState.AwaitingProblem or IncidentState.AwaitingEvidence;

    private static string Say(IncidentRow row, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"Update {row.Update} of {row.Number}: {what}.");

    private static string Word(IncidentState state) => state switch
    {
        IncidentState.Unknown => "unknown",
        IncidentState.New => "new",
        IncidentState.Active => "active",
        IncidentState.AwaitingUserInfo => "awaiting the caller's information",
        IncidentState.AwaitingVendor => "awaiting the vendor",
        IncidentState.AwaitingProblem => "awaiting a problem's solution",
        IncidentState.AwaitingEvidence => "awaiting evidence",
        IncidentState.Resolved => "resolved",
        IncidentState.Closed => "closed",
    };
}
