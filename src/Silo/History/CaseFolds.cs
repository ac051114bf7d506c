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

    private static async Task<Dictionary<Guid, BoardRow?>> RowsAsync(
        NpgsqlConnection connection, Guid[] ids, DateTimeOffset at, bool named, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select stream, at, by, kind, data, {(named ? "personal" : "null::json")}, version
            from event
            where stream = any($1) and category = 'case'
            order by stream, version
            """,
            connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
        };
        var rows = ids.ToDictionary(id => id, _ => (BoardRow?)null);
        var (state, version, over) = (Case.Empty(Guid.Empty), 0, false);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (id, happenedAt, by, happened, number) = Read(reader);
            if (id != state.Id)
            {
                Conclude();
                (state, version, over) = (Case.Empty(id), 0, false);
            }

            over |= happenedAt > at;
            if (!over)
            {
                (state, version) = (state.Evolve((CaseEvent)happened(), happenedAt, by), number);
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

    /// <summary>A row is in memory before it is read, so nothing waits; what is too late is not unpacked.</summary>
    private static (Guid Id, DateTimeOffset At, string By, Func<IEvent> Happened, int Version) Read(NpgsqlDataReader reader) => (
        reader.GetGuid(0),
        reader.GetFieldValue<DateTimeOffset>(1),
        reader.GetString(2),
        () => EventCodec.Read(reader.GetString(3), reader.GetFieldValue<byte[]>(4), reader.IsDBNull(5) ? [] : reader.GetFieldValue<byte[]>(5)),
        reader.GetInt32(6));
}
