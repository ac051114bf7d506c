using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Escalation.Silo.Tests.Platform;

/// <summary>What a customer went through, and that we can forget them: real HTTP, real PostgreSQL, several hosts.</summary>
public sealed partial class CustomerStoryTests
{
    /// <summary>Stands in everything that the story writes about the customer.</summary>
    private const string Marks = "quimbly|69123456|sleuth";

    [Fact, Rule("CUS-2"), Rule("CUS-3")]
    public async Task What_a_customer_went_through_is_carried_to_them_and_makes_an_outlook()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var opened = await ana.OpenCaseAsync();
        var (id, customer) = (opened.GetProperty("id").GetGuid(), opened.GetProperty("customer").GetProperty("id").GetGuid());
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered", dueAt = platform.Time.GetUtcNow().AddHours(5) });
        await ana.SendAsync($"/api/cases/{id}/promises/p1/explain", new { reason = "The van broke down.", newDueAt = platform.Time.GetUtcNow().AddHours(29) });
        await ana.SendAsync($"/api/cases/{id}/promises/p1/keep", new { evidence = "Signed for." });
        await ana.SendAsync($"/api/cases/{id}/close", new { outcome = "withdrawn", summary = "Delivered at last." });
        Assert.False((await ana.GetJsonAsync($"/api/customers/{customer}/outlook")).TryGetProperty("outcome", out _));

        await ana.SendAsync($"/api/cases/{id}/experience", new { expected = 4, got = 2 });

        var outlook = await ana.GetJsonAsync($"/api/customers/{customer}/outlook");
        Assert.Equal(("unlikelyToReturn", -2), (outlook.GetProperty("outcome").GetString(), outlook.GetProperty("gap").GetDouble()));
        Assert.Equal(
            ["experience.gap", "promises.moved", "promises.kept"],
            outlook.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetProperty("code").GetString()));
        var ledger = (await ana.GetJsonAsync($"/api/customers/{customer}")).GetProperty("ledger");
        Assert.Equal((1, 1, 0), (ledger.GetProperty("promisesKept").GetInt32(), ledger.GetProperty("promisesMoved").GetInt32(), ledger.GetProperty("promisesLapsed").GetInt32()));

        // The customer's own grain has it, once for each version that says more.
        var grains = platform.Services.GetRequiredService<IGrains>();
        await platform.UntilAsync(async () => (await grains.Customer(customer).Get(TestContext.Current.CancellationToken)).State.Experiences.TryGetValue(id, out var noted) && noted.Experience.Got == 2);
        var (state, _) = await grains.Case(id).Get(TestContext.Current.CancellationToken);
        Assert.Equal(CaseExperience.Of(state), (await grains.Customer(customer).Get(TestContext.Current.CancellationToken)).State.Experiences[id].Experience);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CUS-7")]
    public async Task An_erased_customer_is_named_nowhere_on_any_host_and_the_log_still_proves()
    {
        await using var one = await TestPlatform.StartAsync();
        await using var other = await TestPlatform.StartBesideAsync(one);
        using var ana = Client(one, other, "agent");
        using var irina = other.ClientFor("supervisor");
        var (customer, open, closed) = await LivedAsync(one, ana);
        var link = new Uri((await ana.GetJsonAsync($"/api/cases/{open}/links")).GetProperty("url").GetString()!).AbsolutePath;
        foreach (var host in new[] { one, other })
        {
            // Both hosts have them in memory.
            await host.Services.GetRequiredService<IGrains>().Case(open).Get(TestContext.Current.CancellationToken);
            await host.Services.GetRequiredService<IGrains>().Case(closed).Get(TestContext.Current.CancellationToken);
            await host.Services.GetRequiredService<IGrains>().Customer(customer).Get(TestContext.Current.CancellationToken);
        }

        Assert.NotEmpty(await HoldersAsync(one));
        using var forbidden = await ana.PostAsJsonAsync($"/api/customers/{customer}/erase", new { reason = "They asked." }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var named = await irina.PostAsJsonAsync($"/api/customers/{customer}/erase", new { reason = "Quimbly asked." }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, named.StatusCode);

        var erased = await irina.SendAsync($"/api/customers/{customer}/erase", new { reason = "They asked for it in a letter." }, "once");
        var again = await irina.SendAsync($"/api/customers/{customer}/erase", new { reason = "They asked for it in a letter." }, "once");

        Assert.Equal(2, erased.GetProperty("cases").GetInt32());
        Assert.Equal(erased.ToString(), again.ToString());
        await one.UntilAsync(async () => (await HoldersAsync(one)).Count == 0);
        Assert.Empty(await one.ProveAsync());
        foreach (var host in new[] { one, other })
        {
            using var client = Client(host, other, "supervisor");
            await host.UntilAsync(async () => !Named().IsMatch((await client.GetJsonAsync("/api/board")).ToString()));
            await host.UntilAsync(async () => !Named().IsMatch((await client.GetJsonAsync($"/api/cases/{open}")).ToString()));
            Assert.DoesNotMatch(Named(), (await client.GetJsonAsync($"/api/cases/{closed}/history")).ToString());
            Assert.DoesNotMatch(Named(), (await client.GetJsonAsync($"/api/cases/{open}/history")).ToString());
            Assert.DoesNotMatch(Named(), (await client.GetJsonAsync($"/api/notices?case={open}")).ToString());
            Assert.True((await client.GetJsonAsync($"/api/customers/{customer}")).TryGetProperty("erasedAt", out _));
        }

        // Links are signed with a key of the host's data folder, so each host of a test opens its own.
        using var gone = await ana.GetAsync(new Uri(link, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);

        // What a host remembers is what the log says.
        var (state, version) = await one.Services.GetRequiredService<IGrains>().Case(open).Get(TestContext.Current.CancellationToken);
        await one.StopAsync();
        var (reloaded, same) = await other.Services.GetRequiredService<IGrains>().Case(open).Get(TestContext.Current.CancellationToken);
        Assert.Equal(version, same);
        Assert.Equal(
            System.Text.Encoding.UTF8.GetString(GrainWire.Write(new Seen<Case>(reloaded, same))),
            System.Text.Encoding.UTF8.GetString(GrainWire.Write(new Seen<Case>(state, version))));
    }

    [Fact, Rule("CUS-7")]
    public async Task What_waits_to_be_sent_is_not_sent_and_says_so_and_whoever_comes_back_is_new()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var (customer, open, _) = await LivedAsync(platform, ana);
        await irina.SendAsync($"/api/customers/{customer}/erase", new { reason = "They asked." });

        var notices = (await ana.GetJsonAsync($"/api/notices?case={open}")).GetProperty("items").EnumerateArray().ToList();
        Assert.All(notices, notice => Assert.Contains(notice.GetProperty("state").GetString(), new[] { "accepted", "dropped", "failed" }));
        var before = notices.Count;
        await ana.SendAsync($"/api/cases/{open}/promises", new { text = "Something else", dueAt = platform.Time.GetUtcNow().AddHours(9) });
        Assert.Equal(before, (await ana.GetJsonAsync($"/api/notices?case={open}")).GetProperty("items").GetArrayLength());

        // Not even by their mail address are they known again.
        var back = await ana.SendAsync("/api/cases", new
        {
            customer = new { name = "Zoltan Quimbly", email = "zoltan@quimbly.example" }, type = "quality", summary = "New.", channel = "phone",
        });
        Assert.NotEqual(customer, back.GetProperty("customer").GetProperty("id").GetGuid());
        using var refused = await ana.PostAsJsonAsync(
            "/api/cases", new { customer = new { id = customer, name = "Zoltan" }, type = "quality", summary = "New.", channel = "phone" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);

        // What is due in the erased case goes on: nobody can be told, so a person hears of it.
        await platform.FastForward(TimeSpan.FromDays(3));
        Assert.Empty(await platform.ProveAsync());
        Assert.Equal(0, (await ana.GetJsonAsync("/api/status")).GetProperty("promises").GetProperty("silentlyLapsed").GetInt32());
    }

    [Fact, Rule("CUS-7")]
    public async Task An_erasure_whose_host_went_away_is_finished_by_who_follows_the_log()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var (customer, open, _) = await LivedAsync(platform, ana);

        // As if the host had died before it came to the cases.
        await platform.Services.GetRequiredService<IGrains>().Customer(customer).Tell(
            new Envelope<CustomerCommand>(Guid.CreateVersion7(), new Actor("irina", Roles.Supervisor), new CustomerCommand.EraseCustomer("They asked.")),
            TestContext.Current.CancellationToken);

        await platform.UntilAsync(async () => (await HoldersAsync(platform)).Count == 0);
        Assert.DoesNotMatch(Named(), (await ana.GetJsonAsync($"/api/cases/{open}")).ToString());
        Assert.Empty(await platform.ProveAsync());
    }

    /// <summary>A client of a host, with the keys of the host that started last.</summary>
    private static HttpClient Client(TestPlatform host, TestPlatform keys, string role)
    {
        using var like = keys.ClientFor(role);
        return new HttpClient { BaseAddress = host.Url, DefaultRequestHeaders = { Authorization = like.DefaultRequestHeaders.Authorization } };
    }

    /// <summary>A customer with an open case full of words and a closed one, letters sent and one refused.</summary>
    private static async Task<(Guid Customer, Guid Open, Guid Closed)> LivedAsync(TestPlatform platform, HttpClient ana)
    {
        var complaint = new
        {
            customer = new { name = "Zoltan Quimbly", email = "zoltan@quimbly.example", phone = "+373 69123456", timeZone = "Europe/Chisinau" },
            type = "quality",
            summary = "Mr Quimbly, sleuth, has a leak.",
            channel = "phone",
        };
        var opened = await ana.SendAsync("/api/cases", complaint);
        var (customer, open) = (opened.GetProperty("customer").GetProperty("id").GetGuid(), opened.GetProperty("id").GetGuid());
        await ana.SendAsync($"/api/cases/{open}/contacts", new { direction = "toCustomer", channel = "phone", note = "Called the sleuth." });
        await ana.SendAsync($"/api/cases/{open}/facts", new { facts = "The sleuth's roof.", expectation = "A dry sleuth." });
        await ana.SendAsync($"/api/cases/{open}/options", new { text = "A tent for the sleuth" });
        await ana.SendAsync($"/api/cases/{open}/heat", new { heat = "tense", reason = "The sleuth shouted." });
        await ana.SendAsync($"/api/cases/{open}/note", new { note = "sleuth" });
        await ana.SendAsync($"/api/cases/{open}/escalate", new { reason = "A sleuth will write about it." });
        await ana.SendAsync($"/api/cases/{open}/apology", new { text = "Sorry, sleuth." });
        await ana.SendAsync($"/api/cases/{open}/promises", new { text = "Mend the sleuth's roof", dueAt = platform.Time.GetUtcNow().AddHours(6) });
        await ana.SendAsync($"/api/cases/{open}/promises/p1/explain", new { reason = "The sleuth was out.", newDueAt = platform.Time.GetUtcNow().AddHours(30) });
        var closed = (await ana.SendAsync("/api/cases", complaint)).GetProperty("id").GetGuid();
        await ana.SendAsync($"/api/cases/{closed}/close", new { outcome = "withdrawn", summary = "The sleuth let it be." });
        var grains = platform.Services.GetRequiredService<IGrains>();
        await grains.Case(closed).Tell(
            new Envelope<CaseCommand>(
                Guid.CreateVersion7(), Actor.Notifier, new CaseCommand.RecordNoticeDelayed(1, "451 <zoltan@quimbly.example> is busy")),
            TestContext.Current.CancellationToken);
        await platform.UntilAsync(async () => await platform.QueryAsync<long>("select count(*) from outbox") > 0);
        return (customer, open, closed);
    }

    /// <summary>The tables that hold anything of what the story wrote about the customer.</summary>
    private static async Task<IReadOnlyList<string>> HoldersAsync(TestPlatform platform)
    {
        var dataSource = platform.Services.GetRequiredService<NpgsqlDataSource>();
        var tables = new List<string>();
        await using (var list = dataSource.CreateCommand("select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        var holders = new List<string>();
        foreach (var table in tables)
        {
            if (await platform.QueryAsync<bool>($"select exists (select from \"{table}\" as r where r::text ~* '{Marks}')"))
            {
                holders.Add(table);
            }
        }

        return holders;
    }

    [GeneratedRegex(Marks, RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}
