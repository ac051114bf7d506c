using Escalation.Dashboard.Access;
using Escalation.Grains.Approvals;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Microsoft.AspNetCore.Http;
using static Escalation.Grains.Cases.CaseCommand;
using In = Escalation.Dashboard.Api.CaseFields;

namespace Escalation.Dashboard.Api;

/// <summary>An approval that waits, with the case that it belongs to.</summary>
public sealed record WaitingApprovalView(
    string Id,
    Guid CaseId,
    long Number,
    string? Customer,
    string? Owner,
    ApprovalKind Kind,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset DecideBy,
    string? Promise,
    DateTimeOffset? NewDueAt,
    Money? Amount,
    Level? Level)
{
    internal static WaitingApprovalView Of(BoardRow row, RowApproval approval) => new(
        approval.Id, row.Id, row.Number, row.Customer, row.Owner, approval.Kind, approval.AskedBy, approval.AskedAt,
        approval.DecideBy, approval.Promise, approval.NewDueAt, approval.Amount, approval.Level);
}

/// <summary>PRM-4, CLM-3: leave that waits to be given or denied.</summary>
internal static class ApprovalRoutes
{
    /// <summary>The answer of a route that had to ask for leave.</summary>
    public static (int, Type, string) Waiting { get; } =
        (StatusCodes.Status202Accepted, typeof(ApprovalView), "PRM-4: taken down; it waits for a supervisor.");

    public static void Map(Routes routes, CaseDesk desk, Board board)
    {
        var list = new Operation("approvals.list", Rights.ApprovalsDecide, "PRM-4, CLM-3: what waits to be decided in open cases, the most pressing first.")
        {
            Tag = "Approvals",
            Answer = typeof(Page<WaitingApprovalView>),
            Query = [Paging.Parameters[0]],
        };
        routes.Get("/api/approvals", list, context =>
        {
            var faults = new Faults();
            var page = Paging.Of(context, faults, Paging.Most);
            return faults.Any
                ? Problems.Invalid(faults).WriteAsync(context)
                : JsonAnswer.WriteAsync(context, new Page<WaitingApprovalView>(
                    [.. board.ReadApprovals(page.Limit).Select(each => WaitingApprovalView.Of(each.Row, each.Approval))], null));
        });

        var decide = new Operation("approvals.decide", Rights.ApprovalsDecide, "PRM-4, CLM-3: a yes or a no, by someone else than who asked.")
        {
            Tag = "Approvals",
            Body = [In.Approve, In.ReasonOfDecision],
            Answer = typeof(Receipt),
            Representation = typeof(CaseView),
            HasETag = true,
            TakesIfMatch = true,
            Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
        };
        routes.Post("/api/approvals/{id}/decide", decide, context =>
        {
            var id = CaseDesk.RouteText(context, "id");
            return Approval.TryParseId(id, out var caseId, out var number)
                ? desk.TellAsync(context, decide, caseId, number, (f, approval) => new DecideApproval(approval, f.Get(In.Approve), f.Get(In.ReasonOfDecision)), desk.SettledAsync)
                : Problems.NotFound("approval", id).WriteAsync(context);
        });
    }
}
