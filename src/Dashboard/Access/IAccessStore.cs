using Escalation.Grains;

namespace Escalation.Dashboard.Access;

/// <summary>A program's key. The key itself is not stored, only its SHA-256.</summary>
public sealed record AccessKey(string Name, Roles Roles, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>Someone who signs in with a password.</summary>
public sealed record Person(string User, Roles Roles, string PasswordHash);

/// <summary>A person's sign-in that still holds.</summary>
public sealed record Session(string User, Roles Roles, DateTimeOffset ExpiresAt);

/// <summary>Keys, people and their sign-ins. Everything secret arrives here hashed.</summary>
/// <remarks>Every method throws <see cref="Grains.Log.LogUnavailableException"/> when the database is away.</remarks>
public interface IAccessStore
{
    /// <summary>The key with this hash, unless it was revoked.</summary>
    Task<AccessKey?> FindKeyAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken);

    /// <summary>The sign-in with this hash, with the person's roles as they are now; null when ended or expired.</summary>
    Task<Session?> FindSessionAsync(ReadOnlyMemory<byte> hash, DateTimeOffset now, CancellationToken cancellationToken);

    Task<Person?> FindPersonAsync(string user, CancellationToken cancellationToken);

    /// <summary>Remembers a sign-in, and forgets those that have expired by <paramref name="now"/>.</summary>
    Task StartSessionAsync(
        ReadOnlyMemory<byte> hash, string user, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    Task EndSessionAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken);

    /// <summary>Adds a key; one of the same name is revoked in the same breath, so that a name always means one key.</summary>
    Task PutKeyAsync(string name, Roles roles, ReadOnlyMemory<byte> hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Every key there ever was, oldest first.</summary>
    Task<IReadOnlyList<AccessKey>> ListKeysAsync(CancellationToken cancellationToken);

    /// <summary>False when no key of that name is in force.</summary>
    Task<bool> RevokeKeyAsync(string name, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Adds a person or changes their roles and password; their sign-ins end.</summary>
    Task PutPersonAsync(string user, Roles roles, string passwordHash, DateTimeOffset now, CancellationToken cancellationToken);
}
