using System.Text.RegularExpressions;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>What the pages for users name is there.</summary>
public sealed partial class DocumentedRoutesTests
{
    [Theory, Rule("CASE-10"), Rule("REG-1")]
    [InlineData("COMPLAINTS.md", 30)]
    [InlineData("PACKS.md", 5)]
    [InlineData("CUSTOMERS.md", 3)]
    public async Task Every_route_that_a_page_names_exists(string page, int atLeast)
    {
        await using var api = await ApiHost.StartAsync();
        var known = (await RightsWalkTests.OperationsAsync(api)).Select(operation => Parameter().Replace(operation, "{}")).ToHashSet();
        var named = Route().Matches(await File.ReadAllTextAsync(Path.Combine(Root(), "docs", page), TestContext.Current.CancellationToken))
            .Select(match => Parameter().Replace(match.Value, "{}")).Distinct().ToList();

        Assert.True(named.Count >= atLeast, $"{page} names {named.Count} routes.");
        Assert.DoesNotContain(named, route => !known.Contains(route));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Escalation.Platform.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"\b(GET|POST|PUT|DELETE) /api/[A-Za-z/{}-]*[A-Za-z}]")]
    private static partial Regex Route();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
