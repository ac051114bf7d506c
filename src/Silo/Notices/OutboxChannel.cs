using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Silo.Database;
using Npgsql;

namespace Escalation.Silo.Notices;

/// <summary>Where notices go while no mail server is configured: a table that a developer reads in the browser.</summary>
internal sealed class OutboxChannel(NpgsqlDataSource dataSource, TimeProvider time) : INoticeChannel, IOutbox
{
    public Channel Channel => Channel.Email;

    public async Task<Delivery> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // That it was accepted is committed after it, and brings it to the disk before itself.
                new NpgsqlBatchCommand("select set_config('synchronous_commit', 'off', true)"),
                new NpgsqlBatchCommand(
                    """
                    insert into outbox (message_id, case_id, accepted_at, recipient, subject, body)
                    values ($1, $2, $3, $4, $5, $6)
                    on conflict (message_id) do nothing
                    """)
                {
                    Parameters =
                    {
                        new() { Value = message.MessageId }, new() { Value = message.CaseId }, new() { Value = time.GetUtcNow().UtcDateTime },
                        new() { Value = message.To }, new() { Value = message.Subject }, new() { Value = message.Body },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return Delivery.Taken;
    }

    public async Task<IReadOnlyList<OutboxMessage>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select message_id, case_id, accepted_at, recipient, subject, body
            from outbox
            order by accepted_at desc
            limit $1
            """,
            limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<OutboxMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(new OutboxMessage(
                reader.GetString(0), reader.GetGuid(1), reader.GetDateTime(2),
                reader.GetString(3), reader.GetString(4), reader.GetString(5)));
        }

        return messages;
    }
}
