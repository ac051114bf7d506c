using System.Net.Sockets;
using Escalation.Grains.Log;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>What an exception of the driver means for the log.</summary>
internal static class LogFailures
{
    /// <summary>Two transactions got in each other's way; the same again will do.</summary>
    public static bool IsRace(Exception e) => e is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation,
    };

    /// <summary>The data cannot be stored: nothing is wrong with the database, and trying again would not help.</summary>
    public static bool IsRejected(Exception e) =>
        e is PostgresException { SqlState: var state } &&
        (state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal));

    /// <summary>The database is away, is going away or cannot write now.</summary>
    public static bool IsAway(Exception e) =>
        e is NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException && !IsRejected(e);

    public static LogUnavailableException Unavailable(Exception e) =>
        new("The database could not be reached, or went away in the middle. Try again; nothing acknowledged is lost.", e);

    /// <summary>Reads something that may be read twice: a connection that died in the pool is worth one more try.</summary>
    public static async Task<T> ReadAsync<T>(
        this NpgsqlDataSource dataSource,
        Func<NpgsqlConnection, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
                return await read(connection, cancellationToken);
            }
            catch (Exception e) when (IsAway(e))
            {
                if (again)
                {
                    throw Unavailable(e);
                }

                dataSource.Clear();
            }
        }
    }
}

/// <summary>One append's data cannot be stored, for instance because a text contains a NUL character. A bug at the edge.</summary>
internal sealed class AppendRejectedException(Append append, Exception inner) : Exception(
    $"Stream {append.Stream} at version {append.ExpectedVersion}: command {append.CommandId} cannot be stored: {inner.Message}", inner)
{
    public Guid Stream { get; } = append.Stream;

    public Guid CommandId { get; } = append.CommandId;
}
