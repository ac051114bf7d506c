using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using static Escalation.Grains.Customers.CustomerCommand;
using static Escalation.Grains.Customers.CustomerEvent;

namespace Escalation.Grains.Customers;

/// <summary>What can happen to a customer.</summary>
public abstract record CustomerEvent : IEvent
{
    /// <summary>CUS-1: known from now on.</summary>
    public sealed record CustomerRegistered([property: Personal] CustomerContact? Contact) : CustomerEvent;

    /// <summary>CUS-1.</summary>
    public sealed record CustomerContactChanged([property: Personal] CustomerContact? Contact) : CustomerEvent;

    /// <summary>The customer has a case.</summary>
    public sealed record CustomerCaseAdded(Guid CaseId, string Type) : CustomerEvent;

    private CustomerEvent()
    {
    }
}

/// <summary>What can be asked of a customer.</summary>
public abstract record CustomerCommand
{
    /// <summary>Takes the contact as it is now known; the same again changes nothing.</summary>
    public sealed record UpdateContact(CustomerContact Contact) : CustomerCommand;

    /// <summary>Takes the contact, and the case that the customer opens with it, in one append.</summary>
    public sealed record AddCase(CustomerContact Contact, Guid CaseId, string Type) : CustomerCommand;

    private CustomerCommand()
    {
    }
}

/// <summary>A person or firm, with all that we know from earlier conflicts.</summary>
public sealed record Customer : IAggregate<Customer, CustomerCommand, CustomerEvent>
{
    public static string Category => "customer";

    public required Guid Id { get; init; }

    public bool Exists { get; init; }

    /// <summary>How the customer is named and reached; null after erasure.</summary>
    public CustomerContact? Contact { get; init; }

    /// <summary>The customer's cases, oldest first.</summary>
    public System.Collections.Immutable.ImmutableArray<Guid> Cases { get; init; } = [];

    public static Customer Empty(Guid id) => new() { Id = id };

    public Decision<CustomerEvent> Decide(CustomerCommand command, Context context) => command switch
    {
        UpdateContact c => [.. Contacted(c.Contact)],
        AddCase c when Cases.Contains(c.CaseId) => [.. Contacted(c.Contact)],
        AddCase c => [.. Contacted(c.Contact), new CustomerCaseAdded(c.CaseId, c.Type)],
        _ => throw new NotSupportedException($"A customer does not know how to decide {command.GetType().Name}."),
    };

    public Customer Evolve(CustomerEvent happened, DateTimeOffset at, string by) => happened switch
    {
        CustomerRegistered e => this with { Exists = true, Contact = e.Contact },
        CustomerContactChanged e => this with { Contact = e.Contact },
        CustomerCaseAdded e => this with { Cases = Cases.Add(e.CaseId) },
        _ => throw new NotSupportedException($"A customer does not know how to fold {happened.GetType().Name}."),
    };

    public Effects EffectsOf(IReadOnlyList<CustomerEvent> events, int version) => Effects.None;

    private IEnumerable<CustomerEvent> Contacted(CustomerContact contact)
    {
        if (!Exists)
        {
            yield return new CustomerRegistered(contact);
        }
        else if (Contact != contact)
        {
            yield return new CustomerContactChanged(contact);
        }
    }
}
