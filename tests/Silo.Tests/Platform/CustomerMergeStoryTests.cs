using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Silo.Deadlines;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Platform;

/// <summary>CUS-1: two records of one customer, from the suggestion to the one who answers for both: real HTTP, real PostgreSQL.</summary>
public sealed class CustomerMergeStoryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Rule("CUS-1"), Rule("CASE-8"), Rule("CUS-7")]
    public async Task Who_shares_a_telephone_is_suggested_and_merged_by_a_supervisors_word_only()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var (vera, first) = await OpenAsync(ana, "Vera Quimbly", "vera@quimbly.example", "+373 69 123456");
        var (again, _) = await OpenAsync(ana, "Quimbly Vera", null, "+373 69 123456");
        var (other, second) = await OpenAsync(ana, "V. Q.", "vq@quimbly.example", "+373 69 123456");

        // Telephone and name together are a match; the telephone alone is a suggestion, to be seen from both.
        Assert.Equal(vera, again);
        Assert.NotEqual(vera, other);
        Assert.Equal([(other, false)], Duplicates(await ana.GetJsonAsync($"/api/customers/{vera}")));
        Assert.Equal([(vera, false)], Duplicates(await ana.GetJsonAsync($"/api/customers/{other}")));
        using var forbidden = await ana.PostAsJsonAsync($"/api/customers/{other}/merge", new { into = vera }, Stop);
        using var self = await irina.PostAsJsonAsync($"/api/customers/{vera}/merge", new { into = vera }, Stop);
        using var nobody = await irina.PostAsJsonAsync($"/api/customers/{vera}/merge", new { into = Guid.Parse("0197f3c0-0000-7000-8000-00000000dead") }, Stop);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.UnprocessableEntity, HttpStatusCode.NotFound), (forbidden.StatusCode, self.StatusCode, nobody.StatusCode));

        await ana.SendAsync($"/api/cases/{second}/gifts", new { gift = "fruitBasket" });
        var merged = await irina.SendAsync($"/api/customers/{other}/merge", new { into = vera });

        Assert.Equal((vera, 3), (merged.GetProperty("id").GetGuid(), merged.GetProperty("cases").GetArrayLength()));
        Assert.Equal(other, Assert.Single(merged.GetProperty("mergedFrom").EnumerateArray()).GetGuid());
        Assert.Empty(Duplicates(merged));
        Assert.Equal(vera, (await ana.GetJsonAsync($"/api/customers/{other}")).GetProperty("id").GetGuid());
        Assert.Equal(merged.GetRawText(), (await irina.SendAsync($"/api/customers/{other}/merge", new { into = vera })).GetRawText());

        // CLM-4: one basket a year is theirs, whichever of the two was given it.
        using var another = await ana.PostAsJsonAsync($"/api/cases/{first}/gifts", new { gift = "fruitBasket" }, Stop);
        Assert.Equal("gift.customerLimit", (await another.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString());

        // By whatever they were known, they are one: a new case, and a merge of cases of both.
        Assert.Equal(vera, (await OpenAsync(ana, "V. Q.", "vq@quimbly.example", null)).Customer);
        Assert.Equal(vera, (await ana.SendAsync("/api/cases", new { customer = new { id = other, name = "V. Q." }, type = "quality", summary = "It hums.", channel = "phone" }))
            .GetProperty("customer").GetProperty("id").GetGuid());
        await ana.SendAsync($"/api/cases/{second}/merge", new { into = first });

        // Forgotten, they are forgotten in both.
        await irina.SendAsync($"/api/customers/{other}/erase", new { reason = "They asked." });
        await platform.UntilAsync(async () => await platform.QueryAsync<long>(
            "select (select count(*) from event where personal::text ~* 'quimbly|V. Q.' or data::text ~* 'quimbly|V. Q.') + (select count(*) from contact_point where value ~ '123456|quimbly')") == 0);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CUS-1")]
    public async Task A_merge_that_a_host_died_over_is_finished_by_the_clock_once()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var (vera, _) = await OpenAsync(ana, "Vera", "vera@example.org", null);
        var (other, caseId) = await OpenAsync(ana, "V. Q.", "vq@example.org", null);
        var grains = platform.Services.GetRequiredService<IGrains>();

        // It is on disk that it was asked for, and nobody is left to carry it on.
        await grains.Customer(other).Tell(
            new Envelope<CustomerCommand>(Guid.CreateVersion7(platform.Time.GetUtcNow()), new Actor("irina", Roles.Supervisor), new CustomerCommand.MergeCustomer(vera)), Stop);
        await platform.Services.GetRequiredService<DeadlineClock>().SweepOnceAsync(Stop);
        await platform.UntilAsync(async () => (await grains.Customer(other).Get(Stop)).State.Merge!.State == CustomerMergeState.Carried);
        await platform.Services.GetRequiredService<CustomerMerging>().RunAsync(other, Stop);

        Assert.Equal(vera, (await grains.Case(caseId).Get(Stop)).State.Opening!.CustomerId);
        Assert.Equal(1, await platform.QueryAsync<long>("select count(*) from event where kind = 'customerTakenOver'"));
        Assert.Empty(await platform.ProveAsync());
    }

    private static async Task<(Guid Customer, Guid Case)> OpenAsync(HttpClient client, string name, string? email, string? phone)
    {
        var opened = await client.SendAsync(
            "/api/cases", new { customer = new { name, email, phone, timeZone = "Europe/Chisinau" }, type = "quality", summary = "The kettle leaks.", channel = "phone" });
        return (opened.GetProperty("customer").GetProperty("id").GetGuid(), opened.GetProperty("id").GetGuid());
    }

    private static IEnumerable<(Guid, bool)> Duplicates(JsonElement customer) => customer.GetProperty("duplicates").EnumerateArray()
        .Select(each => (each.GetProperty("id").GetGuid(), each.GetProperty("sameName").GetBoolean()));
}
