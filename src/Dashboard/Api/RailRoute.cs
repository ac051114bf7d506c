using Escalation.Dashboard.Access;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;

namespace Escalation.Dashboard.Api;

/// <summary>What waits for a person, across all open cases, the most pressing first.</summary>
/// <param name="Escalations">Not acknowledged by anyone.</param>
/// <param name="Approvals">PRM-4, CLM-3: to be decided.</param>
/// <param name="Silent">PRM-3: promises whose owners were asked and stayed silent.</param>
/// <param name="Ahead">Promises of the next eight hours, by half hours.</param>
/// <param name="Teams">In the order in which they are asked to take a case; who of them has how many says <paramref name="Counts"/>.</param>
/// <param name="Voice">REV-1, REV-2, REV-4: what waits of the public voice.</param>
/// <param name="Declined">CUS-5: customers of whom somebody has to look whether we still have to decline.</param>
/// <param name="Counts">How many there are of everything.</param>
/// <param name="Position">Position of the last event that this knows.</param>
/// <param name="ServerTime">The host's clock.</param>
public sealed record RailReply(
    IReadOnlyList<RailEscalation> Escalations,
    IReadOnlyList<WaitingApprovalView> Approvals,
    IReadOnlyList<RailPromise> Silent,
    IReadOnlyList<PromisesAhead> Ahead,
    IReadOnlyList<RailTeam> Teams,
    RailVoice Voice,
    IReadOnlyList<RailDeclined> Declined,
    BoardCounts Counts,
    long Position,
    DateTimeOffset ServerTime);

/// <summary>An escalation that waits, with its case.</summary>
public sealed record RailEscalation(
    string Id, Guid CaseId, long Number, string? Customer, string? Owner, Level Level, string Cause, DateTimeOffset RaisedAt, DateTimeOffset? AcknowledgeBy);

/// <summary>A promise whose owner said nothing, with its case.</summary>
public sealed record RailPromise(string Id, Guid CaseId, long Number, string? Customer, string? Owner, DateTimeOffset DueAt, DateTimeOffset SendBy);

/// <summary>A team, as the policy in force names it.</summary>
public sealed record RailTeam(string Id, string Name, IReadOnlyDictionary<string, string>? NameIn);

/// <summary>BRD-1: the supervisor's rail, read once.</summary>
internal static class RailRoute
{
    private const int Unless = 20;
    private const int Stretches = 16;
    private static readonly TimeSpan Stretch = TimeSpan.FromMinutes(30);

    public static void Map(Routes routes, Board board, IPolicySource policies, PublicVoice voice, DecliningReviews declining, TimeProvider time) =>
        routes.Get("/api/board/rail", new Operation("board.rail", Rights.BoardWatch, "BRD-1: escalations, approvals and silent owners that wait, the most pressing first, and what waits of the public voice.")
        {
            Tag = "Board",
            Answer = typeof(RailReply),
            Query = [Paging.Parameters[0]],
        }, async context =>
        {
            var faults = new Faults();
            var limit = Paging.Of(context, faults, Unless).Limit;
            if (faults.Any)
            {
                await Problems.Invalid(faults).WriteAsync(context);
                return;
            }

            var now = time.GetUtcNow();
            var people = policies.Current.People;
            var page = board.Read(BoardView.Default with { Limit = 1, People = people }, now);
            await JsonAnswer.WriteAsync(context, new RailReply(
                [
                    .. board.ReadEscalated(limit).SelectMany(row => row.Escalations.Select(one => new RailEscalation(
                        one.Id, row.Id, row.Number, row.Customer, row.Owner, one.Level, one.Cause, one.RaisedAt, one.AcknowledgeBy)))
                        .OrderBy(one => one.AcknowledgeBy ?? one.RaisedAt).Take(limit),
                ],
                [.. board.ReadApprovals(limit).Select(each => WaitingApprovalView.Of(each.Row, each.Approval))],
                [
                    .. board.ReadSilent(limit).SelectMany(row => row.Promises.Where(promise => promise.Ask == AskState.Unanswered)
                        .Select(promise => new RailPromise(promise.Id, row.Id, row.Number, row.Customer, row.Owner, promise.DueAt, promise.SendBy)))
                        .OrderBy(promise => promise.DueAt).Take(limit),
                ],
                board.ReadAhead(now, Stretch, Stretches), [.. people.Teams.Select(team => new RailTeam(team.Id, team.Name.Text, team.Name.In))],
                await voice.ReadAsync(now, limit, context.RequestAborted), await declining.ReadAsync(now, context.RequestAborted), page.Counts, page.Position, now));
        });
}
