using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Escalation.Grains.Board;

/// <summary>How many of each word, in the order of the alphabet; a word that nothing has is absent.</summary>
public sealed class CountDictionary : IReadOnlyDictionary<string, int>, IEquatable<CountDictionary>
{
    private readonly SortedList<string, int> _counts;

    public CountDictionary(IEnumerable<KeyValuePair<string, int>> counts)
    {
        _counts = new SortedList<string, int>(StringComparer.Ordinal);
        foreach (var (word, count) in counts)
        {
            if (count != 0)
            {
                _counts.Add(word, count);
            }
        }
    }

    public static CountDictionary None { get; } = new([]);

    public int Count => _counts.Count;

    public IEnumerable<string> Keys => _counts.Keys;

    public IEnumerable<int> Values => _counts.Values;

    public int this[string key] => _counts[key];

    internal CountDictionary Plus(IReadOnlyDictionary<string, int> more)
    {
        if (more.All(one => one.Value == 0))
        {
            return this;
        }

        var sums = new Dictionary<string, int>(_counts);
        foreach (var (word, count) in more)
        {
            sums[word] = sums.GetValueOrDefault(word) + count;
        }

        return new CountDictionary(sums);
    }

    public bool ContainsKey(string key) => _counts.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out int value) => _counts.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, int>> GetEnumerator() => _counts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(CountDictionary? other) => other is not null && (ReferenceEquals(this, other) || _counts.SequenceEqual(other._counts));

    public override bool Equals(object? obj) => Equals(obj as CountDictionary);

    public override int GetHashCode() => _counts.Aggregate(0, (hash, one) => HashCode.Combine(hash, one.Key, one.Value));
}
