using Escalation.Grains.Cases;
using Escalation.Grains.Escalations;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using static Escalation.Grains.Customers.CustomerCommand;
using static Escalation.Grains.Customers.CustomerEvent;

namespace Escalation.Grains.Customers;

/// <summary>CUS-5: we do not serve a customer, for a time, for a reason that they are told.</summary>
/// <param name="From">Since when.</param>
/// <param name="By">The supervisor whose word it is.</param>
/// <param name="Reason">Why, as the customer is told; null after erasure.</param>
/// <param name="Until">It ends by itself then.</param>
/// <param name="ReviewAt">By then a supervisor looks whether it still has to be.</param>
/// <param name="ReviewAskedAt">When somebody was asked to look; null before that.</param>
public sealed record Declining(
    DateTimeOffset From, string By, string? Reason, DateTimeOffset Until, DateTimeOffset ReviewAt, DateTimeOffset? ReviewAskedAt = null);

/// <summary>CUS-5: who may decline, for how long, and what it stops: new cases that nothing obliges us to take, gifts and greetings.</summary>
public static class DecliningRules
{
    /// <summary>Nobody is turned away for longer without somebody deciding so again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private static readonly TimeSpan ReviewAfter = TimeSpan.FromDays(182);

    internal static Decision<CustomerEvent> Decline(Customer state, DeclineService command, Context context)
    {
        if (!state.Exists)
        {
            return new Refused("customer.notFound", $"There is no customer {state.Id}.");
        }

        if (!context.By.IsSupervisor)
        {
            return new Refused("customer.decline.needsSupervisor", "Only a supervisor declines to serve a customer.");
        }

        if (command.Until <= context.Now || command.Until > context.Now + Longest)
        {
            return new Refused("customer.decline.until", $"It has to end within {Longest.TotalDays:0} days from now; later it may be decided anew.", "until");
        }

        var review = command.ReviewAt ?? Earlier(command.Until, context.Now + ReviewAfter);
        if (review <= context.Now || review > command.Until)
        {
            return new Refused("customer.decline.review", $"Between now and {command.Until:u} somebody has to look whether it still has to be.", "reviewAt");
        }

        if (state.DeclinedAt(context.Now) is { } known && known.Reason == command.Reason && known.Until == command.Until && known.ReviewAt == review)
        {
            return [];
        }

        var declined = new CustomerDeclined(command.Reason, command.Until, review);
        var after = state.Evolve(declined, context.Now, context.By.Id);
        return Letter(after, context) is { } letter ? [declined, letter] : [declined];
    }

    /// <summary>
    /// On its day the review is asked for, once: of those on duty for heads, by e-mail, and of everyone who sees the rail. Who is served
    /// again, or was declined for a time that is over, needs none.
    /// </summary>
    internal static IEnumerable<CustomerEvent> AskForReview(Customer state, Context context)
    {
        if (state.ReviewDueAt is not { } reviewAt || context.Now < reviewAt)
        {
            yield break;
        }

        yield return new DecliningReviewAsked(reviewAt);
        if (state.DeclinedAt(context.Now) is not { } declined)
        {
            yield break;
        }

        var (ladder, number) = (context.Policy.Ladder, state.Letters.Length);
        foreach (var (_, shift) in ladder.OnDuty(Level.Head, site: null, context.Now))
        {
            if (shift.Person is { } id && ladder.People.GetValueOrDefault(id) is { Email: { } email } person && person.Channels.Contains(DutyChannel.Email))
            {
                yield return new CustomerLetterDecided(
                    ++number, LetterKind.DecliningReview, null, null, NoticeTexts.Fallback, email,
                    $"Do we still have to decline? Look at customer {state.Id} today",
                    $"{person.Name}, you are on duty.\n\nSince {declined.From:yyyy-MM-dd} we do not serve customer {state.Id}, until {declined.Until:yyyy-MM-dd}. " +
                    "Today is the day to look whether that still has to be. Serve them again, or decline anew with another day for looking.",
                    context.Now);
            }
        }
    }

    internal static Decision<CustomerEvent> Serve(Customer state, ServeAgain command, Context context) =>
        !state.Exists ? new Refused("customer.notFound", $"There is no customer {state.Id}.")
            : !context.By.IsSupervisor ? new Refused("customer.decline.needsSupervisor", "Only a supervisor serves a declined customer again.")
            : state.DeclinedAt(context.Now) is null ? []
            : [new CustomerServedAgain(command.Reason)];

    /// <summary>The polite text in the customer's language: why, until when, what stays, how to appeal; null where the policy has none.</summary>
    public static (string Subject, string Body)? TextFor(Customer state, Policy policy)
    {
        var texts = policy.Texts.For(state.Contact?.Language);
        return state is { Declined: { } declined, Contact: { } contact } && texts.LetterFor(CustomerLetterText.Declining, policy.Texts) is { } template
            ? template.Fill(new Dictionary<string, string>
            {
                ["name"] = contact.Name,
                ["reason"] = declined.Reason ?? "",
                ["until"] = texts.Due(declined.Until, contact.TimeZone),
                ["review"] = texts.Due(declined.ReviewAt, contact.TimeZone),
                ["signature"] = texts.Signature,
            })
            : null;
    }

    private static CustomerLetterDecided? Letter(Customer state, Context context) =>
        state.Contact is { Email: { } to } contact && TextFor(state, context.Policy) is var (subject, body)
            ? new CustomerLetterDecided(
                state.Letters.Length + 1, LetterKind.Declining, null, null, contact.Language, to, subject, body,
                GreetingRules.WakingFrom(context.Now, contact.TimeZone, context.Policy.Promises))
            : null;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
