using System.Globalization;
using System.Text;

namespace Escalation.Silo.Intake.Demo;

/// <summary>Names as they stand in a mail address: Latin letters without marks.</summary>
internal static class Latin
{
    private const string Cyrillic = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя";

    private static readonly string[] Letters =
    [
        "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "ts", "ch",
        "sh", "sch", "", "y", "", "e", "yu", "ya",
    ];

    public static string Of(string name)
    {
        var latin = new StringBuilder();
        foreach (var sign in name)
        {
            var at = Cyrillic.IndexOf(char.ToLowerInvariant(sign), StringComparison.Ordinal);
            latin.Append(at < 0 ? Unmarked(sign) : Letters[at]);
        }

        return latin.ToString();
    }

    private static string Unmarked(char sign) => string.Concat(
        sign.ToString().Normalize(NormalizationForm.FormD).Where(part => CharUnicodeInfo.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark));
}
