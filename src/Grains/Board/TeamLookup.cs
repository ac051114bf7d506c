using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Escalation.Grains.Desks;

namespace Escalation.Grains.Board;

/// <summary>
/// Who is in which team, made ready to be asked for every row. A case is its holder's team's: the owner's, or, while it rings at
/// a desk, that of whoever it rings at. What waits in the queue is every team's, and so of none.
/// </summary>
internal sealed class TeamLookup
{
    private static readonly ConditionalWeakTable<PeopleBook, TeamLookup> Known = [];

    private readonly FrozenDictionary<string, string> _teams;

    private TeamLookup(PeopleBook people)
    {
        _teams = people.People.Values.Where(person => people.TeamOf(person.Id) is not null)
            .ToFrozenDictionary(person => person.Id, person => person.Team!, StringComparer.OrdinalIgnoreCase);
        Key = string.Join(',', _teams.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{pair.Value}"));
    }

    /// <summary>The same for books that say the same.</summary>
    public string Key { get; }

    public static TeamLookup Of(PeopleBook people) => Known.GetValue(people, static book => new TeamLookup(book));

    /// <summary>The team of a case that <paramref name="holder"/> has; null for none.</summary>
    public string? Of(string? holder) => holder is null ? null : _teams.GetValueOrDefault(holder);
}
