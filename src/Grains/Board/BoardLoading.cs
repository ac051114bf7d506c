namespace Escalation.Grains.Board;

/// <summary>A stored row: its text, and the version that stands beside it.</summary>
public readonly record struct StoredRow(ReadOnlyMemory<byte> Json, int Version);

/// <summary>Some of the stored rows. Their texts lie in <paramref name="memory"/>, which is given back with them.</summary>
public sealed class StoredRowBatch(IReadOnlyList<StoredRow> rows, IDisposable? memory = null) : IDisposable
{
    public IReadOnlyList<StoredRow> Rows => rows;

    public void Dispose() => memory?.Dispose();
}

/// <summary>Gathers all rows of a board that is being loaded, reading them while more come. One caller at a time.</summary>
public sealed class BoardLoading
{
    private readonly RowReader _reader;
    private readonly List<Task<List<RowTable.Block>>> _parts = [];

    internal BoardLoading(RowReader reader)
    {
        _reader = reader;
    }

    /// <summary>Takes some of the stored rows, and disposes of them when they have been read.</summary>
    public async ValueTask AddAsync(StoredRowBatch rows)
    {
        _parts.Add(Task.Run(() => Read(rows)));
        if (_parts.Count > Environment.ProcessorCount)
        {
            // What is read faster than it is understood would have to lie somewhere.
            await _parts[^(Environment.ProcessorCount + 1)];
        }
    }

    internal void Add(IEnumerable<BoardRow> rows)
    {
        var filler = new RowTable.Filler();
        foreach (var row in rows)
        {
            filler.Add(_reader.Read(row, filler.Search));
        }

        filler.Finish();
        _parts.Add(Task.FromResult(filler.Blocks));
    }

    internal async Task<IReadOnlyList<RowTable.Block>> BlocksAsync() => [.. (await Task.WhenAll(_parts)).SelectMany(part => part)];

    private List<RowTable.Block> Read(StoredRowBatch batch)
    {
        using var rows = batch;
        var filler = new RowTable.Filler();
        foreach (var (json, version) in rows.Rows)
        {
            filler.Add(_reader.Read(json.Span, version, filler.Search));
        }

        filler.Finish();
        return filler.Blocks;
    }
}
