using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.History;

/// <summary>What a search looks in of a case's opening: the customer's name and the summary, as far as they are still there.</summary>
internal static class OpeningWords
{
    private const int AtATime = 5000;

    public static async Task<IReadOnlyDictionary<Guid, (string? Customer, string? Summary)>> ReadAsync(
        NpgsqlDataSource dataSource, IReadOnlyList<Guid> cases, CancellationToken cancellationToken)
    {
        var words = new Dictionary<Guid, (string?, string?)>(cases.Count);
        foreach (var chunk in cases.Chunk(AtATime))
        {
            await dataSource.ReadAsync(
                async (connection, token) =>
                {
                    await using var command = new NpgsqlCommand(
                        "select stream, kind, data, personal from event where stream = any($1) and version = 1", connection)
                    {
                        CommandTimeout = 0,
                        Parameters = { new() { Value = chunk, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
                    };
                    await using var reader = await command.ExecuteReaderAsync(token);
                    while (await reader.ReadAsync(token))
                    {
                        var (id, opened) = Read(reader);
                        words[id] = (opened?.Customer?.Name, BoardRow.SummaryOf(opened?.Summary));
                    }

                    return true;
                },
                cancellationToken);
        }

        return words;
    }

    private static (Guid Id, CaseEvent.CaseOpened? Opened) Read(NpgsqlDataReader reader) => (
        reader.GetGuid(0),
        EventCodec.Read(reader.GetString(1), reader.GetFieldValue<byte[]>(2), reader.IsDBNull(3) ? [] : reader.GetFieldValue<byte[]>(3)) as CaseEvent.CaseOpened);
}
