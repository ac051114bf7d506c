using Escalation.Grains.Imports;

namespace Escalation.Silo.Intake;

/// <summary>What the API would say of texts.</summary>
internal static class FieldChecks
{
    /// <summary>The longest text of one line, in characters.</summary>
    public const int Line = 200;

    /// <param name="longest">In characters.</param>
    /// <param name="lines">Line breaks and the like are taken.</param>
    public static void Text(this List<ImportFault> faults, string? value, string name, int longest, bool required = false, bool lines = false)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            if (required)
            {
                faults.Add(new ImportFault(name, $"{name} is missing."));
            }
        }
        else if (value.Length > longest)
        {
            faults.Add(new ImportFault(name, $"{name} has {value.Length} characters, at most {longest} are taken."));
        }
        else if (value.Any(letter => letter == '\0' || (!lines && char.IsControl(letter))))
        {
            faults.Add(new ImportFault(name, $"{name} holds a control character."));
        }
    }
}
