using Escalation.Dashboard.Access;
using Escalation.Grains.Approvals;
using Microsoft.AspNetCore.Http;
using static Escalation.Grains.Cases.CaseCommand;
using In = Escalation.Dashboard.Api.CaseFields;

namespace Escalation.Dashboard.Api;

/// <summary>PRM-4, CLM-3: leave that waits to be given or denied.</summary>
internal static class ApprovalRoutes
{
    /// <summary>The answer of a route that had to ask for leave.</summary>
    public static (int, Type, string) Waiting { get; } =
        (StatusCodes.Status202Accepted, typeof(ApprovalView), "PRM-4: taken down; it waits for a supervisor.");

    public static void Map(Routes routes, CaseDesk desk)
    {
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
                ? desk.TellAsync(context, decide, caseId, number, (f, approval) => new DecideApproval(approval, f.Get(In.Approve), f.Get(In.ReasonOfDecision)))
                : Problems.NotFound("approval", id).WriteAsync(context);
        });
    }
}
