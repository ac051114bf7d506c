using System.Text.RegularExpressions;
using Escalation.Silo.Database;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Escalation.Silo.Tests.Database;

/// <summary>What an operator needs on the worst day: a file that brings everything back, and plain words where it cannot.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-backup-").FullName;

    private string File => Path.Combine(_folder, "platform.backup");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_backup_taken_from_a_running_host_brings_everything_back_in_another_place()
    {
        var (first, second) = (Path.Combine(_folder, "first"), Path.Combine(_folder, "second"));
        string id, page;
        await using (var host = await HostProcess.StartAsync(first))
        {
            using var ana = host.ClientFor("agent");
            id = (await ana.OpenCaseAsync()).GetProperty("id").GetString()!;
            await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered", dueAt = TimeProvider.System.GetUtcNow().AddDays(2) });
            var letter = (await ana.GetJsonAsync("/api/dev/outbox")).GetProperty("items")[0].GetProperty("body").GetString()!;
            page = Regex.Match(letter, "/c/[A-Za-z0-9_-]+").Value;

            var (exitCode, output) = await HostProcess.RunAsync("backup", File, "--data", first);
            Assert.True(exitCode == 0, output);
            Assert.Equal(0, await host.StopAsync());
        }

        var (restored, said) = await HostProcess.RunAsync("restore", File, "--data", second);

        Assert.True(restored == 0, said);
        Assert.Matches(@"faults\s+0", said);
        await using var next = await HostProcess.StartAsync(second);
        using var irina = next.ClientFor("supervisor");
        Assert.Equal("open", (await irina.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0].GetProperty("state").GetString());
        Assert.Equal(id, (await irina.GetJsonAsync("/api/board")).GetProperty("items")[0].GetProperty("id").GetString());
        Assert.True((await irina.OpenCaseAsync("Vera", "vera@example.org")).GetProperty("number").GetInt64() > 1);

        // A link that the customer was sent before goes on working.
        using var customer = new HttpClient { BaseAddress = next.Url };
        using var answer = await customer.GetAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{page} answered {answer.StatusCode}");
    }

    [Fact]
    public async Task It_is_never_written_over_history_nor_under_a_running_host()
    {
        await using var platform = await TestPlatform.StartAsync();
        var backup = new Backup(platform.Services.GetRequiredService<NpgsqlDataSource>(), platform.Time);
        await backup.WriteAsync(File, Path.Combine(_folder, "none"), TestContext.Current.CancellationToken);

        var running = await Assert.ThrowsAsync<BackupException>(
            () => backup.RestoreAsync(File, Path.Combine(_folder, "none"), TestContext.Current.CancellationToken));
        Assert.Contains("A host runs", running.Message, StringComparison.Ordinal);

        using var ana = platform.ClientFor("agent");
        await ana.OpenCaseAsync();
        await using var source = NpgsqlDataSource.Create(platform.ConnectionString);
        await platform.StopAsync();
        var full = await Assert.ThrowsAsync<BackupException>(
            () => new Backup(source, platform.Time).RestoreAsync(File, Path.Combine(_folder, "none"), TestContext.Current.CancellationToken));
        Assert.Contains("not empty", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_cut_short_is_no_backup_and_changes_nothing()
    {
        await using var platform = await TestPlatform.StartAsync();
        using (var ana = platform.ClientFor("agent"))
        {
            await ana.OpenCaseAsync();
        }

        var source = platform.Services.GetRequiredService<NpgsqlDataSource>();
        await new Backup(source, platform.Time).WriteAsync(File, Path.Combine(_folder, "none"), TestContext.Current.CancellationToken);
        var bytes = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllBytesAsync(File, bytes.AsMemory(0, bytes.Length / 2), TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<BackupException>(
            () => new Backup(source, platform.Time).RestoreAsync(File, Path.Combine(_folder, "none"), TestContext.Current.CancellationToken));

        Assert.Contains("cannot be read as a backup", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await platform.QueryAsync<long>("select count(*) from grain where category = 'case'"));
    }
}
