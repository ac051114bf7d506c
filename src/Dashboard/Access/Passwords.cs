using Microsoft.AspNetCore.Identity;

namespace Escalation.Dashboard.Access;

/// <summary>Passwords of people, hashed by the framework's slow hash.</summary>
public static class Passwords
{
    private static readonly PasswordHasher<string> Hasher = new();

    /// <summary>Compared with when there is no such person, so that an answer takes as long for unknown names.</summary>
    private static readonly Lazy<string> Nobody = new(() => Hash(Secret.Create()));

    public static string Hash(string password) => Hasher.HashPassword("", password);

    /// <summary>True when <paramref name="password"/> is the person's. Takes the same time when there is no person.</summary>
    public static bool Matches(Person? person, string password) =>
        Hasher.VerifyHashedPassword("", person?.PasswordHash ?? Nobody.Value, password) != PasswordVerificationResult.Failed &&
        person is not null;
}
