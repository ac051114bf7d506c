using System.Text.Json;

namespace Escalation.Silo.Database;

/// <summary>
/// One host per data folder. The lock is the operating system's, on an open file: it ends with the process, however
/// that ends. Who holds it stands in a file beside, for the message only.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _held;
    private readonly string _holderFile;

    private DataFolderLock(FileStream held, string holderFile)
    {
        _held = held;
        _holderFile = holderFile;
        Write(url: null);
    }

    /// <summary>Takes the folder, making it if need be; refuses with a sentence for the person who started us.</summary>
    public static DataFolderLock Acquire(string dataFolder) =>
        TryAcquire(dataFolder) ?? throw DataFolderInUseException.For(Path.GetFullPath(dataFolder));

    /// <summary>Takes the folder, or answers null while another process has it.</summary>
    public static DataFolderLock? TryAcquire(string dataFolder)
    {
        var folder = Path.GetFullPath(dataFolder);
        try
        {
            Directory.CreateDirectory(folder);
            var held = new FileStream(
                Path.Combine(folder, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolderLock(held, HolderFile(folder));
        }
        catch (IOException e) when (IsHeldElsewhere(e))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PrivatePostgresException(
                $"The data folder {folder} cannot be used: {e.Message} Make it writable, or choose another with --data.");
        }
    }

    /// <summary>Where the host answers, once it does: for the message a second host gives.</summary>
    public void Announce(string url) => Write(url);

    public void Dispose()
    {
        if (_held.SafeFileHandle.IsClosed)
        {
            return;
        }

        File.Delete(_holderFile);
        _held.Dispose();
    }

    /// <summary>Who holds the folder, as far as he has said.</summary>
    internal static Holder? HolderOf(string dataFolder)
    {
        try
        {
            return JsonSerializer.Deserialize<Holder>(
                File.ReadAllText(HolderFile(dataFolder)), JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string HolderFile(string folder) => Path.Combine(folder, "host.json");

    private static bool IsHeldElsewhere(IOException e)
    {
        const int SharingViolation = 32;
        const int LockViolation = 33;
        const int WouldBlockOnLinux = 11;
        const int WouldBlockOnMac = 35;
        return OperatingSystem.IsWindows()
            ? (e.HResult & 0xFFFF) is SharingViolation or LockViolation
            : e.HResult is WouldBlockOnLinux or WouldBlockOnMac;
    }

    private void Write(string? url) =>
        File.WriteAllText(
            _holderFile, JsonSerializer.Serialize(new Holder(Environment.ProcessId, url), JsonSerializerOptions.Web));

    internal sealed record Holder(int Process, string? Url);
}

/// <summary>Another process has the data folder.</summary>
internal sealed class DataFolderInUseException(string message) : Exception(message)
{
    public static DataFolderInUseException For(string dataFolder)
    {
        var holder = DataFolderLock.HolderOf(dataFolder);
        var process = holder is null ? "another process" : $"process {holder.Process}";
        var url = holder?.Url is null ? "" : $" ({holder.Url})";
        return new DataFolderInUseException(
            $"The data folder {dataFolder} is in use by {process}{url}. Stop it, or choose another with --data.");
    }
}
