using Escalation.Grains.Hosting;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>Case numbers in blocks of a hundred, so that hardly any case has to ask the database for one.</summary>
internal sealed class PostgresCaseNumbers(NpgsqlDataSource dataSource) : ICaseNumbers, IDisposable
{
    // The sequence counts in the same steps.
    private const int BlockSize = 100;

    private readonly SemaphoreSlim _turn = new(1);
    private long _next;
    private long _end;

    /// <inheritdoc/>
    public async ValueTask<long> NextAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_next == _end)
            {
                _next = await dataSource.ReadAsync(ReserveAsync, cancellationToken);
                _end = _next + BlockSize;
            }

            return _next++;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static async Task<long> ReserveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select nextval('case_number')", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
