using Npgsql;

namespace Escalation.Silo.Database;

/// <summary>
/// A connection whose session is changed: by settings, advisory locks, LISTEN. The pool hands connections on as they come back (to have the
/// server put each in order every time would be a good part of its work), so this one goes back as it came.
/// </summary>
internal sealed class Session : IAsyncDisposable
{
    private const int LongestReset = 5;

    private readonly NpgsqlDataSource _dataSource;

    private Session(NpgsqlDataSource dataSource, NpgsqlConnection connection)
    {
        _dataSource = dataSource;
        Connection = connection;
    }

    public NpgsqlConnection Connection { get; }

    public static async Task<Session> OpenAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken) =>
        new(dataSource, await dataSource.OpenConnectionAsync(cancellationToken));

    /// <summary>Gives the locks up, ends the listening and takes the settings back. What cannot be put in order is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // What is broken has been closed, and has given everything up with it.
            if (Connection.State == System.Data.ConnectionState.Open)
            {
                await using var reset = new NpgsqlCommand("reset all; unlisten *; select pg_advisory_unlock_all()", Connection) { CommandTimeout = LongestReset };
                await reset.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
        {
            _dataSource.Clear();
        }
        finally
        {
            await Connection.DisposeAsync();
        }
    }
}
