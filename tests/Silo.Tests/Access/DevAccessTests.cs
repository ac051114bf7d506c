using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Silo.Access;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Access;

/// <summary>Keys and sign-ins for a developer, and keys from the command line.</summary>
public sealed class DevAccessTests : IDisposable
{
    private readonly MemoryAccess _store = new();
    private readonly ManualTime _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("dev-access-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sheet_names_keys_and_passwords_that_work_and_only_its_owner_can_read_it()
    {
        var path = await new DevAccess(_store, _time).WriteAsync(_folder, Token);

        var sheet = JsonDocument.Parse(await File.ReadAllTextAsync(path, Token)).RootElement;
        foreach (var (name, role) in new[] { ("intake", Roles.Intake), ("agent", Roles.Agent), ("supervisor", Roles.Supervisor), ("admin", Roles.Admin) })
        {
            var key = await _store.FindKeyAsync(Secret.Hash(sheet.GetProperty(name).GetString()!), Token);
            Assert.Equal((name, role), (key?.Name, key!.Roles));
        }

        foreach (var signIn in sheet.GetProperty("signIns").EnumerateArray())
        {
            var person = await _store.FindPersonAsync(signIn.GetProperty("user").GetString()!, Token);
            Assert.True(Passwords.Matches(person, signIn.GetProperty("password").GetString()!));
        }

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task Sheet_stays_over_a_restart_and_is_made_anew_for_another_database()
    {
        var path = await new DevAccess(_store, _time).WriteAsync(_folder, Token);
        var before = await File.ReadAllTextAsync(path, Token);

        await new DevAccess(_store, _time).WriteAsync(_folder, Token);
        var restarted = await File.ReadAllTextAsync(path, Token);
        await new DevAccess(new MemoryAccess(), _time).WriteAsync(_folder, Token);

        Assert.Equal(before, restarted);
        Assert.NotEqual(before, await File.ReadAllTextAsync(path, Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"intake":"a","agent":"b","supervisor":"c","admin":"d"}""")]
    public async Task Sheet_that_does_not_work_is_made_anew(string content)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, DevAccess.FileName), content, Token);

        var path = await new DevAccess(_store, _time).WriteAsync(_folder, Token);

        Assert.Contains("signIns", await File.ReadAllTextAsync(path, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verb_makes_a_key_shows_it_once_lists_and_revokes_it()
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var keys = KeysCommand.Create((_, run, token) => run(new AccessVerbs(_store, _time, output, error), token));

        Assert.Equal(0, await keys.Parse(["add", "--name", "shop", "--role", "intake"]).InvokeAsync(cancellationToken: Token));
        var key = output.ToString().Trim();
        Assert.Equal("shop", (await _store.FindKeyAsync(Secret.Hash(key), Token))?.Name);
        Assert.Equal(0, await keys.Parse(["list"]).InvokeAsync(cancellationToken: Token));
        Assert.Equal(0, await keys.Parse(["revoke", "shop"]).InvokeAsync(cancellationToken: Token));
        Assert.Equal(1, await keys.Parse(["revoke", "shop"]).InvokeAsync(cancellationToken: Token));
        Assert.Equal(2, await keys.Parse(["add", "--name", "shop", "--role", "king"]).InvokeAsync(cancellationToken: Token));
        Assert.Equal(0, await keys.Parse(["person", "add", "--name", "oleg", "--role", "agent", "--password", "long enough"]).InvokeAsync(cancellationToken: Token));

        Assert.Null(await _store.FindKeyAsync(Secret.Hash(key), Token));
        Assert.Contains("shop\tintake\t", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("'king' is no role", error.ToString(), StringComparison.Ordinal);
        Assert.True(Passwords.Matches(await _store.FindPersonAsync("oleg", Token), "long enough"));
    }
}
