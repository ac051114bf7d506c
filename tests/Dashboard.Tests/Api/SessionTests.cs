using Escalation.Dashboard.Access;
using Escalation.Grains;
using Microsoft.AspNetCore.Builder;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>Signing in, out, and what a foreign page cannot do with a cookie.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task Person_signs_in_works_and_signs_out()
    {
        await using var api = await ApiHost.StartAsync();

        var cookie = await SignInAsync(api);
        var session = await api.GetAsync("/api/session", Roles.None, ("Cookie", cookie));
        var opened = await api.PostAsync("/api/cases", ApiHost.Complaint(), Roles.None, ("Cookie", cookie));
        var ended = await api.SendAsync(HttpMethod.Delete, "/api/session", Roles.None, null, ("Cookie", cookie));

        Assert.Equal("""{"user":"ana","roles":["agent"]}""", session.Text);
        Assert.Equal((201, 204), (opened.Status, ended.Status));
        Assert.Equal(401, (await api.GetAsync("/api/session", Roles.None, ("Cookie", cookie))).Status);
    }

    [Fact]
    public async Task Cookie_is_kept_from_scripts_and_foreign_posts()
    {
        await using var api = await ApiHost.StartAsync();

        var set = (await api.PostAsync("/api/session", new { user = "ana", password = ApiHost.Password }, Roles.None)).Header("Set-Cookie")!;

        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", set, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("ana", "wrong password")]
    [InlineData("nobody", ApiHost.Password)]
    public async Task Wrong_user_or_password_gets_one_and_the_same_answer(string user, string password)
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync("/api/session", new { user, password }, Roles.None);

        Assert.Equal((401, "access.wrongPassword"), (refused.Status, refused.Code));
        Assert.Null(refused.Header("Set-Cookie"));
    }

    [Fact]
    public async Task Attempts_to_sign_in_are_limited_per_name()
    {
        await using var api = await ApiHost.StartAsync(options: options => options.SignInsPerMinute = 2);

        var statuses = new List<int>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            statuses.Add((await api.PostAsync("/api/session", new { user = "ana", password = "guess" }, Roles.None)).Status);
        }

        Assert.Equal([401, 401, 429], statuses);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("X-Nothing", "none", 200)]
    public async Task Cookie_works_only_from_our_own_pages(string header, string value, int status)
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();
        var cookie = await SignInAsync(api);

        var reply = await api.PostAsync($"{at}/note", new { note = "a" }, Roles.None, ("Cookie", cookie), (header, value));

        Assert.Equal(status, reply.Status);
    }

    [Fact]
    public async Task Cookie_post_without_json_is_refused()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var reply = await api.PostAsync($"{at}/reopen", new FormUrlEncodedContent([]), Roles.None, ("Cookie", await SignInAsync(api)));

        Assert.Equal(415, reply.Status);
    }

    [Fact]
    public async Task Revoked_key_stops_working_within_half_a_minute()
    {
        await using var api = await ApiHost.StartAsync();
        Assert.Equal(200, (await api.GetAsync("/api/session")).Status);

        await api.Access.RevokeKeyAsync("agent", default, TestContext.Current.CancellationToken);
        api.Time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal((401, "access.unauthenticated"), ((await api.GetAsync("/api/session")).Status, (await api.GetAsync("/api/session")).Code));
    }

    [Fact]
    public async Task Session_ends_by_itself()
    {
        await using var api = await ApiHost.StartAsync(options: options => options.SessionLength = TimeSpan.FromHours(1));
        var cookie = await SignInAsync(api);

        api.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(401, (await api.GetAsync("/api/session", Roles.None, ("Cookie", cookie))).Status);
    }

    [Theory]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic YW5hOmFuYQ==")]
    [InlineData("Bearer ")]
    public async Task Wrong_credentials_are_refused_even_where_none_are_needed(string authorization)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal(401, (await api.GetAsync("/api/status", Roles.None, ("Authorization", authorization))).Status);
    }

    [Fact]
    public async Task Route_without_a_right_keeps_the_host_from_starting()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ApiHost.StartAsync(more: app => app.MapGet("/api/forgotten", () => "open to all")));

        Assert.Contains("/api/forgotten", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<string> SignInAsync(ApiHost api)
    {
        var signedIn = await api.PostAsync("/api/session", new { user = "ana", password = ApiHost.Password }, Roles.None);
        Assert.Equal(204, signedIn.Status);
        var cookie = signedIn.Header("Set-Cookie")!.Split(';')[0];
        Assert.StartsWith(Authentication.CookieName, cookie, StringComparison.Ordinal);
        return cookie;
    }
}
