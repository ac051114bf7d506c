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

/// <summary>Customers: what they went through with us (CUS-2), what that makes likely (CUS-3), joining those who are one (CUS-1), and forgetting them (CUS-7).</summary>
internal sealed class CustomerApi(
    IGrains grains, CaseDesk desk, ICustomerErasure erasure, ICustomerDirectory directory, CustomerMerging merging, IPolicySource policies, TimeProvider time)
{
    private const string What = "customer";

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

        var merge = erase with
        {
            Name = "customers.merge",
            Right = Rights.CustomersMerge,
            Summary = "CUS-1: this is the same customer as another, who goes on with everything and answers for both. It cannot be undone.",
            Body = [In.MergeCustomerInto],
            Answer = typeof(CustomerView),
        };
        routes.Post("/api/customers/{id}/merge", merge, context => MergeAsync(context, merge));

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

    private async Task ShowAsync(HttpContext context, Guid id)
    {
        var (_, customer, version) = await grains.SurvivingCustomerAsync(id, CancellationToken.None);
        await ShowAsync(context, customer, version, CancellationToken.None);
    }

    private async Task ShowAsync(HttpContext context, Customer customer, int version, CancellationToken cancellationToken) => await JsonAnswer.WriteAsync(
        context,
        CustomerView.Of(
            customer, version, await ExperiencesAsync(customer, cancellationToken), await DuplicatesAsync(customer, cancellationToken), policies.Current,
            time.GetUtcNow()));

    /// <summary>CUS-1: whoever shares a telephone may be the same customer, or their family: a person decides.</summary>
    private async Task<IReadOnlyList<DuplicateView>> DuplicatesAsync(Customer customer, CancellationToken cancellationToken)
    {
        var found = new List<DuplicateView>();
        foreach (var other in customer.Contact?.Phone is { } phone ? await directory.SharingAsync(ContactPoints.Telephone(phone), cancellationToken) : [])
        {
            var (id, state, _) = await grains.SurvivingCustomerAsync(other, cancellationToken);
            if (id != customer.Id && state is { Exists: true, Contact: { } contact } && found.All(one => one.Id != id))
            {
                found.Add(new DuplicateView(id, contact.Name, ContactPoints.NameKey(contact.Name) == ContactPoints.NameKey(customer.Contact!.Name), state.Cases.Length));
            }
        }

        return found;
    }

    private async Task TellAsync(HttpContext context, Operation operation, Func<Fields, CustomerCommand> read)
    {
        if (await GrainCommand.ReadAsync(context, operation, What, time, read) is not var (id, envelope))
        {
            return;
        }

        var (customer, answer) = await grains.TellCustomerAsync(id, envelope, CancellationToken.None);
        await (answer is Answer.No no ? Problems.Of(no.Refusal).WriteAsync(context) : ShowAsync(context, customer));
    }

    /// <summary>
    /// Not cancelled when the caller goes away; answered when cases and contact points lead to the other. What a crash leaves undone is
    /// finished by the deadline clock.
    /// </summary>
    private async Task MergeAsync(HttpContext context, Operation operation)
    {
        if (await GrainCommand.ReadAsync(context, operation, What, time, fields => new CustomerCommand.MergeCustomer(fields.Get(In.MergeCustomerInto))) is not var (id, envelope))
        {
            return;
        }

        var (into, _, _) = await grains.SurvivingCustomerAsync(envelope.Command.Into);
        var answer = await grains.Customer(id).Tell(
            new Envelope<CustomerCommand>(envelope.CommandId, envelope.By, new CustomerCommand.MergeCustomer(into)), CancellationToken.None);
        if (answer is Answer.No no)
        {
            await Problems.Of(no.Refusal).WriteAsync(context);
            return;
        }

        var merged = await merging.RunAsync(id, CancellationToken.None);
        await (merged.Merge is { State: CustomerMergeState.Abandoned, Refusal: { } code, Detail: { } detail }
            ? Problems.Of(new Refused(code, detail)).WriteAsync(context)
            : ShowAsync(context, id));
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

        foreach (var point in ContactPoints.Of(contact!.Name, contact.Email, contact.Phone))
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
        if (await GrainCommand.ReadAsync(
            context, operation, What, time, CustomerCommand (fields) => new CustomerCommand.EraseCustomer(fields.Get(In.ReasonOfErasure))) is not var (asked, envelope))
        {
            return;
        }

        var (id, _, _) = await grains.SurvivingCustomerAsync(asked);
        switch (await grains.Customer(id).Tell(envelope, CancellationToken.None))
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
            var (_, customer, version) = await grains.SurvivingCustomerAsync(customerId, context.RequestAborted);
            if (customer.Exists)
            {
                return (customer, version);
            }
        }

        await Problems.NotFound(What, id).WriteAsync(context);
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
