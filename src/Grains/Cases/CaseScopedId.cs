using System.Globalization;

namespace Escalation.Grains.Cases;

/// <summary>Ids of things that live within a case: the case's id, a letter for the kind, and a number from 1.</summary>
public static class CaseScopedId
{
    /// <summary>Reads <c>0197…-e3</c>; false when <paramref name="id"/> has another form or letter.</summary>
    public static bool TryParse(string id, char letter, out Guid caseId, out int number)
    {
        caseId = default;
        number = 0;
        return id.Length > 34 && id[32] == '-' && id[33] == letter &&
            Guid.TryParseExact(id.AsSpan(0, 32), "N", out caseId) &&
            int.TryParse(id.AsSpan(34), NumberStyles.None, CultureInfo.InvariantCulture, out number) &&
            number > 0;
    }
}
