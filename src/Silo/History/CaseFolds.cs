using System.Runtime.CompilerServices;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.History;

/// <summary>Cases as they were, from their events. A case's events are read together, many cases at a time.</summary>
internal sealed class CaseFolds(NpgsqlDataSource dataSource)
{
    private const int AtATime = 500;

    /// <summary>
    /// Each case's row as it was at <paramref name="at"/>; null when it was not open. What came after the first later event
    /// counts as later, whatever its clock said.
    /// </summary>
    /// <param name="ids">The cases; no case twice.</param>
    /// <param name="at">The instant.</param>
    /// <param name="named">Whether customers' names and words are wanted, as far as they have not been erased.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Dictionary<Guid, BoardRow?>> RowsAsync(
        IReadOnlyCollection<Guid> ids, DateTimeOffset at, bool named, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<Guid, BoardRow?>(ids.Count);
        await Parallel.ForEachAsync(
            ids.Chunk(AtATime),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            async (chunk, token) =>
            {
                var some = await dataSource.ReadAsync((connection, inner) => RowsAsync(connection, chunk, at, named, inner), token);
                lock (rows)
                {
                    foreach (var (id, row) in some)
                    {
                        rows[id] = row;
                    }
                }
            });
        return rows;
    }

    /// <summary>
    /// Every change of a case's row after one instant and until another: when, by the event at which position, and the row from
    /// then on, without a name; null when the case was not open. Also how many events there were, and the last one's position.
    /// </summary>
    public async Task<(List<(DateTimeOffset At, long Position, Guid Id, BoardRow? Row)> Changes, int Events, long Position)> ChangesAsync(
        DateTimeOffset after, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var (ids, position) = await CasesAsync(after, until, cancellationToken);
        var changes = new List<(DateTimeOffset, long, Guid, BoardRow?)>();
        var events = 0;
        foreach (var chunk in ids.Chunk(AtATime))
        {
            await dataSource.ReadAsync(
                async (connection, token) =>
                {
                    var (some, count) = await ChangesAsync(connection, chunk, after, until, token);
                    changes.AddRange(some);
                    events += count;
                    return true;
                },
                cancellationToken);
        }

        return (changes, events, position);
    }

    /// <summary>The cases to which something happened after one instant and until another, and the position of the last event; 0 for none.</summary>
    public Task<(IReadOnlyCollection<Guid> Ids, long Position)> CasesAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellationToken) =>
        dataSource.ReadAsync<(IReadOnlyCollection<Guid>, long)>(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    "select stream, max(position) from event where at > $1 and at <= $2 and category = 'case' group by stream", connection)
                {
                    CommandTimeout = 0,
                    Parameters = { PostgresPastBoards.Parameter(after), PostgresPastBoards.Parameter(until) },
                };
                var (ids, position) = (new List<Guid>(), 0L);
                await using var reader = await command.ExecuteReaderAsync(token);
                while (await reader.ReadAsync(token))
                {
                    ids.Add(reader.GetGuid(0));
                    position = Math.Max(position, reader.GetInt64(1));
                }

                return (ids, position);
            },
            cancellationToken);

    private static async Task<(List<(DateTimeOffset, long, Guid, BoardRow?)> Changes, int Events)> ChangesAsync(
        NpgsqlConnection connection, Guid[] ids, DateTimeOffset after, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var changes = new List<(DateTimeOffset, long, Guid, BoardRow?)>();
        var events = 0;
        var state = Case.Empty(Guid.Empty);
        var (at, version, position) = (DateTimeOffset.MinValue, 0, 0L);
        await foreach (var happened in ReadAsync(connection, ids, named: false, cancellationToken))
        {
            events += happened.At > after && happened.At <= until ? 1 : 0;
            if (happened.Case != state.Id)
            {
                Conclude();
                (state, at) = (Case.Empty(happened.Case), DateTimeOffset.MinValue);
            }

            // An event counts from when all before it do, whatever its clock said; of those that count from one instant on, the last.
            if (happened.At > at)
            {
                Conclude();
                at = happened.At;
            }

            if (at <= until)
            {
                state = state.Evolve((CaseEvent)happened.Event(), happened.At, happened.By);
                (version, position) = (happened.Version, happened.Position);
            }
        }

        Conclude();
        return (changes, events);

        void Conclude()
        {
            if (at > after && at <= until)
            {
                changes.Add((at, position, state.Id, state.IsOpen ? BoardRow.Of(state, version) : null));
            }
        }
    }

    private static async Task<Dictionary<Guid, BoardRow?>> RowsAsync(
        NpgsqlConnection connection, Guid[] ids, DateTimeOffset at, bool named, CancellationToken cancellationToken)
    {
        var rows = ids.ToDictionary(id => id, _ => (BoardRow?)null);
        var (state, version, over) = (Case.Empty(Guid.Empty), 0, false);
        await foreach (var happened in ReadAsync(connection, ids, named, cancellationToken))
        {
            if (happened.Case != state.Id)
            {
                Conclude();
                (state, version, over) = (Case.Empty(happened.Case), 0, false);
            }

            over |= happened.At > at;
            if (!over)
            {
                (state, version) = (state.Evolve((CaseEvent)happened.Event(), happened.At, happened.By), happened.Version);
            }
        }

        Conclude();
        return rows;

        void Conclude()
        {
            if (state.IsOpen)
            {
                rows[state.Id] = BoardRow.Of(state, version);
            }
        }
    }

    /// <summary>All events of some cases, one case after the other.</summary>
    private static async IAsyncEnumerable<Happened> ReadAsync(
        NpgsqlConnection connection, Guid[] ids, bool named, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select stream, version, position, at, by, kind, data, {(named ? "personal" : "null::json")}
            from event
            where stream = any($1) and category = 'case'
            order by stream, version
            """,
            connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Read(reader);
        }
    }

    /// <summary>A row is in memory before it is read, so nothing waits; what is too late is not unpacked.</summary>
    private static Happened Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetInt32(1),
        reader.GetInt64(2),
        reader.GetFieldValue<DateTimeOffset>(3),
        reader.GetString(4),
        () => EventCodec.Read(reader.GetString(5), reader.GetFieldValue<byte[]>(6), reader.IsDBNull(7) ? [] : reader.GetFieldValue<byte[]>(7)));

    private readonly record struct Happened(Guid Case, int Version, long Position, DateTimeOffset At, string By, Func<IEvent> Event);
}
