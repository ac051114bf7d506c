using System.Collections.Concurrent;
using System.Text.Json;
using Escalation.Grains.Policies;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Policy;

/// <summary>
/// The policy in force, read from its folder, and every version that ever was in force, kept in the database: a case
/// goes on being judged by the one it knows until someone has it judged anew.
/// </summary>
internal sealed class PolicyBook : IPolicySource
{
    private readonly string _folder;
    private readonly NpgsqlDataSource _dataSource;
    private readonly ConcurrentDictionary<string, Grains.Policies.Policy?> _known = new(StringComparer.Ordinal);
    private volatile PolicyFiles _files;
    private volatile Grains.Policies.Policy _current;

    /// <exception cref="PolicyException">The folder cannot be used.</exception>
    public PolicyBook(string folder, NpgsqlDataSource dataSource)
    {
        (_folder, _dataSource) = (folder, dataSource);
        _files = PolicyFiles.In(folder);
        _current = PolicyReader.Read(_files);
    }

    public Grains.Policies.Policy Current => _current;

    /// <summary>Asks the database once for a version that this host has not met; a version never changes.</summary>
    public Grains.Policies.Policy? Find(string version) =>
        version == _current.Version ? _current : _known.GetOrAdd(version, Load);

    /// <summary>Keeps the version in force. To be done before any case is judged by it.</summary>
    public async Task StoreAsync(CancellationToken cancellationToken) => await StoreAsync(_current, _files, cancellationToken);

    /// <summary>Reads the folder anew.</summary>
    /// <exception cref="PolicyException">The folder cannot be used; nothing has changed.</exception>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var files = PolicyFiles.In(_folder);
        var policy = PolicyReader.Read(files);
        await StoreAsync(policy, files, cancellationToken);
        _known[_current.Version] = _current;
        (_files, _current) = (files, policy);
    }

    private async Task StoreAsync(Grains.Policies.Policy policy, PolicyFiles files, CancellationToken cancellationToken) =>
        await _dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    "insert into policy_version (id, files) values ($1, $2) on conflict (id) do nothing", connection)
                {
                    Parameters =
                    {
                        new() { Value = policy.Version },
                        new() { Value = JsonSerializer.Serialize(files.Judging), NpgsqlDbType = NpgsqlDbType.Jsonb },
                    },
                };
                return await command.ExecuteNonQueryAsync(token);
            },
            cancellationToken);

    /// <summary>Not asynchronous, because rules ask; it happens once for each version that another host brought in.</summary>
    private Grains.Policies.Policy? Load(string version)
    {
        try
        {
            using var command = _dataSource.CreateCommand("select files from policy_version where id = $1");
            command.Parameters.Add(new NpgsqlParameter { Value = version });
            return command.ExecuteScalar() is string files
                ? PolicyReader.ReadOld(_files with { Judging = JsonSerializer.Deserialize<Dictionary<string, string>>(files)! }) with { Version = version }
                : null;
        }
        catch (Exception e) when (LogFailures.IsAway(e))
        {
            throw LogFailures.Unavailable(e);
        }
    }
}
