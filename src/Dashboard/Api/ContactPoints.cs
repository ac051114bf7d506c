using System.Text;

namespace Escalation.Dashboard.Api;

/// <summary>Addresses by which a customer who comes back is known again.</summary>
internal static class ContactPoints
{
    /// <summary>One for each address that is given: <c>mailto:ana@example.org</c>, <c>tel:+37322123456</c>.</summary>
    public static List<string> Of(string? email, string? phone)
    {
        var points = new List<string>(2);
        if (email is not null)
        {
            points.Add($"mailto:{email.ToLowerInvariant()}");
        }

        if (phone is not null)
        {
            points.Add(Telephone(phone));
        }

        return points;
    }

    /// <summary>Digits, and a plus where there is one.</summary>
    private static string Telephone(string phone)
    {
        var uri = new StringBuilder("tel:", phone.Length + 4);
        foreach (var letter in phone)
        {
            if (char.IsAsciiDigit(letter) || letter == '+')
            {
                uri.Append(letter);
            }
        }

        return uri.ToString();
    }
}
