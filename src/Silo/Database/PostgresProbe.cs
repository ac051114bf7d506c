using Npgsql;

namespace Escalation.Silo.Database;

/// <summary>What a server says when asked whose it is.</summary>
internal enum Answer
{
    Ours,

    /// <summary>Nobody listens, or nobody who speaks PostgreSQL.</summary>
    Nothing,

    /// <summary>It is starting, replaying its log, or stopping.</summary>
    NotYet,

    /// <summary>It takes no connection from us, for instance because there are too many.</summary>
    Refused,

    WrongPassword,

    AnotherCluster,
}

/// <summary>Asks a server whether it serves our cluster.</summary>
internal static class PostgresProbe
{
    /// <summary>If the server is ours, its database is there when this returns.</summary>
    public static async Task<Answer> AskAsync(
        PostgresFolder folder, PostgresKeys keys, CancellationToken cancellationToken)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(keys.ConnectionString("template1"))
        {
            Pooling = false,
            Timeout = 5,
        }.ConnectionString;
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(cancellationToken);
            var (directory, hasDatabase) = await AskAsync(connection, cancellationToken);
            if (!Path.GetFullPath(directory).Equals(folder.Cluster, PathComparison))
            {
                return Answer.AnotherCluster;
            }

            if (!hasDatabase)
            {
                // The database initdb has made anyway: a second one would cost a first start 0.2 seconds of fsync.
                await using var rename = new NpgsqlCommand(
                    $"alter database postgres rename to {PostgresKeys.Database}", connection);
                await rename.ExecuteNonQueryAsync(cancellationToken);
            }

            return Answer.Ours;
        }
        catch (PostgresException e)
        {
            return e.SqlState switch
            {
                PostgresErrorCodes.InvalidPassword => Answer.WrongPassword,
                PostgresErrorCodes.CannotConnectNow => Answer.NotYet,
                _ => Answer.Refused,
            };
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return Answer.Nothing;
        }
    }

    private static StringComparison PathComparison =>
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static async Task<(string Directory, bool HasDatabase)> AskAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var question = new NpgsqlCommand(
            """
            select current_setting('data_directory'), exists (select from pg_database where datname = $1)
            """,
            connection);
        question.Parameters.Add(new() { Value = PostgresKeys.Database });
        await using var answer = await question.ExecuteReaderAsync(cancellationToken);
        await answer.ReadAsync(cancellationToken);
        return (answer.GetString(0), answer.GetBoolean(1));
    }
}
