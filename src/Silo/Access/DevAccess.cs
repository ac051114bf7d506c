using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Grains;

namespace Escalation.Silo.Access;

/// <summary>
/// In Development only: keys and sign-ins for trying things out, written where the developer and the tools find them.
/// What an earlier start wrote stays, as long as the database still knows it.
/// </summary>
internal sealed class DevAccess(IAccessStore store, TimeProvider time)
{
    public const string FileName = "dev-access.json";

    private static readonly (string User, Roles Role)[] People =
        [("ana", Roles.Agent), ("mihai", Roles.Agent), ("irina", Roles.Supervisor), ("vlad", Roles.Admin)];

    private static readonly JsonSerializerOptions Indented = new(Wire.Json) { WriteIndented = true };

    /// <summary>The file's content.</summary>
    internal sealed record Sheet(string Intake, string Agent, string Supervisor, string Admin, IReadOnlyList<SignIn> SignIns)
    {
        public IEnumerable<(string Name, Roles Roles, string Key)> Keys =>
        [
            ("intake", Roles.Intake, Intake), ("agent", Roles.Agent, Agent),
            ("supervisor", Roles.Supervisor, Supervisor), ("admin", Roles.Admin, Admin),
        ];
    }

    /// <summary>Someone who can sign in.</summary>
    internal sealed record SignIn(string User, string Password, string Role);

    /// <summary>Writes <c>dev-access.json</c> under <paramref name="dataFolder"/>, unless the one there still works. Answers its path.</summary>
    public async Task<string> WriteAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(dataFolder, FileName);
        if (await ReadAsync(path, cancellationToken) is { } sheet && await WorksAsync(sheet, cancellationToken))
        {
            return path;
        }

        sheet = new Sheet(
            Secret.Create(), Secret.Create(), Secret.Create(), Secret.Create(),
            [.. People.Select(person => new SignIn(person.User, Secret.Create()[..16], RoleWords.Of(person.Role)[0]))]);
        var now = time.GetUtcNow();
        foreach (var (name, roles, key) in sheet.Keys)
        {
            await store.PutKeyAsync(name, roles, Secret.Hash(key), now, cancellationToken);
        }

        var people = People.Zip(sheet.SignIns, (person, signIn) => (person.User, person.Role, signIn.Password));
        await Parallel.ForEachAsync(people, cancellationToken, async (person, token) =>
            await store.PutPersonAsync(person.User, person.Role, Passwords.Hash(person.Password), now, token));
        await WriteAsync(path, sheet, cancellationToken);
        return path;
    }

    private static async Task<Sheet?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize<Sheet>(await File.ReadAllBytesAsync(path, cancellationToken), Wire.Json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Not there, or not ours: it is written anew.
            return null;
        }
    }

    private async Task<bool> WorksAsync(Sheet sheet, CancellationToken cancellationToken)
    {
        foreach (var (name, _, key) in sheet.Keys)
        {
            if (string.IsNullOrEmpty(key) || (await store.FindKeyAsync(Secret.Hash(key), cancellationToken))?.Name != name)
            {
                return false;
            }
        }

        foreach (var (user, _) in People)
        {
            if (sheet.SignIns?.Any(signIn => signIn.User == user) != true ||
                await store.FindPersonAsync(user, cancellationToken) is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Readable by its owner alone from the first byte on, and never half written.</summary>
    private static async Task WriteAsync(string path, Sheet sheet, CancellationToken cancellationToken)
    {
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var file = new FileStream(unfinished, options))
        {
            await JsonSerializer.SerializeAsync(file, sheet, Indented, cancellationToken);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
