using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Log;

namespace Escalation.TestKit.Boards;

/// <summary>
/// Invents a log of cases that open, change, close and reopen, the same one for the same seed, and cuts it into the
/// batches and loads that a host could get to see.
/// </summary>
public sealed class RandomFeed(int seed, DateTimeOffset now)
{
    private static readonly string[] Names =
        ["Sorin Bălan", "Viktor Lysenko", "Ioana Munteanu", "Marta Kowalczyk", "Hotel Traian SRL", "Aylin Demir", "Petru Gheorghiu", "Natalia Orlova", "Jakub Novák", "Cristina Rotaru", "Andreea Pavel", "Giorgi Beridze"];

    private static readonly string[] Types =
        ["wrongPayment", "disputedCharge", "brokenPromise", "colleagueError", "contradictoryInformation", "quality", "longWait", "inattention"];

    private static readonly string[] Promised = ["refund visible on card", "fitters confirm the part", "call with credit note number", "courier window by message", "replacement leaves warehouse"];

    private static readonly string[] Owners = ["Ana Rusu", "Dan Popa", "Elena Voicu", "Lidia Moraru", "Mihai Dinu"];

    private readonly Random _random = new(seed);
    private readonly List<(Entry Entry, BoardRow? Row)> _log = [];
    private readonly Dictionary<Guid, (int Version, BoardRow? Row)> _cases = [];
    private readonly List<Guid> _ids = [];

    /// <summary>How many entries the log has.</summary>
    public int Length => _log.Count;

    public long Position => _log.Count == 0 ? 0 : _log[^1].Entry.Position;

    /// <summary>The chance source, for a test's own choices.</summary>
    public Random Random => _random;

    /// <summary>Lets one more thing happen to any of about <paramref name="cases"/> cases.</summary>
    public void Happen(int cases)
    {
        var id = _ids.Count < cases || _random.Next(20) == 0 ? Open() : _ids[_random.Next(_ids.Count)];
        var (version, row) = _cases[id];
        version++;
        var closes = row is not null && _random.Next(12) == 0;
        row = closes ? null : Row(id, version, row);
        _cases[id] = (version, row);
        CaseEvent happened = closes ? new CaseEvent.CaseClosed(Outcome.Agreed, null) : new CaseEvent.NoteAdded(null);
        _log.Add((new Entry(id, Case.Category, version, Position + _random.Next(1, 4), now, "test", id, happened), row));
    }

    /// <summary>The stored rows as they were when the log had <paramref name="length"/> entries.</summary>
    public IReadOnlyList<BoardRow> RowsAt(int length) =>
        [.. Newest(_log.Take(length)).Values.Where(row => row is not null).Select(row => row!)];

    /// <summary>One after the other what happened to which case, and its row from then on; null when it was not open.</summary>
    public IEnumerable<(long Position, Guid Id, BoardRow? Row)> Changes => _log.Select(one => (one.Entry.Position, one.Entry.Stream, one.Row));

    public long PositionAt(int length) => length == 0 ? 0 : _log[length - 1].Entry.Position;

    /// <summary>
    /// The entries from <paramref name="first"/> on, with rows read when the log had <paramref name="readAt"/> entries:
    /// a tail reads rows a moment after the entries, so they may be newer.
    /// </summary>
    public TailBatch Batch(int first, int count, int readAt)
    {
        var entries = _log.GetRange(first, count);
        var newest = Newest(_log.Take(readAt));
        var rows = entries.Select(entry => entry.Entry.Stream).Distinct()
            .Where(id => newest.GetValueOrDefault(id) is not null).ToDictionary(id => id, id => newest[id]!);
        return new TailBatch([.. entries.Select(entry => entry.Entry)], rows, new TailCursor(1, entries[^1].Entry.Position));
    }

    /// <summary>Any view: one filter or several, any order, any window.</summary>
    public BoardView View()
    {
        var view = BoardView.Default with { Limit = _random.Next(1, 40), Sort = Any<BoardSort>() };
        return _random.Next(6) switch
        {
            0 => view with { Levels = [Any<Level>()] },
            1 => view with { Heats = [Heat.Aggressive, Heat.Public] },
            2 => view with { Text = "an" },
            3 => view with { Owner = Owners[0], Stages = [Stage.Contact, Stage.Options] },
            4 => view with { Types = [Types[_random.Next(Types.Length)], Types[0]] },
            _ => view,
        };
    }

    private static Dictionary<Guid, BoardRow?> Newest(IEnumerable<(Entry Entry, BoardRow? Row)> log)
    {
        var newest = new Dictionary<Guid, BoardRow?>();
        foreach (var (entry, row) in log)
        {
            newest[entry.Stream] = row;
        }

        return newest;
    }

    private Guid Open()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        var id = new Guid(bytes);
        _ids.Add(id);
        _cases[id] = (0, null);
        return id;
    }

    private BoardRow Row(Guid id, int version, BoardRow? was)
    {
        var number = 20_000 + _ids.IndexOf(id);
        var row = was ?? new BoardRow(
            id, version, number, id, Names[number % Names.Length], Types[_random.Next(Types.Length)],
            "The parcel came without the inlet kit, and nobody called back.", Stage.Contact, 1, Heat.Tense, Level.Buffer, null,
            _random.Next(3) == 0 ? null : new Money(_random.Next(10, 2000), "EUR"), now.AddMinutes(-_random.Next(4000)), Due(), [], [], 0);
        row = row with { Version = version };
        return _random.Next(8) switch
        {
            0 => row with { Heat = Any<Heat>() },
            1 => row with { Level = Any<Level>(), Escalations = [.. Enumerable.Range(1, _random.Next(3)).Select(n => new RowEscalation($"{id:N}-e{n}", Any<Level>(), "promise.lapsed:p1", now.AddMinutes(-n * 7)))] },
            2 => row with { Owner = _random.Next(4) == 0 ? null : Owners[_random.Next(Owners.Length)] },
            3 => row with { Stage = (Stage)_random.Next(5), Round = 1 + (_random.Next(5) / 2) },
            4 or 5 => row with { Due = _random.Next(8) == 0 ? null : Due() },
            6 => row with { Promises = [.. Enumerable.Range(1, _random.Next(3)).Select(n => Promise(n))] },
            _ => row with { CallTasks = _random.Next(2) },
        };
    }

    private RowDue Due()
    {
        // Few different instants, so that ties are common.
        var due = now.AddMinutes((_random.Next(-3, 30) * 5) + 1);
        var start = due.AddMinutes(-_random.Next(60, 400));
        var kind = Any<ClockKind>();
        return kind == ClockKind.Promise
            ? new RowDue(kind, "p1", Promised[_random.Next(Promised.Length)], start, null, start + (0.8 * (due - start)), due, ClockState.Running)
            : new RowDue(kind, kind == ClockKind.Internal ? Clock.Acknowledge : Clock.Resolution, null, start, start + (0.7 * (due - start)), null, due, ClockState.Running);
    }

    private RowPromise Promise(int number)
    {
        var due = now.AddMinutes((_random.Next(-2, 20) * 10) + 1);
        return new RowPromise($"p{number}", due, due.AddMinutes(-_random.Next(10, 90)), _random.Next(2));
    }

    private TWord Any<TWord>()
        where TWord : struct, Enum
    {
        var words = Enum.GetValues<TWord>();
        return words[_random.Next(words.Length)];
    }
}
