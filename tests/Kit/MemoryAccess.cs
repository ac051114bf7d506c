using System.Collections.Concurrent;
using Escalation.Dashboard.Access;
using Escalation.Grains;

namespace Escalation.TestKit;

/// <summary>Keys, people and sign-ins in memory.</summary>
public sealed class MemoryAccess : IAccessStore
{
    private readonly ConcurrentDictionary<string, (AccessKey Key, string Hash)> _keys = new();
    private readonly ConcurrentDictionary<string, Person> _people = new();
    private readonly ConcurrentDictionary<string, (string User, DateTimeOffset ExpiresAt)> _sessions = new();

    public Task<AccessKey?> FindKeyAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken)
    {
        var text = Convert.ToHexString(hash.Span);
        return Task.FromResult(_keys.Values.FirstOrDefault(pair => pair.Hash == text && pair.Key.RevokedAt is null).Key)!;
    }

    public Task<Session?> FindSessionAsync(ReadOnlyMemory<byte> hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(
            _sessions.TryGetValue(Convert.ToHexString(hash.Span), out var session) && session.ExpiresAt > now
                ? new Session(session.User, _people[session.User].Roles, session.ExpiresAt)
                : null);

    public Task<Person?> FindPersonAsync(string user, CancellationToken cancellationToken) =>
        Task.FromResult(_people.GetValueOrDefault(user));

    public Task StartSessionAsync(
        ReadOnlyMemory<byte> hash, string user, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        _sessions[Convert.ToHexString(hash.Span)] = (user, expiresAt);
        return Task.CompletedTask;
    }

    public Task EndSessionAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken)
    {
        _sessions.TryRemove(Convert.ToHexString(hash.Span), out _);
        return Task.CompletedTask;
    }

    public Task PutKeyAsync(string name, Roles roles, ReadOnlyMemory<byte> hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _keys[name] = (new AccessKey(name, roles, now, null), Convert.ToHexString(hash.Span));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AccessKey>> ListKeysAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AccessKey>>([.. _keys.Values.Select(pair => pair.Key)]);

    public Task<bool> RevokeKeyAsync(string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!_keys.TryGetValue(name, out var pair) || pair.Key.RevokedAt is not null)
        {
            return Task.FromResult(false);
        }

        _keys[name] = (pair.Key with { RevokedAt = now }, pair.Hash);
        return Task.FromResult(true);
    }

    public Task PutPersonAsync(string user, Roles roles, string passwordHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _people[user] = new Person(user, roles, passwordHash);
        foreach (var session in _sessions.Where(session => session.Value.User == user))
        {
            _sessions.TryRemove(session.Key, out _);
        }

        return Task.CompletedTask;
    }
}
