namespace Escalation.Silo.Database;

/// <summary>
/// Whom the server runs as. PostgreSQL refuses root; a host started by root runs it as the owner of the cluster, and
/// a new cluster belongs to the account "postgres" or, where there is none, "nobody". Everybody else runs it himself.
/// </summary>
internal sealed class PostgresAccount
{
    private const string Root = "0";
    private readonly TimeProvider _time;
    private readonly string? _owner;
    private readonly IReadOnlyList<string> _prefix;

    private PostgresAccount(TimeProvider time, string? owner, IReadOnlyList<string> prefix)
    {
        _time = time;
        _owner = owner;
        _prefix = prefix;
    }

    public static async Task<PostgresAccount> ChooseAsync(
        PostgresFolder folder, PostgresBinaries binaries, TimeProvider time, CancellationToken cancellationToken)
    {
        // On Windows pg_ctl itself puts an administrator's rights down.
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new PostgresAccount(time, owner: null, []);
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new PrivatePostgresException("PostgreSQL does not run as root. Start the host as an ordinary user.");
        }

        var (user, group) = await OwnerAsync(folder.Cluster, time, cancellationToken) ?? ServiceAccount();
        string[] plain = ["setpriv", $"--reuid={user}", $"--regid={group}", "--clear-groups"];

        // The folders may lie below one the account may not enter, such as /root. Then the server keeps the one right
        // to read past that. no_setuid_fixup because PostgreSQL asks access(2), which otherwise forgets such rights.
        string[][] ways =
        [
            plain,
            [.. plain, .. Keeping("dac_read_search")],
            [.. plain, .. Keeping("dac_override")],
        ];
        var said = "";
        foreach (var way in ways)
        {
            var reach = await Command.RunAsync(
                [.. way, "sh", "-c", "test -x \"$0\" && test -x \"$1\"", folder.Data, binaries.Server],
                time, cancellationToken: cancellationToken);
            if (reach.Succeeded)
            {
                return new PostgresAccount(time, $"{user}:{group}", way);
            }

            said = reach.Output;
        }

        throw new PrivatePostgresException(
            $"PostgreSQL does not run as root, and user {user} cannot reach {folder.Data} or {binaries.Folder}. "
            + $"Put them below a folder that others may enter, or start the host as an ordinary user. {said}".TrimEnd());

        static string[] Keeping(string capability) =>
            [$"--inh-caps=+{capability}", $"--ambient-caps=+{capability}", "--securebits=+no_setuid_fixup"];
    }

    public Task<Command> RunAsync(IEnumerable<string> line, string input = "", CancellationToken cancellationToken = default) =>
        Command.RunAsync([.. _prefix, .. line], _time, input, cancellationToken);

    /// <summary>Makes the account the owner of a file, or of a folder with all that is in it.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (_owner is null)
        {
            return;
        }

        var done = await Command.RunAsync(["chown", "-R", _owner, path], _time, cancellationToken: cancellationToken);
        if (!done.Succeeded)
        {
            throw new PrivatePostgresException($"{path} cannot be given to user {_owner}: {done.Output}");
        }
    }

    /// <summary>The owner of an existing cluster; one that was copied by root belongs to nobody yet.</summary>
    private static async Task<(string User, string Group)?> OwnerAsync(
        string cluster, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(cluster))
        {
            return null;
        }

        var stat = await Command.RunAsync(["stat", "-c", "%u:%g", cluster], time, cancellationToken: cancellationToken);
        return stat.Succeeded && stat.Output.Split(':') is [var user, var group] && user != Root ? (user, group) : null;
    }

    private static (string User, string Group) ServiceAccount()
    {
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3);
        var account = accounts.Where(fields => fields[0] is "postgres" or "nobody" && fields[2] != Root)
            .OrderBy(fields => fields[0] == "postgres" ? 0 : 1)
            .FirstOrDefault()
            ?? throw new PrivatePostgresException(
                "PostgreSQL does not run as root, and there is no account postgres or nobody to run it as. "
                + "Create one, or start the host as an ordinary user.");
        return (account[2], account[3]);
    }
}
