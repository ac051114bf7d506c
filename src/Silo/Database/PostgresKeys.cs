using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace Escalation.Silo.Database;

/// <summary>How to reach the private server: its password, and the port it had last. Only the owner may read the file.</summary>
internal sealed record PostgresKeys(int Port, string Password)
{
    public const string User = "escalation";

    /// <summary>The one database the host works in.</summary>
    public const string Database = "escalation";

    public static PostgresKeys Create() => new(Port: 0, RandomNumberGenerator.GetHexString(40, lowercase: true));

    public string ConnectionString(string database = Database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = User,
        Password = Password,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>The keys in the file; null when there is none, or one that says nothing.</summary>
    public static PostgresKeys? Read(string path)
    {
        try
        {
            var keys = JsonSerializer.Deserialize<PostgresKeys>(File.ReadAllText(path), JsonSerializerOptions.Web);
            return keys is { Password.Length: > 0 } ? keys : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file at once and for good: a cluster without its password would be of little use.</summary>
    public void Write(string path)
    {
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, options))
        {
            JsonSerializer.Serialize(file, this, JsonSerializerOptions.Web);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
