using System.Buffers;

namespace Escalation.Grains.Board;

/// <summary>
/// BRD-6: how the board's rows differ at one instant from those at another, without anything that names a person. A stretch of
/// the past is stored as every change in it, so that whoever asks for an instant in the middle has not to read the log.
/// </summary>
public sealed class PastChanges
{
    private const int Gone = -1;

    private readonly Dictionary<Guid, int> _places = [];
    private readonly PastRowList _rows = new();
    private readonly RowReader _reader = new(new WordPool());
    private readonly ArrayBufferWriter<byte> _search = new();

    /// <summary>How many cases changed.</summary>
    public int Count => _places.Count;

    /// <summary>Position of the last event among the stored changes that were taken; 0 when none were.</summary>
    public long Position { get; private set; }

    /// <summary>Every change in a stretch, to be stored.</summary>
    /// <param name="since">Where the stretch begins.</param>
    /// <param name="changes">When a case changed, by the event at which position, and its row from then on; null when it was not open. In any order.</param>
    public static byte[] Write(DateTimeOffset since, IEnumerable<(DateTimeOffset At, long Position, Guid Id, BoardRow? Row)> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var (reader, search) = (new RowReader(new WordPool()), new ArrayBufferWriter<byte>());
        var writer = new PastRowWriter(since);
        foreach (var (at, position, id, row) in changes.OrderBy(change => change.At).ThenBy(change => change.Position))
        {
            writer.WriteInstant(at.UtcTicks);
            writer.Write(position);
            writer.Write(row is null ? 0 : 1);
            if (row is null)
            {
                writer.Write(id);
            }
            else
            {
                search.ResetWrittenCount();
                var kept = reader.Read(row, search);
                writer.Write(PastRow.Of(in kept.Keys), kept.Keys.Promises);
            }
        }

        writer.EndPart();
        return writer.ToBytes();
    }

    /// <summary>The case's row is this one now; null when it is not open.</summary>
    public void Take(Guid id, BoardRow? row)
    {
        if (row is null)
        {
            _places[id] = Gone;
            return;
        }

        _search.ResetWrittenCount();
        var kept = _reader.Read(row, _search);
        _places[id] = _rows.Add(PastRow.Of(in kept.Keys), kept.Keys.Promises);
    }

    /// <summary>Takes the stored changes after one instant and until another, as following those taken before; false when another version of the platform wrote them.</summary>
    public bool Take(ReadOnlyMemory<byte> written, DateTimeOffset after, DateTimeOffset until)
    {
        if (PastRowHead.Read(written) is not { } head)
        {
            return false;
        }

        var reader = new PastRowReader(head, head.Parts[0].Span);
        var passedOver = new PastRowList();
        while (reader.Left > 0)
        {
            var at = reader.ReadInstant();
            if (at > until.UtcTicks)
            {
                break;
            }

            var position = reader.ReadNumber();
            var isTaken = at > after.UtcTicks;
            var place = reader.ReadNumber() > 0 ? reader.Read(isTaken ? _rows : passedOver) : Gone;
            var id = place == Gone ? reader.ReadId() : isTaken ? _rows[place].Id : default;
            if (isTaken)
            {
                (_places[id], Position) = (place, Math.Max(Position, position));
            }
        }

        return true;
    }

    /// <summary>Whether something happened to the case.</summary>
    internal bool Has(Guid id) => _places.ContainsKey(id);

    /// <summary>These changes, and then others.</summary>
    internal PastChanges Then(PastChanges later)
    {
        var both = new PastChanges();
        foreach (var changes in new[] { this, later })
        {
            foreach (var (id, place) in changes._places)
            {
                both._places[id] = place == Gone ? Gone : both._rows.Add(changes._rows[place], changes._rows.PromisesOf(changes._rows[place]));
            }
        }

        return both;
    }

    /// <summary>The changed rows of open cases.</summary>
    internal PastPart ToPart()
    {
        var rows = new PastRowList();
        foreach (var place in _places.Values)
        {
            if (place != Gone)
            {
                rows.Add(_rows[place], _rows.PromisesOf(_rows[place]));
            }
        }

        return rows.ToPart();
    }
}
