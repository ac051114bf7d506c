using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Grains;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>Walks every operation of the OpenAPI document as everyone who might try it.</summary>
public sealed class RightsWalkTests
{
    private const Roles Staff = Roles.Agent | Roles.Supervisor | Roles.Admin;

    /// <summary>Written down by hand, so that a right given away by accident shows as a difference.</summary>
    private static readonly Dictionary<string, Roles> Expected = new()
    {
        ["GET /healthz"] = Roles.None,
        ["GET /readyz"] = Roles.None,
        ["GET /api/status"] = Roles.None,
        ["POST /api/session"] = Roles.None,
        ["GET /api/session"] = Roles.Intake | Staff,
        ["DELETE /api/session"] = Roles.None,
        ["POST /api/cases"] = Roles.Intake | Staff,
        ["GET /api/cases/{id}"] = Staff,
        ["GET /api/cases/{id}/history"] = Staff,
        ["GET /api/cases/{id}/clocks/{name}/why"] = Staff,
        ["GET /api/escalations/{id}/why"] = Staff,
        ["GET /api/notices"] = Staff,
        ["GET /api/customers/{id}"] = Staff,
        ["PUT /api/customers/{id}"] = Staff,
        ["GET /api/customers/{id}/outlook"] = Staff,
        ["PUT /api/customers/{id}/occasions"] = Staff,
        ["POST /api/customers/{id}/merge"] = Roles.Supervisor | Roles.Admin,
        ["POST /api/customers/{id}/decline"] = Roles.Supervisor | Roles.Admin,
        ["POST /api/customers/{id}/serve"] = Roles.Supervisor | Roles.Admin,
        ["POST /api/customers/{id}/erase"] = Roles.Supervisor | Roles.Admin,
        ["POST /api/cases/{id}/experience"] = Staff,
        ["GET /api/board"] = Staff,
        ["GET /api/board/rail"] = Staff,
        ["GET /api/desk"] = Staff,
        ["GET /api/desk/reasons"] = Staff,
        ["GET /api/agents"] = Staff,
        ["POST /api/offers/{id}/accept"] = Staff,
        ["POST /api/offers/{id}/decline"] = Staff,
        ["PUT /api/agents/{id}/presence"] = Staff,
        ["POST /api/calendars/due"] = Roles.Intake | Staff,
        ["POST /api/calendars/worked"] = Roles.Intake | Staff,
        ["POST /api/cases/{id}/contacts"] = Staff,
        ["POST /api/cases/{id}/steps"] = Staff,
        ["POST /api/cases/{id}/facts"] = Staff,
        ["POST /api/cases/{id}/options"] = Staff,
        ["POST /api/cases/{id}/agreement"] = Staff,
        ["POST /api/cases/{id}/stage"] = Staff,
        ["POST /api/cases/{id}/heat"] = Staff,
        ["POST /api/cases/{id}/note"] = Staff,
        ["POST /api/cases/{id}/assign"] = Staff,
        ["POST /api/cases/{id}/escalate"] = Staff,
        ["POST /api/cases/{id}/pause"] = Staff,
        ["POST /api/cases/{id}/resume"] = Staff,
        ["POST /api/cases/{id}/close"] = Staff,
        ["POST /api/cases/{id}/reopen"] = Staff,
        ["POST /api/cases/{id}/promises"] = Staff,
        ["GET /api/packs"] = Staff,
        ["GET /api/cases/{id}/packs"] = Staff,
        ["POST /api/cases/{id}/packs"] = Staff,
        ["POST /api/cases/{id}/letters"] = Staff,
        ["POST /api/cases/{id}/letters/preview"] = Staff,
        ["POST /api/cases/{id}/promises/{pid}/keep"] = Staff,
        ["POST /api/cases/{id}/promises/{pid}/explain"] = Staff,
        ["POST /api/cases/{id}/promises/{pid}/withdraw"] = Staff,
        ["POST /api/cases/{id}/promises/{pid}/confirm"] = Staff,
        ["POST /api/cases/{id}/promises/{pid}/answer"] = Staff,
        ["GET /api/cases/{id}/links"] = Staff,
        ["POST /api/cases/{id}/links/revoke"] = Staff,
        ["GET /api/promises/kept"] = Roles.Supervisor | Roles.Admin,
        ["GET /api/approvals"] = Roles.Supervisor | Roles.Admin,
        ["POST /api/approvals/{id}/decide"] = Roles.Supervisor | Roles.Admin,
        ["POST /api/cases/{id}/claim"] = Staff,
        ["GET /api/cases/{id}/remedy"] = Staff,
        ["POST /api/cases/{id}/cause"] = Staff,
        ["POST /api/cases/{id}/apology"] = Staff,
        ["POST /api/cases/{id}/gifts"] = Staff,
        ["POST /api/cases/{id}/gifts/{gid}/outcome"] = Staff,
        ["POST /api/cases/{id}/merge"] = Staff,
        ["GET /api/goodwill"] = Staff,
        ["POST /api/goodwill/stock"] = Roles.Supervisor | Roles.Admin,
        ["GET /api/customers/{id}/claims"] = Roles.Supervisor | Roles.Admin,
        ["POST /api/escalations/{id}/acknowledge"] = Staff,
        ["POST /api/escalations/{id}/close"] = Staff,
        ["GET /api/duty"] = Staff,
        ["GET /api/playbooks/{type}"] = Staff,
        ["GET /api/cases/{id}/playbook"] = Staff,
        ["GET /api/cases/{id}/promises/times"] = Staff,
        ["GET /api/cases/{id}/promises/preview"] = Staff,
        ["GET /api/policy"] = Staff,
        ["GET /api/policy/preview"] = Roles.Supervisor | Roles.Admin,
        ["POST /api/policy/reload"] = Roles.Admin,
        ["POST /api/policy/apply"] = Roles.Admin,
        ["POST /api/inbound/email"] = Roles.Intake | Roles.Admin,
        ["POST /api/imports"] = Roles.Intake | Roles.Supervisor | Roles.Admin,
        ["GET /api/imports"] = Roles.Intake | Roles.Supervisor | Roles.Admin,
        ["GET /api/imports/{id}"] = Roles.Intake | Roles.Supervisor | Roles.Admin,
        ["GET /api/imports/{id}/lines"] = Roles.Intake | Roles.Supervisor | Roles.Admin,
        ["POST /api/reviews"] = Roles.Intake | Staff,
        ["GET /api/reviews"] = Staff,
        ["GET /api/reviews/{id}"] = Staff,
        ["POST /api/reviews/{id}/reply"] = Staff,
        ["POST /api/reviews/{id}/erase"] = Roles.Supervisor | Roles.Admin,
        ["DELETE /api/reviews/{id}"] = Staff,
        ["GET /api/sources"] = Staff,
        ["POST /api/sources/{id}/looked"] = Staff,
        ["GET /api/questions"] = Staff,
        ["GET /api/webhooks"] = Roles.Admin,
        ["POST /api/webhooks"] = Roles.Admin,
        ["GET /api/webhooks/{id}"] = Roles.Admin,
        ["DELETE /api/webhooks/{id}"] = Roles.Admin,
        ["POST /api/webhooks/{id}/rotate"] = Roles.Admin,
        ["POST /api/webhooks/{id}/enable"] = Roles.Admin,
        ["POST /api/webhooks/{id}/replay"] = Roles.Admin,
        ["GET /api/webhooks/{id}/deliveries"] = Roles.Admin,
        ["GET /api/dev/outbox"] = Staff,
    };

    private static readonly Roles[] Everyone =
        [Roles.None, Roles.Customer, Roles.Intake, Roles.Agent, Roles.Supervisor, Roles.Admin];

    [Fact]
    public async Task Every_operation_lets_in_exactly_those_whom_the_table_names()
    {
        await using var api = await ApiHost.StartAsync();
        var operations = await OperationsAsync(api);
        Assert.Equal(Expected.Keys.Order(StringComparer.Ordinal), operations.Order(StringComparer.Ordinal));

        foreach (var (operation, roles) in Expected)
        {
            var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
            var address = path.Replace("{id}", Guid.Empty.ToString(), StringComparison.Ordinal)
                .Replace("{pid}", "p1", StringComparison.Ordinal).Replace("{gid}", "g1", StringComparison.Ordinal).Replace("{name}", "silence", StringComparison.Ordinal);
            foreach (var who in Everyone)
            {
                var reply = await api.SendAsync(new HttpMethod(method), address, who, method == "POST" ? "{}" : null);
                var isLetIn = reply.Status is not (401 or 403);
                Assert.True(isLetIn == (roles == Roles.None || (roles & who) != 0), $"{operation} as {who} answered {reply.Status}.");
                Assert.True(isLetIn || reply.Status == (who == Roles.None ? 401 : 403), $"{operation} as {who} answered {reply.Status}.");
            }
        }
    }

    [Fact]
    public async Task Outbox_does_not_exist_outside_development()
    {
        await using var api = await ApiHost.StartAsync("Production");

        Assert.DoesNotContain("GET /api/dev/outbox", await OperationsAsync(api));
        Assert.Equal(404, (await api.GetAsync("/api/dev/outbox", Roles.Admin)).Status);
    }

    [Fact]
    public void Every_right_has_its_own_name() =>
        Assert.Distinct(Rights.All.Select(right => right.Name));

    internal static async Task<IReadOnlyList<string>> OperationsAsync(ApiHost api)
    {
        var document = (await api.GetAsync("/openapi/v1.json", Roles.None)).Json;
        return
        [
            .. document.GetProperty("paths").EnumerateObject().SelectMany(path =>
                path.Value.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Object)
                    .Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}")),
        ];
    }
}
