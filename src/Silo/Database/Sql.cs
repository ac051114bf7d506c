using Npgsql;

namespace Escalation.Silo.Database;

/// <summary>Commands with positional parameters, in one line.</summary>
internal static class Sql
{
    /// <summary>A command on a connection of the pool, with <paramref name="values"/> for <c>$1</c>, <c>$2</c> and so on.</summary>
    public static NpgsqlCommand CreateCommand(this NpgsqlDataSource dataSource, string sql, params ReadOnlySpan<object> values)
    {
        var command = dataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    /// <summary>The ids that the command finds, in its order.</summary>
    public static async Task<List<Guid>> ReadIdsAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }
}
