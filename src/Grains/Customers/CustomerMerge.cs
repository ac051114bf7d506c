using System.Collections.Immutable;
using Escalation.Grains.Cases;
using static Escalation.Grains.Customers.CustomerCommand;
using static Escalation.Grains.Customers.CustomerEvent;

namespace Escalation.Grains.Customers;

/// <summary>CUS-1: how far it has come that a customer is merged into another.</summary>
public enum CustomerMergeState
{
    /// <summary>Asked for; the customer goes on until the other has everything.</summary>
    Begun,

    /// <summary>The other answers for both; cases and contact points may not know yet.</summary>
    Done,

    /// <summary>Cases and contact points know.</summary>
    Carried,

    /// <summary>The other could not take over; nothing has changed.</summary>
    Abandoned,
}

/// <summary>CUS-1: the latest time that this customer was to be merged into another. Never undone.</summary>
/// <param name="Attempt">From 1 within the customer.</param>
/// <param name="Into">Who answers for both.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="By">Whose word it is.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Refusal">Why it was abandoned: a stable word.</param>
/// <param name="Detail">Why it was abandoned, in a sentence.</param>
public sealed record CustomerMerge(
    int Attempt, Guid Into, DateTimeOffset At, string By, CustomerMergeState State = CustomerMergeState.Begun, string? Refusal = null, string? Detail = null);

/// <summary>A case of a customer who was merged.</summary>
public sealed record JoinedCase(Guid CaseId, string Type, DateTimeOffset ComplainedAt);

/// <summary>ESC-6: what was known of such a case's level.</summary>
public sealed record JoinedLevel(Guid CaseId, Level Level, int CaseVersion);

/// <summary>CUS-2: what such a case was like.</summary>
public sealed record JoinedExperience(CaseExperience Experience, int CaseVersion);

/// <summary>CLM-3: what was conceded to such a customer.</summary>
public sealed record JoinedConcession(Guid Request, CountedConcession Counted);

/// <summary>CUS-6: the last year of an occasion that was decided.</summary>
public sealed record JoinedGreeting(string Occasion, int Year);

/// <summary>All that a customer who is merged brings with them, except for what names them.</summary>
/// <param name="From">Who they were.</param>
/// <param name="Version">As of which version of them.</param>
public sealed record JoinedCustomer(
    Guid From,
    int Version,
    ImmutableArray<JoinedCase> Cases,
    ImmutableArray<JoinedLevel> Levels,
    ImmutableArray<JoinedExperience> Experiences,
    ImmutableArray<JoinedConcession> Concessions,
    ImmutableArray<JoinedGreeting> Greeted,
    Declining? Declined)
{
    public static JoinedCustomer Of(Customer state, int version)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(
            state.Id, version,
            [.. state.Cases.Select((id, at) => new JoinedCase(id, state.Complaints[at].Type, state.Complaints[at].ComplainedAt))],
            [.. state.CaseLevels.OrderBy(known => known.Key).Select(known => new JoinedLevel(known.Key, known.Value.Level, known.Value.CaseVersion))],
            [.. state.Experiences.OrderBy(known => known.Key).Select(known => new JoinedExperience(known.Value.Experience, known.Value.CaseVersion))],
            [.. state.Conceded.OrderBy(known => known.Key).Select(known => new JoinedConcession(known.Key, known.Value))],
            [.. state.Greeted.OrderBy(known => known.Key, StringComparer.Ordinal).Select(known => new JoinedGreeting(known.Key, known.Value))],
            state.Declined is { } declined ? declined with { Reason = null } : null);
    }
}

/// <summary>What names a customer who is merged; apart, so that it can be erased (CUS-7).</summary>
public sealed record JoinedWords(CustomerContact? Contact, string? DecliningReason, ImmutableArray<Occasion> Occasions)
{
    public static JoinedWords Of(Customer state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(state.Contact, state.Declined?.Reason, state.Occasions);
    }
}

/// <summary>
/// CUS-1: two records of one customer become one, in three steps, each of them one append: it is asked for, the one that stays takes
/// everything over, and the one that goes points to it. The one that goes works on meanwhile: the last step is taken at the version that was
/// taken over, or both again. The second step decides; of two opposite merges the customer with the lower id gets its way.
/// </summary>
internal static class CustomerMergeRules
{
    /// <summary>Whoever asks a customer who was merged goes on with the one that this points to.</summary>
    public const string Merged = "customer.merged";

    public static Decision<CustomerEvent> Begin(Customer state, MergeCustomer command) => state switch
    {
        { Exists: false } => new Refused("customer.notFound", $"There is no customer {state.Id}."),
        { MergedInto: { } into } when into == command.Into => [],
        { MergedInto: not null } => Refusal(state),
        { Erasures: > 0 } => new Refused("customer.erased", $"Customer {state.Id} was erased on {state.ErasedAt:u}: nobody knows any more whose duplicate it is."),
        _ when command.Into == state.Id => new Refused("customer.merge.self", "A customer cannot be merged into themselves.", "into"),
        _ when state.Joined.ContainsKey(command.Into) => new Refused("customer.merge.opposite", $"Customer {command.Into} was merged into this one already.", "into"),
        { Merge: { State: CustomerMergeState.Begun } begun } when begun.Into == command.Into => [],
        { Merge.State: CustomerMergeState.Begun } => Busy(state),
        _ => [new CustomerMergeBegun((state.Merge?.Attempt ?? 0) + 1, command.Into)],
    };

    /// <summary>Once taken over, later versions are taken too, whatever has become of this one since.</summary>
    public static Decision<CustomerEvent> TakeOver(Customer state, TakeOverCustomer command, Context context)
    {
        var from = command.Joined;
        if (!Customer.IsPlatform(context))
        {
            return new Refused("customer.merge.systemOnly", "Only the platform hands a customer over.");
        }

        if (state.Joined.TryGetValue(from.From, out var known) && known >= from.Version)
        {
            return [];
        }

        if (known == 0 && RefusalOf(state, from.From) is { } no)
        {
            return no;
        }

        var events = new List<CustomerEvent>();
        if (state.Merge is { State: CustomerMergeState.Begun } own && own.Into == from.From)
        {
            events.Add(new CustomerMergeAbandoned(own.Attempt, "customer.merge.opposite", $"Customer {from.From} was merged into this one at the same time."));
        }

        events.Add(new CustomerTakenOver(from, command.Words));
        var after = events.Aggregate(state, (folded, happened) => folded.Evolve(happened, context.Now, context.By.Id));
        return [.. events, .. GreetingRules.Plan(after, context)];
    }

    public static Decision<CustomerEvent> Settle(Customer state, SettleCustomerMerge command, Context context) =>
        !Customer.IsPlatform(context) ? new Refused("customer.merge.systemOnly", "Only the platform says what came of a merge.")
            : state.Merge is not { State: CustomerMergeState.Begun } merge || merge.Attempt != command.Attempt ? []
            : command.Refusal is { } no ? [new CustomerMergeAbandoned(merge.Attempt, no.Code, no.Detail)]
            : [new CustomerMerged(merge.Attempt, merge.Into)];

    public static Decision<CustomerEvent> Carry(Customer state, CarryCustomerMerge command, Context context) =>
        !Customer.IsPlatform(context) ? new Refused("customer.merge.systemOnly", "Only the platform says what came of a merge.")
            : state.Merge is { State: CustomerMergeState.Done } merge && merge.Attempt == command.Attempt ? [new CustomerMergeCarried(merge.Attempt)]
            : [];

    public static Refused Refusal(Customer state) =>
        new(Merged, $"Customer {state.Id} was merged into customer {state.MergedInto}, who answers for both.");

    /// <summary>Cases in order of complaint; of what both have, the later or the longer.</summary>
    public static Customer Fold(Customer state, CustomerTakenOver happened)
    {
        var (from, words) = (happened.Joined, happened.Words);
        var cases = state.Cases.Select((id, at) => new JoinedCase(id, state.Complaints[at].Type, state.Complaints[at].ComplainedAt))
            .Concat(from.Cases.Where(one => !state.Cases.Contains(one.CaseId))).OrderBy(one => one.ComplainedAt).ToList();
        var occasions = words?.Occasions is { IsDefault: false } theirs ? theirs : [];
        return state with
        {
            Joined = state.Joined.SetItem(from.From, from.Version),
            Contact = Filled(state.Contact, words?.Contact),
            Cases = [.. cases.Select(one => one.CaseId)],
            Complaints = [.. cases.Select(one => (one.Type, one.ComplainedAt))],
            CaseLevels = state.CaseLevels.SetItems(from.Levels
                .Where(one => one.CaseVersion > state.CaseLevels.GetValueOrDefault(one.CaseId).CaseVersion)
                .Select(one => KeyValuePair.Create(one.CaseId, (one.Level, one.CaseVersion)))),
            Experiences = state.Experiences.SetItems(from.Experiences
                .Where(one => one.CaseVersion > state.Experiences.GetValueOrDefault(one.Experience.CaseId).CaseVersion)
                .Select(one => KeyValuePair.Create(one.Experience.CaseId, (one.Experience, one.CaseVersion)))),
            Conceded = state.Conceded.SetItems(from.Concessions.Select(one => KeyValuePair.Create(one.Request, one.Counted))),
            Greeted = state.Greeted.SetItems(from.Greeted
                .Where(one => one.Year > state.Greeted.GetValueOrDefault(one.Occasion)).Select(one => KeyValuePair.Create(one.Occasion, one.Year))),
            Occasions = [.. state.Occasions, .. occasions.Where(one => state.Occasions.All(own => own.Key != one.Key))],
            Declined = from.Declined is { } declined && !(state.Declined?.Until >= declined.Until) ? declined with { Reason = words?.DecliningReason } : state.Declined,
        };
    }

    private static CustomerContact? Filled(CustomerContact? own, CustomerContact? other) => own is null || other is null
        ? own
        : own with { Email = own.Email ?? other.Email, Phone = own.Phone ?? other.Phone, Prefers = own.Prefers ?? other.Prefers };

    private static Refused? RefusalOf(Customer state, Guid from) => state switch
    {
        { Exists: false } => new Refused("customer.notFound", $"There is no customer {state.Id}.", "into"),
        { Erasures: > 0 } => new Refused("customer.erased", $"Customer {state.Id} was erased on {state.ErasedAt:u} and takes nobody over."),
        { MergedInto: not null } => Refusal(state),
        { Merge: { State: CustomerMergeState.Begun } own } when own.Into != from => Busy(state),
        { Merge.State: CustomerMergeState.Begun } when from.CompareTo(state.Id) > 0 => new Refused(
            "customer.merge.opposite", $"Customer {state.Id} is being merged into this one at the same time."),
        _ => null,
    };

    private static Refused Busy(Customer state) => new("customer.merge.busy", $"Customer {state.Id} is being merged into another right now. Try again in a moment.");
}
