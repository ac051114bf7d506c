using System.Collections.Frozen;
using Escalation.Grains;

namespace Escalation.Silo.Access;

/// <summary>Roles that keys and people can have, as words.</summary>
internal static class RoleWords
{
    private static readonly FrozenDictionary<string, Roles> ByWord = new Dictionary<string, Roles>
    {
        ["intake"] = Roles.Intake,
        ["agent"] = Roles.Agent,
        ["supervisor"] = Roles.Supervisor,
        ["admin"] = Roles.Admin,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All words, least rights first.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByWord.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

    public static string[] Of(Roles roles) => [.. All.Where(word => (ByWord[word] & roles) != 0)];

    /// <summary>Reads words; false at the first unknown one, which is then in <paramref name="unknown"/>.</summary>
    public static bool TryParse(IEnumerable<string> words, out Roles roles, out string? unknown)
    {
        roles = Roles.None;
        unknown = null;
        foreach (var word in words)
        {
            if (!ByWord.TryGetValue(word, out var role))
            {
                unknown = word;
                return false;
            }

            roles |= role;
        }

        return roles != Roles.None;
    }

    /// <summary>Words from the database; one that this build does not know gives no rights.</summary>
    public static Roles Parse(IEnumerable<string> words) =>
        words.Aggregate(Roles.None, (roles, word) => roles | ByWord.GetValueOrDefault(word));
}
