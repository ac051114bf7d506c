using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using In = Escalation.Dashboard.Api.CaseFields;

namespace Escalation.Dashboard.Api;

/// <summary>CASE-1: a customer complains, and we find out whether we know them.</summary>
internal sealed class OpeningRoute(
    IGrains grains, ICaseNumbers numbers, ICustomerDirectory directory, IPolicySource policies, TimeProvider time, CaseDesk desk)
{
    private static readonly Operation Opening = new("cases.open", Rights.CasesOpen, "CASE-1: opens a case; the customer is told at once.")
    {
        Tag = "Cases",
        Body = [In.Customer, In.Type, In.Summary, In.Channel, In.HeatIfKnown, In.Claim, In.Product, In.Site, In.ComplainedAt, In.Previous],
        Success = StatusCodes.Status201Created,
        Answer = typeof(CaseView),
        HasETag = true,
        Refusals = [StatusCodes.Status409Conflict],
    };

    private const string CustomerDeclined = "customer.declined";

    public void Map(Routes routes) => routes.Post("/api/cases", Opening, OpenAsync);

    private async Task OpenAsync(HttpContext context)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var ids = CommandIds.Of(context, by, Opening.Name, Guid.Empty, 0, time, faults);
        var (asked, problem) = await JsonBody.ReadAsync(context, faults, mayBeEmpty: false, 0, (fields, _) => Read(fields));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var grain = grains.Case(ids.Subject);
        var again = ids.IsKeyed && (await grain.Get(context.RequestAborted)).State is { Exists: true } opened ? Again(opened) : null;
        var previous = again is null && asked!.Previous is { } id ? (await grains.Case(id).Get(context.RequestAborted)).State : null;
        if (previous is not null && (!previous.Exists || (asked!.Customer.Id is { } named && !await IsSameAsync(named, previous.Opening!.CustomerId))))
        {
            faults.Add(In.Previous.Name, "is no case of this customer");
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        var (command, refusal) = again is null ? await WithCustomerAsync(asked!, previous, ids, by) : (again, null);
        if (refusal is { Code: CustomerDeclined })
        {
            await Problems.Of(refusal).WriteAsync(context);
            return;
        }

        if (command is null)
        {
            faults.Add($"{In.Customer.Name}.{In.CustomerId.Name}", "is the id of something that is not a customer, or of one who was erased");
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        switch (await desk.TellAsync(grain, new Envelope<CaseCommand>(ids.Command, by, command), ids.IsKeyed))
        {
            case Answer.Done done:
                await AnswerAsync(context, await grain.GetAt(done.Version, CancellationToken.None), done.Version);
                break;
            case Answer.No no:
                await Problems.Of(no.Refusal).WriteAsync(context);
                break;
            case Answer.Stale stale:
                await Problems.Of(stale).WriteAsync(context);
                break;
        }
    }

    /// <summary>Checks all that can be checked without asking anyone, rules of opening included: nobody is registered for nothing.</summary>
    private Asked Read(Fields fields)
    {
        var customer = new Fields(fields.Get(In.Customer), In.Customer.Name, fields.Faults);
        var given = new Given(
            customer.GetOptional(In.CustomerId), customer.Get(In.Name), customer.Get(In.Email), customer.Get(In.Phone),
            customer.Get(In.Language), customer.Get(In.TimeZone), customer.GetOptional(In.Prefers), customer.Get(In.CustomerGroup));
        var asked = new Asked(
            given, fields.Get(In.Type), fields.Get(In.Summary), fields.Get(In.Channel), fields.Get(In.HeatIfKnown), fields.Get(In.Claim),
            fields.Get(In.Product), fields.Get(In.Site), fields.GetOptional(In.ComplainedAt), fields.GetOptional(In.Previous));

        if (given.Prefers is { } prefers && !NoticeChannels.CanSend(prefers))
        {
            customer.Fault(In.Prefers, "is no channel that the platform can send over; use email, sms, chat or webhook");
        }

        var types = policies.Current.ConflictTypes;
        if (asked.Type is not null && !types.Contains(asked.Type))
        {
            fields.Fault(In.Type, $"is no conflict type of policy {policies.Current.Version}; known are {string.Join(", ", types.Order(StringComparer.Ordinal))}");
        }

        if (asked.ComplainedAt > time.GetUtcNow())
        {
            fields.Fault(In.ComplainedAt, "is still to come");
        }

        return asked;
    }

    /// <summary>Any command will do: the case knows the command's id, and gives its first answer.</summary>
    private static CaseCommand.OpenCase Again(Case opened) => new(
        opened.Opening!.Number, opened.Opening.CustomerId, opened.Opening.Customer!, opened.Opening.Type, opened.Opening.Summary ?? "",
        opened.Opening.Channel, opened.Opening.Heat, opened.Opening.Claim, opened.Opening.Product, opened.Opening.Site, null,
        opened.Opening.CustomerGroup, Previous: opened.Opening.Previous);

    /// <summary>A refusal when the id that was given is not a customer's, or of one whom we decline to serve (CUS-5).</summary>
    private async Task<(CaseCommand.OpenCase? Command, Refused? Refusal)> WithCustomerAsync(Asked asked, Case? previous, CommandIds ids, Actor by)
    {
        // CASE-4: whoever goes on from a case that they may read is its customer.
        var given = asked.Customer;
        var found = given.Id
            ?? (previous is not null && Rights.CasesRead.IsHeldBy(by.Roles) ? previous.Opening!.CustomerId : await KnownAsync(given, ids.Customer));
        var known = (await grains.SurvivingCustomerAsync(found)).State.Contact;
        var merged = new CustomerContact(
            given.Name, given.Email ?? known?.Email, given.Phone ?? known?.Phone,
            given.Language ?? known?.Language ?? "en", given.TimeZone ?? known?.TimeZone ?? "UTC", given.Prefers ?? known?.Prefers);
        var command = new CustomerCommand.AddCase(merged, ids.Subject, asked.Type, asked.ComplainedAt, IsCoveredByLaw(asked, merged, ids.Subject));
        var (customerId, answer) = await grains.TellCustomerAsync(found, new Envelope<CustomerCommand>(ids.CustomerCommand, by, command));
        if (answer is Answer.No no)
        {
            return (null, no.Refusal);
        }

        // ESC-6, CUS-4: after adding, so that of two cases that are opened at once at least one counts the other.
        var (_, knows, _) = await grains.SurvivingCustomerAsync(customerId);

        // Who may not read cases must not learn here what others told us of this customer.
        var contact = Rights.CasesRead.IsHeldBy(by.Roles)
            ? merged
            : new CustomerContact(given.Name, given.Email, given.Phone, given.Language ?? "en", given.TimeZone ?? "UTC", given.Prefers);
        return (new CaseCommand.OpenCase(
            await numbers.NextAsync(CancellationToken.None), customerId, contact, asked.Type, asked.Summary, asked.Channel,
            asked.Heat, asked.Claim, asked.Product, asked.Site, asked.ComplainedAt, given.Group,
            knows.LevelBeside(ids.Subject), knows.LikeComplaints(ids.Subject, policies.Current.Ladder.Causes.LikeComplaintsWithin), asked.Previous), null);
    }

    /// <summary>CUS-5: what a clock of the law would run for, or a pack covers, is taken from everyone.</summary>
    private bool IsCoveredByLaw(Asked asked, CustomerContact contact, Guid caseId)
    {
        var policy = policies.Current;
        var state = Case.Empty(caseId).Evolve(
            new CaseEvent.CaseOpened(
                0, Guid.Empty, contact, asked.Type, asked.Summary, asked.Channel, asked.Heat, asked.Claim, asked.Product, asked.Site,
                asked.ComplainedAt ?? time.GetUtcNow(), policy.Version, asked.Customer.Group),
            time.GetUtcNow(), "");
        return policy.Sla.Statutory.Any(law => law.When.Hold(state)) ||
            policy.Packs.Packs.Values.Any(pack => pack.Covers.Holds(state, policy.Packs.Sites));
    }

    private async Task<bool> IsSameAsync(Guid one, Guid other) =>
        one == other || (await grains.SurvivingCustomerAsync(one)).Id == (await grains.SurvivingCustomerAsync(other)).Id;

    private ValueTask<Guid> KnownAsync(Given given, Guid candidate)
    {
        var points = ContactPoints.Of(given.Name, given.Email, given.Phone);
        return points.Count == 0 ? new(candidate) : directory.FindOrClaimAsync(points, candidate, CancellationToken.None);
    }

    private static Task AnswerAsync(HttpContext context, Case state, int version)
    {
        context.Response.Headers.Location = $"/api/cases/{state.Id}";
        context.Response.Headers.ETag = Preconditions.ETag(version);
        return JsonAnswer.WriteAsync(context, CaseView.Of(state, version), StatusCodes.Status201Created);
    }

    private sealed record Given(Guid? Id, string Name, string? Email, string? Phone, string? Language, string? TimeZone, Channel? Prefers, string? Group);

    private sealed record Asked(
        Given Customer,
        string Type,
        string Summary,
        Channel Channel,
        Heat Heat,
        Money? Claim,
        string? Product,
        string? Site,
        DateTimeOffset? ComplainedAt,
        Guid? Previous);
}
