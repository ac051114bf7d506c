using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Escalation.Grains;
using Escalation.Grains.Log;

namespace Escalation.Dashboard.Access;

/// <summary>
/// Who stands behind a key or a cookie. Remembered for half a minute, which is how long a revoked key may go on
/// working elsewhere; while the database is away, what was known stays known for a quarter of an hour.
/// </summary>
public sealed class SignIns(IAccessStore store, TimeProvider time)
{
    private const int MostRemembered = 10_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FreshUnknown = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Usable = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<Digest, Known> _known = new();

    /// <summary>The program whose key this is, or null.</summary>
    public ValueTask<ActorPrincipal?> FindByKeyAsync(ReadOnlySpan<char> key, CancellationToken cancellationToken) =>
        FindAsync(key, ActorPrincipal.Means.Key, cancellationToken);

    /// <summary>The person whose cookie this is, or null.</summary>
    public ValueTask<ActorPrincipal?> FindByCookieAsync(ReadOnlySpan<char> token, CancellationToken cancellationToken) =>
        FindAsync(token, ActorPrincipal.Means.Cookie, cancellationToken);

    /// <summary>Forgets a sign-in that has just ended.</summary>
    public void Forget(ReadOnlySpan<char> token)
    {
        if (Digest.TryOf(token, ActorPrincipal.Means.Cookie, out var digest))
        {
            _known.TryRemove(digest, out _);
        }
    }

    private ValueTask<ActorPrincipal?> FindAsync(
        ReadOnlySpan<char> secret, ActorPrincipal.Means means, CancellationToken cancellationToken)
    {
        if (!Digest.TryOf(secret, means, out var digest))
        {
            return new((ActorPrincipal?)null);
        }

        return _known.TryGetValue(digest, out var known) && time.GetUtcNow() < known.FreshUntil
            ? new(known.Principal)
            : new(LookUpAsync(digest, known, cancellationToken));
    }

    private async Task<ActorPrincipal?> LookUpAsync(Digest digest, Known? before, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Known found;
        try
        {
            found = await AskAsync(digest, now, cancellationToken);
        }
        catch (LogUnavailableException) when (before?.Principal is not null && now < before.UsableUntil)
        {
            return before.Principal;
        }

        if (_known.Count >= MostRemembered)
        {
            _known.Clear();
        }

        _known[digest] = found;
        return found.Principal;
    }

    private async Task<Known> AskAsync(Digest digest, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (digest.Means == ActorPrincipal.Means.Key)
        {
            return await store.FindKeyAsync(digest.ToBytes(), cancellationToken) is { } key
                ? new Known(new ActorPrincipal(new Actor(key.Name, key.Roles), digest.Means), now + Fresh, now + Usable)
                : Unknown(now);
        }

        if (await store.FindSessionAsync(digest.ToBytes(), now, cancellationToken) is not { } session)
        {
            return Unknown(now);
        }

        return new Known(
            new ActorPrincipal(new Actor(session.User, session.Roles), digest.Means),
            Earlier(now + Fresh, session.ExpiresAt),
            Earlier(now + Usable, session.ExpiresAt));
    }

    private static Known Unknown(DateTimeOffset now) => new(null, now + FreshUnknown, now);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private sealed record Known(ActorPrincipal? Principal, DateTimeOffset FreshUntil, DateTimeOffset UsableUntil);

    /// <summary>
    /// A SHA-256 as a dictionary's key. Looking it up takes no constant time, and need not: whoever measures it learns
    /// about the hash of what they sent, from which no other key can be made.
    /// </summary>
    private readonly record struct Digest(ulong A, ulong B, ulong C, ulong D, ActorPrincipal.Means Means)
    {
        public static bool TryOf(ReadOnlySpan<char> secret, ActorPrincipal.Means means, out Digest digest)
        {
            Span<byte> hash = stackalloc byte[Secret.HashSize];
            if (!Secret.TryHash(secret, hash))
            {
                digest = default;
                return false;
            }

            var words = MemoryMarshal.Cast<byte, ulong>(hash);
            digest = new Digest(words[0], words[1], words[2], words[3], means);
            return true;
        }

        public byte[] ToBytes() => MemoryMarshal.AsBytes([A, B, C, D]).ToArray();
    }
}
