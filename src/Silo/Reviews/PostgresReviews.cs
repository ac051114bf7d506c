using Escalation.Grains.Reviews;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Reviews;

/// <summary>Reviews, page by page, folded from their events.</summary>
internal sealed class PostgresReviews(NpgsqlDataSource dataSource) : IReviewList
{
    // Each review once, in the order in which it was recorded. What it opened and whether it was answered are events of its stream.
    private const string PageSql =
        """
        select recorded.stream, recorded.position
        from event as recorded
        where recorded.kind = 'reviewRecorded'
            and recorded.position < $1
            and ($2::text is null or recorded.data ->> 'place' = $2)
            and (not $3 or (
                exists (
                    select from event as said
                    where said.stream = recorded.stream
                        and said.kind in ('reviewRecorded', 'reviewEdited')
                        and (said.data ->> 'isComplaint')::boolean
                )
                and not exists (
                    select from event as replied
                    where replied.stream = recorded.stream
                        and replied.kind = 'reviewReplied'
                )
            ))
        order by recorded.position desc
        limit $4
        """;

    private const string EntriesSql =
        $"""
        select {EntryReader.Columns}
        from event
        where stream = any($1)
        order by stream, version
        """;

    public Task<IReadOnlyList<ListedReview>> ReadAsync(
        string? place, bool awaitingReply, long before, int limit, CancellationToken cancellationToken) =>
        dataSource.ReadAsync<IReadOnlyList<ListedReview>>(
            async (connection, token) =>
            {
                var page = await PageAsync(connection, place, awaitingReply, before, limit, token);
                var found = await FoldAsync(connection, [.. page.Select(row => row.Id)], token);
                return [.. page.Where(row => found.ContainsKey(row.Id)).Select(row => new ListedReview(found[row.Id].State, found[row.Id].Version, row.Position))];
            },
            cancellationToken);

    private static async Task<List<(Guid Id, long Position)>> PageAsync(
        NpgsqlConnection connection, string? place, bool awaitingReply, long before, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PageSql, connection)
        {
            Parameters =
            {
                new() { Value = before },
                new() { Value = (object?)place ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = awaitingReply },
                new() { Value = limit },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<(Guid, long)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add((reader.GetGuid(0), reader.GetInt64(1)));
        }

        return page;
    }

    private static async Task<Dictionary<Guid, (Review State, int Version)>> FoldAsync(
        NpgsqlConnection connection, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(EntriesSql, connection)
        {
            Parameters = { new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<Guid, (Review State, int Version)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var entry = EntryReader.Read(reader);
            var state = found.TryGetValue(entry.Stream, out var known) ? known.State : Review.Empty(entry.Stream);
            found[entry.Stream] = (state.Evolve((ReviewEvent)entry.Event, entry.At, entry.By), entry.Version);
        }

        return found;
    }
}
