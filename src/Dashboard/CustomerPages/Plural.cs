using System.Globalization;

namespace Escalation.Dashboard.CustomerPages;

/// <summary>The form of a word that goes with a number.</summary>
internal static class Plural
{
    private const char Between = '|';

    /// <summary>How many forms a language has: English one and other; Romanian one, few and other; Russian one, few and many.</summary>
    public static int FormsIn(string language) => language == "en" ? 2 : 3;

    /// <summary>The form for <paramref name="number"/>, with the number in it.</summary>
    /// <param name="forms">In the language's order, with <c>|</c> between them.</param>
    public static string Of(string forms, string language, int number) =>
        string.Format(CultureInfo.InvariantCulture, forms.Split(Between)[IndexOf(language, number)], number);

    private static int IndexOf(string language, int number) => (language, number % 10, number % 100) switch
    {
        ("ru", 1, not 11) => 0,
        ("ru", >= 2 and <= 4, not (>= 12 and <= 14)) => 1,
        ("ru", _, _) => 2,
        (_, _, _) when number == 1 => 0,
        ("ro", _, var last) when number == 0 || last is >= 1 and <= 19 => 1,
        ("ro", _, _) => 2,
        _ => 1,
    };
}
