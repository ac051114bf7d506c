using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using static Escalation.Grains.Cases.CaseCommand;
using In = Escalation.Dashboard.Api.CaseFields;

namespace Escalation.Dashboard.Api;

/// <summary>Customers: what they went through with us (CUS-2), what that makes likely (CUS-3), and forgetting them (CUS-7).</summary>
internal sealed class CustomerApi(IGrains grains, CaseDesk desk, ICustomerErasure erasure, ICustomerDirectory directory, IPolicySource policies, TimeProvider time)
{
    /// <summary>Of so many of the latest cases the case itself is asked; of older ones the ledger has what they said last.</summary>
    private const int MostAsked = 20;

    public void Map(Routes routes)
    {
        var read = new Operation("customers.get", Rights.CustomersRead, "The customer as now known, with the ledger of their experience (CUS-2).")
        {
            Tag = "Customers",
            Answer = typeof(CustomerView),
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/customers/{id}", read, async context =>
        {
            if (await FindAsync(context) is var (customer, version))
            {
                await ShowAsync(context, customer, version, context.RequestAborted);
            }
        });
        routes.Get("/api/customers/{id}/outlook", read with
        {
            Name = "customers.outlook",
            Summary = "CUS-3: what the customer is likely to do, with the reasons and the figures that it rests on.",
            Answer = typeof(OutlookView),
        }, async context =>
        {
            if (await FindAsync(context) is var (customer, _))
            {
                await JsonAnswer.WriteAsync(context, OutlookView.Of(customer, await ExperiencesAsync(customer, context.RequestAborted)));
            }
        });

        var put = new Operation("customers.put", Rights.CustomersEdit, "CUS-1: how the customer is named and reached from now on, in all their cases; what is left out is not known any more, but language and zone stay.")
        {
            Tag = "Customers",
            Body = [In.Name, In.Email, In.Phone, In.Language, In.TimeZone, In.Prefers],
            Answer = typeof(CustomerView),
            Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
        };
        routes.Put("/api/customers/{id}", put, context => CorrectAsync(context, put));

        var erase = new Operation("customers.erase", Rights.CustomersErase, "CUS-7: erases all that names the customer; the history of what happened stays, and names nobody.")
        {
            Tag = "Customers",
            Body = [In.ReasonOfErasure],
            Answer = typeof(ErasureView),
            Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
        };
        routes.Post("/api/customers/{id}/erase", erase, context => EraseAsync(context, erase));

        var decline = erase with
        {
            Name = "customers.decline",
            Right = Rights.CustomersDecline,
            Summary = "CUS-5: declines to serve a customer for a time; they are told why, until when, what stays and how to appeal.",
            Body = [In.ReasonOfDeclining, In.DeclinedUntil, In.DecliningReview],
            Answer = typeof(CustomerView),
        };
        routes.Post("/api/customers/{id}/decline", decline, context => TellAsync(context, decline, fields =>
            new CustomerCommand.DeclineService(fields.Get(In.ReasonOfDeclining), fields.Get(In.DeclinedUntil), fields.GetOptional(In.DecliningReview))));

        var serve = decline with { Name = "customers.serve", Summary = "CUS-5: serves a declined customer again, before it ends by itself.", Body = [In.Reason] };
        routes.Post("/api/customers/{id}/serve", serve, context => TellAsync(context, serve, fields => new CustomerCommand.ServeAgain(fields.Get(In.Reason))));

        var occasions = decline with
        {
            Name = "customers.occasions",
            Right = Rights.CustomersWork,
            Summary = "CUS-6: on these days of the year we are in touch with the customer, and on no others.",
            Body = [In.Birthday, In.NewYear, In.OwnDates],
        };
        routes.Put("/api/customers/{id}/occasions", occasions, context => TellAsync(context, occasions, OccasionsIn));

        var rate = new Operation("cases.experience", Rights.CasesWork, "CUS-2: what the customer of a closed case says they expected and got, told to a person.")
        {
            Tag = "Cases",
            Body = [In.Expected, In.Got],
            Answer = typeof(Receipt),
            Representation = typeof(CaseView),
            HasETag = true,
            TakesIfMatch = true,
            Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
        };
        routes.Post("/api/cases/{id}/experience", rate, desk.Tells(rate, (fields, _) =>
        {
            var (expected, got) = (fields.GetOptional(In.Expected), fields.GetOptional(In.Got));
            if (expected is null && got is null)
            {
                fields.Fault(In.Expected, "is required, unless got is there");
            }

            return new RateExperience(expected, got);
        }));
    }

    private static CustomerCommand.SetOccasions OccasionsIn(Fields fields)
    {
        var occasions = System.Collections.Immutable.ImmutableArray.CreateBuilder<Occasion>();
        if (fields.GetOptional(In.Birthday) is var (month, day))
        {
            occasions.Add(new Occasion(OccasionKind.Birthday, month, day));
        }

        if (fields.Get(In.NewYear))
        {
            occasions.Add(new Occasion(OccasionKind.NewYear, 1, 1));
        }

        var own = fields.GetOptional(In.OwnDates);
        occasions.AddRange(own ?? []);
        return new CustomerCommand.SetOccasions(occasions.ToImmutable());
    }

    private async Task ShowAsync(HttpContext context, Customer customer, int version, CancellationToken cancellationToken) => await JsonAnswer.WriteAsync(
        context, CustomerView.Of(customer, version, await ExperiencesAsync(customer, cancellationToken), policies.Current, time.GetUtcNow()));

    private async Task TellAsync(HttpContext context, Operation operation, Func<Fields, CustomerCommand> read)
    {
        if (!Guid.TryParseExact(CaseDesk.RouteText(context, "id"), "D", out var id))
        {
            await Problems.NotFound("customer", CaseDesk.RouteText(context, "id")).WriteAsync(context);
            return;
        }

        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var ids = CommandIds.Of(context, by, operation.Name, id, 0, time, faults);
        var (command, problem) = await JsonBody.ReadAsync(context, faults, operation.BodyMayBeEmpty, 0, (fields, _) => read(fields));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        switch (await grains.Customer(id).Tell(new Envelope<CustomerCommand>(ids.Command, by, command!), CancellationToken.None))
        {
            case Answer.Done:
                var (customer, version) = await grains.Customer(id).Get(CancellationToken.None);
                await ShowAsync(context, customer, version, CancellationToken.None);
                break;
            case Answer.No no:
                await Problems.Of(no.Refusal).WriteAsync(context);
                break;
        }
    }

    /// <summary>
    /// Answered when every case has it. What a crash leaves undone, the same request again finishes: each step changes nothing where it
    /// was done.
    /// </summary>
    private async Task CorrectAsync(HttpContext context, Operation operation)
    {
        if (await FindAsync(context) is not var (customer, _))
        {
            return;
        }

        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var ids = CommandIds.Of(context, by, operation.Name, customer.Id, 0, time, faults);
        var (contact, problem) = await JsonBody.ReadAsync(context, faults, mayBeEmpty: false, 0, (fields, _) => Read(fields, customer.Contact));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var grain = grains.Customer(customer.Id);
        if (await grain.Tell(new Envelope<CustomerCommand>(ids.Command, by, new CustomerCommand.UpdateContact(contact!)), CancellationToken.None) is Answer.No no)
        {
            await Problems.Of(no.Refusal).WriteAsync(context);
            return;
        }

        foreach (var point in ContactPoints.Of(contact!.Email, contact.Phone))
        {
            await directory.FindOrClaimAsync([point], customer.Id, CancellationToken.None);
        }

        var (state, version) = await grain.Get(CancellationToken.None);
        foreach (var id in state.Cases)
        {
            var command = CommandIds.OfKey(by, operation.Name, id, 0, $"{ids.Command:N}").Command;
            await grains.Case(id).Tell(new Envelope<CaseCommand>(command, by, new CorrectContact(contact)), CancellationToken.None);
        }

        await ShowAsync(context, state, version, context.RequestAborted);
    }

    private static CustomerContact Read(Fields fields, CustomerContact? known)
    {
        var contact = new CustomerContact(
            fields.Get(In.Name), fields.Get(In.Email), fields.Get(In.Phone), fields.Get(In.Language) ?? known?.Language ?? NoticeTexts.Fallback,
            fields.Get(In.TimeZone) ?? known?.TimeZone ?? "UTC", fields.GetOptional(In.Prefers));
        if (contact.Prefers is { } prefers && !NoticeChannels.CanSend(prefers))
        {
            fields.Fault(In.Prefers, "is no channel that the platform can send over; use email, sms, chat or webhook");
        }

        return contact;
    }

    /// <summary>
    /// Not cancelled when the caller goes away. What a crash leaves undone is finished by whoever follows the log next, so the
    /// answer may be trusted as soon as the customer's own grain has said yes.
    /// </summary>
    private async Task EraseAsync(HttpContext context, Operation operation)
    {
        if (!Guid.TryParseExact(CaseDesk.RouteText(context, "id"), "D", out var id))
        {
            await Problems.NotFound("customer", CaseDesk.RouteText(context, "id")).WriteAsync(context);
            return;
        }

        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var ids = CommandIds.Of(context, by, operation.Name, id, 0, time, faults);
        var (command, problem) = await JsonBody.ReadAsync(
            context, faults, mayBeEmpty: false, 0, (fields, _) => new CustomerCommand.EraseCustomer(fields.Get(In.ReasonOfErasure)));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        switch (await grains.Customer(id).Tell(new Envelope<CustomerCommand>(ids.Command, by, command!), CancellationToken.None))
        {
            case Answer.Done:
                var cases = await erasure.CarryOutAsync(id, CancellationToken.None);
                var (state, _) = await grains.Customer(id).Get(CancellationToken.None);
                await JsonAnswer.WriteAsync(context, new ErasureView(id, state.ErasedAt!.Value, cases));
                break;
            case Answer.No no:
                await Problems.Of(no.Refusal).WriteAsync(context);
                break;
        }
    }

    /// <summary>Null, with the problem answered, when the customer in the address does not exist.</summary>
    private async Task<(Customer State, int Version)?> FindAsync(HttpContext context)
    {
        var id = CaseDesk.RouteText(context, "id");
        if (Guid.TryParseExact(id, "D", out var customerId))
        {
            var (customer, version) = await grains.Customer(customerId).Get(context.RequestAborted);
            if (customer.Exists)
            {
                return (customer, version);
            }
        }

        await Problems.NotFound("customer", id).WriteAsync(context);
        return null;
    }

    /// <summary>The ledger, in the order of the cases, with what the latest cases say by now.</summary>
    private async Task<IReadOnlyList<CaseExperience>> ExperiencesAsync(Customer customer, CancellationToken cancellationToken)
    {
        var experiences = new List<CaseExperience>();
        var older = customer.Cases.Length - MostAsked;
        foreach (var (at, id) in customer.Cases.Index())
        {
            if (at < older)
            {
                if (customer.Experiences.TryGetValue(id, out var noted))
                {
                    experiences.Add(noted.Experience);
                }
            }
            else if ((await grains.Case(id).Get(cancellationToken)).State is { Exists: true } state)
            {
                experiences.Add(CaseExperience.Of(state));
            }
        }

        return experiences;
    }
}
