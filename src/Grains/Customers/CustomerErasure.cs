using static Escalation.Grains.Customers.CustomerCommand;
using static Escalation.Grains.Customers.CustomerEvent;

namespace Escalation.Grains.Customers;

/// <summary>CUS-7: forgetting who a customer is.</summary>
internal static class CustomerErasure
{
    /// <summary>Shorter parts of a name ("de", "Li") stand in many words.</summary>
    private const int LeastPart = 3;

    /// <summary>Each time is an erasure of its own: what people have written since the last one goes too.</summary>
    public static Decision<CustomerEvent> Erase(Customer state, EraseCustomer command)
    {
        if (!state.Exists)
        {
            return new Refused("customer.notFound", $"There is no customer {state.Id}.");
        }

        return Names(state, command.Reason)
            ? new Refused("customer.erase.reasonNamesThem", "The reason stays in the log for ever, so it must not name the customer.", "reason")
            : [new CustomerErased(state.Erasures + 1, command.Reason)];
    }

    private static bool Names(Customer state, string reason)
    {
        if (state.Contact is not { } contact)
        {
            return false;
        }

        string?[] names = [.. contact.Name.Split([' ', ',', '.', '-'], StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length >= LeastPart), contact.Name, contact.Email];
        var digits = Digits(contact.Phone ?? "");
        return names.Any(name => name is not null && reason.Contains(name, StringComparison.OrdinalIgnoreCase)) ||
            digits.Length > LeastPart && Digits(reason).Contains(digits, StringComparison.Ordinal);
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
