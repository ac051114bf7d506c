using Escalation.Silo.Database;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Database;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly string _folder;
    private readonly DataFolderLock _lock;

    public DataFolderLockTests()
    {
        (_folder, _lock) = TestPostgres.NewFolder();
    }

    public void Dispose() => TestPostgres.Remove(_folder, _lock);

    [Fact]
    public void A_second_host_is_told_who_has_the_folder_and_what_to_do()
    {
        _lock.Announce("http://localhost:5080");

        var refusal = Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Acquire(_folder));

        Assert.Equal(
            $"The data folder {_folder} is in use by process {Environment.ProcessId} (http://localhost:5080). "
            + "Stop it, or choose another with --data.",
            refusal.Message);
    }

    [Fact]
    public void A_host_that_has_not_said_where_it_answers_is_named_without()
    {
        var refusal = Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Acquire(_folder));

        Assert.Equal(
            $"The data folder {_folder} is in use by process {Environment.ProcessId}. "
            + "Stop it, or choose another with --data.",
            refusal.Message);
    }

    [Fact]
    public void The_folder_is_free_when_its_host_has_ended()
    {
        _lock.Dispose();

        using var next = DataFolderLock.Acquire(_folder);
        Assert.Null(DataFolderLock.TryAcquire(_folder));

        // Ending twice must not end the next one's hold.
        _lock.Dispose();
        Assert.Null(DataFolderLock.TryAcquire(_folder));
        Assert.Equal(Environment.ProcessId, DataFolderLock.HolderOf(_folder)?.Process);
    }

    [Fact]
    public void A_data_folder_that_cannot_be_made_is_refused_with_a_sentence()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        var refusal = Assert.Throws<PrivatePostgresException>(() => DataFolderLock.TryAcquire(Path.Combine(file, "data")));

        Assert.StartsWith($"The data folder {Path.Combine(file, "data")} cannot be used: ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("choose another with --data.", refusal.Message, StringComparison.Ordinal);
    }
}
