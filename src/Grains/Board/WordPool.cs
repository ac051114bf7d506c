using System.Collections.Concurrent;

namespace Escalation.Grains.Board;

/// <summary>Words that stand in very many rows, as types and owners do, each kept once.</summary>
internal sealed class WordPool
{
    private readonly ConcurrentDictionary<string, string> _words;
    private readonly ConcurrentDictionary<(string?, string?, string?), RowOrigin> _origins = new();
    private readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public WordPool()
    {
        _words = new(StringComparer.Ordinal);
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Get(ReadOnlySpan<char> word)
    {
        if (_lookup.TryGetValue(word, out var kept))
        {
            return kept;
        }

        var text = word.ToString();
        return _words.GetOrAdd(text, text);
    }

    /// <summary>Null when there is nothing to say.</summary>
    public RowOrigin? Get(string? language, string? site, string? causedBy) => (language, site, causedBy) is (null, null, null)
        ? null
        : _origins.GetOrAdd((language, site, causedBy), static each => new RowOrigin(each.Item1, each.Item2, each.Item3));
}
