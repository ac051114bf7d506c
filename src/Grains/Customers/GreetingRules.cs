using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using NodaTime;
using static Escalation.Grains.Customers.CustomerCommand;
using static Escalation.Grains.Customers.CustomerEvent;

namespace Escalation.Grains.Customers;

/// <summary>CUS-6: greetings on a customer's days, and how letters that belong to no case are sent once.</summary>
internal static class GreetingRules
{
    /// <summary>A server that did not take a letter is asked again after so long.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);

    public static Decision<CustomerEvent> Set(Customer state, SetOccasions command, Context context)
    {
        if (!state.Exists)
        {
            return new Refused("customer.notFound", $"There is no customer {state.Id}.");
        }

        if (state.Occasions.SequenceEqual(command.Occasions))
        {
            return [];
        }

        var set = new CustomerOccasionsSet(command.Occasions);
        return [set, .. Plan(state.Evolve(set, context.Now, context.By.Id), context)];
    }

    /// <summary>Decides what is due by now. Late is worse than not at all: a greeting is for its day.</summary>
    public static IEnumerable<CustomerEvent> Tick(Customer state, TickCustomer command, Context context)
    {
        if (state.Planned is not { } planned || context.Now < planned.At)
        {
            return [];
        }

        CustomerEvent decided = Greet(state, planned, command, context);
        return [decided, .. Plan(state.Evolve(decided, context.Now, context.By.Id), context)];
    }

    public static Decision<CustomerEvent> Take(Customer state, TakeLetter command, DateTimeOffset now) =>
        state.Letters.ElementAtOrDefault(command.Letter - 1) is not { State: LetterState.Waiting } letter || letter.TryAt > now ? []
            : letter.NotAfter < now ? [new CustomerLetterSettled(letter.Number, LetterState.Failed, "late")]
            : [new CustomerLetterTaken(letter.Number)];

    public static Decision<CustomerEvent> Settle(Customer state, SettleLetter command, DateTimeOffset now) =>
        state.Letters.ElementAtOrDefault(command.Letter - 1) is not { State: LetterState.Taken } letter ? []
            : command.State != LetterState.Waiting ? [new CustomerLetterSettled(letter.Number, command.State, command.Reason)]
            : letter.NotAfter < now + RetryAfter ? [new CustomerLetterSettled(letter.Number, LetterState.Failed, command.Reason)]
            : [new CustomerLetterSettled(letter.Number, LetterState.Waiting, command.Reason, now + RetryAfter)];

    /// <summary>Now, or when the customer's quiet hours are over.</summary>
    public static DateTimeOffset WakingFrom(DateTimeOffset now, string timeZone, PromisePolicy policy)
    {
        var zone = GreetingTimes.ZoneOf(timeZone);
        var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        var (from, until) = GreetingTimes.Of(today, zone, policy);
        var at = now < from ? from : now < until ? now : GreetingTimes.Of(today.PlusDays(1), zone, policy).From;
        return at.ToMicroseconds();
    }

    private static CustomerEvent Greet(Customer state, PlannedGreeting planned, TickCustomer command, Context context)
    {
        var occasion = state.Occasions.FirstOrDefault(occasion => occasion.Key == planned.Occasion);
        if (occasion is null || state.Contact is not { } contact)
        {
            return new GreetingSuppressed(planned.Occasion, planned.Year, "customer.unknown");
        }

        var (policy, texts) = (context.Policy, context.Policy.Texts.For(contact.Language));
        var until = GreetingTimes.Of(occasion.In(planned.Year), GreetingTimes.ZoneOf(contact.TimeZone), policy.Promises).Until;
        var because = state.DeclinedAt(context.Now) is not null ? "customer.declined"
            : command.HasOpenCase ? "case.open"
            : command.ClosedAt > context.Now - policy.NoGreetingAfterCase ? "case.closedLately"
            : context.Now >= until ? "late"
            : contact.Email is null ? "customer.noAddress" : null;
        if (because is not null || texts.LetterFor(TextOf(occasion.Kind), policy.Texts) is not { } template)
        {
            return new GreetingSuppressed(planned.Occasion, planned.Year, because ?? "policy.noText");
        }

        var (subject, body) = template.Fill(new Dictionary<string, string>
        {
            ["name"] = contact.Name,
            ["occasion"] = occasion.Name ?? "",
            ["signature"] = texts.Signature,
        });
        return new CustomerLetterDecided(
            state.Letters.Length + 1, LetterKind.Greeting, planned.Occasion, planned.Year, contact.Language, contact.Email, subject, body, context.Now, until);
    }

    public static IEnumerable<CustomerEvent> Plan(Customer state, Context context)
    {
        var next = state.Contact is { } contact
            ? GreetingTimes.Next(state.Occasions, state.Greeted, context.Now, contact.TimeZone, context.Policy.Promises)
            : null;
        if (next != state.Planned)
        {
            yield return new GreetingPlanned(next?.Occasion, next?.Year, next?.At);
        }
    }

    private static CustomerLetterText TextOf(OccasionKind kind) => kind switch
    {
        OccasionKind.Birthday => CustomerLetterText.Birthday,
        OccasionKind.NewYear => CustomerLetterText.NewYear,
        OccasionKind.Own => CustomerLetterText.Occasion,
    };
}
