using Escalation.Dashboard.Access;
using Escalation.Grains;

namespace Escalation.Silo.Tests.Access;

/// <summary>What every store of keys, people and sign-ins has to keep.</summary>
public abstract class AccessStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] One = Secret.Hash("one");
    private static readonly byte[] Two = Secret.Hash("two");

    private IAccessStore _store = null!; // Set by InitializeAsync, before each test.

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await StartAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected abstract Task<IAccessStore> StartAsync();

    [Fact]
    public async Task Key_is_found_by_its_hash_alone_with_its_roles()
    {
        await _store.PutKeyAsync("shop", Roles.Intake | Roles.Agent, One, Noon, Token);

        Assert.Equal(new AccessKey("shop", Roles.Intake | Roles.Agent, Noon, null), await _store.FindKeyAsync(One, Token));
        Assert.Null(await _store.FindKeyAsync(Two, Token));
    }

    [Fact]
    public async Task New_key_of_a_name_takes_the_old_one_out_of_force()
    {
        await _store.PutKeyAsync("shop", Roles.Intake, One, Noon, Token);
        await _store.PutKeyAsync("shop", Roles.Agent, Two, Noon.AddHours(1), Token);

        Assert.Null(await _store.FindKeyAsync(One, Token));
        Assert.Equal(Roles.Agent, (await _store.FindKeyAsync(Two, Token))?.Roles);
        Assert.Equal("shop", Assert.Single(await _store.ListKeysAsync(Token), key => key.RevokedAt is null).Name);
    }

    [Fact]
    public async Task Revoked_key_is_listed_and_no_longer_found()
    {
        await _store.PutKeyAsync("shop", Roles.Intake, One, Noon, Token);

        Assert.True(await _store.RevokeKeyAsync("shop", Noon.AddHours(1), Token));
        Assert.False(await _store.RevokeKeyAsync("shop", Noon.AddHours(2), Token));
        Assert.False(await _store.RevokeKeyAsync("nobody", Noon, Token));

        Assert.Null(await _store.FindKeyAsync(One, Token));
        Assert.Equal([new AccessKey("shop", Roles.Intake, Noon, Noon.AddHours(1))], await _store.ListKeysAsync(Token));
    }

    [Fact]
    public async Task Sign_in_holds_until_it_ends_or_expires_and_shows_the_roles_of_now()
    {
        await _store.PutPersonAsync("ana", Roles.Agent, "hash", Noon, Token);
        await _store.StartSessionAsync(One, "ana", Noon, Noon.AddHours(1), Token);
        await _store.StartSessionAsync(Two, "ana", Noon, Noon.AddHours(2), Token);

        Assert.Equal(new Session("ana", Roles.Agent, Noon.AddHours(1)), await _store.FindSessionAsync(One, Noon, Token));
        Assert.Null(await _store.FindSessionAsync(One, Noon.AddHours(1), Token));
        await _store.EndSessionAsync(Two, Token);
        Assert.Null(await _store.FindSessionAsync(Two, Noon, Token));
    }

    [Fact]
    public async Task Changed_person_has_to_sign_in_again()
    {
        await _store.PutPersonAsync("ana", Roles.Agent, "hash", Noon, Token);
        await _store.StartSessionAsync(One, "ana", Noon, Noon.AddHours(1), Token);

        await _store.PutPersonAsync("ana", Roles.Supervisor, "other", Noon, Token);

        Assert.Equal(new Person("ana", Roles.Supervisor, "other"), await _store.FindPersonAsync("ana", Token));
        Assert.Null(await _store.FindSessionAsync(One, Noon, Token));
        Assert.Null(await _store.FindPersonAsync("oleg", Token));
    }
}
