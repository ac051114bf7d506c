using System.Collections.Immutable;
using Escalation.Grains.Desks;

namespace Escalation.Grains.Board;

/// <summary>How many open cases each person holds, kept as rows come and go; and from that, asked once, how many each team.</summary>
internal sealed class HolderCounts
{
    private readonly ImmutableDictionary<string, int> _counts;
    private volatile Teams? _teams;

    private HolderCounts(ImmutableDictionary<string, int> counts)
    {
        _counts = counts;
    }

    public static HolderCounts None { get; } = new(ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase));

    public HolderCounts Plus(IReadOnlyDictionary<string, int> more)
    {
        var counts = _counts.ToBuilder();
        foreach (var (holder, count) in more)
        {
            if (counts.GetValueOrDefault(holder) + count is not 0 and var sum)
            {
                counts[holder] = sum;
            }
            else
            {
                counts.Remove(holder);
            }
        }

        var next = counts.ToImmutable();
        return ReferenceEquals(next, _counts) ? this : new HolderCounts(next);
    }

    /// <summary>Open cases of each team that <paramref name="people"/> knows; null where nobody is in a team.</summary>
    public CountDictionary? ByTeam(PeopleBook people)
    {
        if (people.Teams.IsDefaultOrEmpty)
        {
            return null;
        }

        if (_teams is { } known && ReferenceEquals(known.People, people))
        {
            return known.Counts;
        }

        var lookup = TeamLookup.Of(people);
        var counts = new CountDictionary(
            _counts.Select(held => (Team: lookup.Of(held.Key), held.Value)).Where(held => held.Team is not null)
                .GroupBy(held => held.Team!, held => held.Value, StringComparer.Ordinal)
                .Select(team => KeyValuePair.Create(team.Key, team.Sum())));
        _teams = new Teams(people, counts);
        return counts;
    }

    private sealed record Teams(PeopleBook People, CountDictionary Counts);
}
