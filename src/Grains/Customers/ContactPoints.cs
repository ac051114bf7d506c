using System.Globalization;
using System.Text;

namespace Escalation.Grains.Customers;

/// <summary>
/// CUS-1: by what a customer who comes back is known again. A mail address is one person's; a telephone may be a family's or a firm's, so it
/// counts together with the name only.
/// </summary>
public static class ContactPoints
{
    /// <summary>One for each address that is given: <c>mailto:ana@example.org</c>, <c>tel:+37322123456;name=ana-munteanu</c>.</summary>
    public static List<string> Of(string name, string? email, string? phone)
    {
        var points = new List<string>(2);
        if (email is not null)
        {
            points.Add(Mail(email));
        }

        if (phone is not null)
        {
            points.Add($"{Telephone(phone)};name={NameKey(name)}");
        }

        return points;
    }

    public static string Mail(string email)
    {
        ArgumentNullException.ThrowIfNull(email);
        return $"mailto:{email.Trim().ToLowerInvariant()}";
    }

    /// <summary>Whoever has it, by any name: digits, and a plus where there is one.</summary>
    public static string Telephone(string phone) => $"tel:{string.Concat(phone.Where(letter => char.IsAsciiDigit(letter) || letter == '+'))}";

    /// <summary>The name's words, small, without marks, in any order: who writes the family name first is the same person.</summary>
    public static string NameKey(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var plain = new StringBuilder(name.Length);
        foreach (var letter in name.Normalize(NormalizationForm.FormD).Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark))
        {
            plain.Append(char.IsLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' ');
        }

        return string.Join('-', plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }
}
