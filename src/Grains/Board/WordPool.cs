using System.Collections.Concurrent;

namespace Escalation.Grains.Board;

/// <summary>Words that stand in very many rows, as types and owners do, each kept once.</summary>
internal sealed class WordPool
{
    private readonly ConcurrentDictionary<string, string> _words;
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
}
