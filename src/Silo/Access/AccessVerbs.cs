using System.Globalization;
using Escalation.Dashboard.Access;

namespace Escalation.Silo.Access;

/// <summary>What <c>keys ...</c> does on the command line. Each answers the exit code.</summary>
internal sealed class AccessVerbs(IAccessStore store, TimeProvider time, TextWriter output, TextWriter error)
{
    private const int LongestName = 100;
    private const int ShortestPassword = 10;

    /// <summary>Makes a key and shows it, this once.</summary>
    public async Task<int> AddKeyAsync(string name, IReadOnlyList<string> roles, CancellationToken cancellationToken)
    {
        if (!IsName(name) || !TryRoles(roles, out var held))
        {
            return 2;
        }

        var key = Secret.Create();
        await store.PutKeyAsync(name, held, Secret.Hash(key), time.GetUtcNow(), cancellationToken);
        await output.WriteLineAsync(key);
        await error.WriteLineAsync($"This is the key of '{name}'. It is shown only now; an earlier key of that name is revoked.");
        return 0;
    }

    public async Task<int> ListKeysAsync(CancellationToken cancellationToken)
    {
        foreach (var key in await store.ListKeysAsync(cancellationToken))
        {
            var state = key.RevokedAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"revoked {at:u}") : "in force";
            await output.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"{key.Name}\t{string.Join(',', RoleWords.Of(key.Roles))}\t{key.CreatedAt:u}\t{state}"));
        }

        return 0;
    }

    public async Task<int> RevokeKeyAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.RevokeKeyAsync(name, time.GetUtcNow(), cancellationToken))
        {
            await output.WriteLineAsync($"The key of '{name}' is revoked; running hosts forget it within half a minute.");
            return 0;
        }

        await error.WriteLineAsync($"No key named '{name}' is in force. 'keys list' shows all.");
        return 1;
    }

    /// <summary>Adds someone who signs in, or changes their roles and password. Without a password one is made and shown.</summary>
    public async Task<int> AddPersonAsync(
        string user, IReadOnlyList<string> roles, string? password, CancellationToken cancellationToken)
    {
        if (!IsName(user) || !TryRoles(roles, out var held))
        {
            return 2;
        }

        if (password is { Length: < ShortestPassword })
        {
            await error.WriteLineAsync($"A password needs at least {ShortestPassword} characters.");
            return 2;
        }

        var word = password ?? Secret.Create()[..20];
        await store.PutPersonAsync(user, held, Passwords.Hash(word), time.GetUtcNow(), cancellationToken);
        await output.WriteLineAsync(password is null ? word : $"'{user}' can sign in.");
        return 0;
    }

    private bool IsName(string name)
    {
        if (name.Length is > 0 and <= LongestName && !string.IsNullOrWhiteSpace(name) && !name.Any(char.IsControl))
        {
            return true;
        }

        error.WriteLine($"A name has 1 to {LongestName} characters on one line.");
        return false;
    }

    private bool TryRoles(IReadOnlyList<string> words, out Grains.Roles roles)
    {
        if (RoleWords.TryParse(words, out roles, out var unknown))
        {
            return true;
        }

        error.WriteLine(
            $"{(unknown is null ? "A role is needed" : $"'{unknown}' is no role")}; roles are {string.Join(", ", RoleWords.All)}.");
        return false;
    }
}
