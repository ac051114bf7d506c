namespace Escalation.Dashboard.Api;

/// <summary>Everything that is wrong with a request's fields, collected so that it can be said at once.</summary>
internal sealed class Faults
{
    private Dictionary<string, List<string>>? _byField;

    public bool Any => Count > 0;

    /// <summary>How many sentences there are.</summary>
    public int Count { get; private set; }

    /// <summary>Sentences by field path, in the order in which they were found.</summary>
    public IReadOnlyDictionary<string, List<string>> ByField => _byField ?? [];

    public void Add(string field, string sentence)
    {
        _byField ??= [];
        if (!_byField.TryGetValue(field, out var sentences))
        {
            _byField[field] = sentences = [];
        }

        sentences.Add(sentence);
        Count++;
    }
}
