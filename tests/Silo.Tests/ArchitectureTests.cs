using System.Reflection;
using System.Text.RegularExpressions;
using Escalation.Grains.Cases;
using Microsoft.Extensions.Logging;

namespace Escalation.Silo.Tests;

/// <summary>The walls that project references do not hold.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Assembly Grains = typeof(Case).Assembly;
    private static readonly Assembly Dashboard = typeof(Dashboard.BoardHosting).Assembly;
    private static readonly Assembly Silo = typeof(Silo.Hosting.PlatformSettings).Assembly;

    [Fact]
    public void The_rules_know_the_base_library_and_NodaTime_and_nothing_else()
    {
        var others = Grains.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal) && name is not ("NodaTime" or "netstandard"));

        Assert.Empty(others);
        Assert.DoesNotContain(Grains.GetReferencedAssemblies(), name => name.Name is "System.Data.Common" or "System.IO.FileSystem");
    }

    [Fact]
    public void The_pages_and_routes_know_no_database_and_no_scheduler() =>
        Assert.DoesNotContain(Dashboard.GetReferencedAssemblies(), name => Forbidden().IsMatch(name.Name!));

    [Fact]
    public void Only_the_cluster_folder_names_Orleans_or_Hangfire()
    {
        var root = Root();
        var offenders = Directory.GetFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}Cluster{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal))
            .Where(file => UsesCluster().IsMatch(File.ReadAllText(file)));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Every_log_message_has_an_id_of_its_own()
    {
        var ids = new[] { Grains, Dashboard, Silo }.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(pair => pair.Message is not null)
            .GroupBy(pair => pair.Message!.EventId)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(pair => $"{pair.Method.DeclaringType!.Name}.{pair.Method.Name}"))}");

        Assert.Empty(ids);
    }

    [Fact]
    public void Every_rule_that_stands_in_the_book_has_a_test()
    {
        var root = Root();
        var tests = Directory.GetFiles(Path.Combine(root, "tests"), "*.*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".ts", StringComparison.Ordinal))
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal))
            .Select(File.ReadAllText).ToList();
        var untested = RuleIds().Matches(File.ReadAllText(Path.Combine(root, "docs", "RULES.md"))).Select(match => match.Groups[1].Value)
            .Where(id => !tests.Exists(text => text.Contains($"\"{id}\"", StringComparison.Ordinal)));

        Assert.Empty(untested);
    }

    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Escalation.Platform.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("^(Npgsql|Quartz|Orleans|Microsoft.Orleans|Hangfire)")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\busing (Orleans|Hangfire)\b|\b(Orleans|Hangfire)\.[A-Z]")]
    private static partial Regex UsesCluster();

    [GeneratedRegex(@"^- \*\*([A-Z]+-\d+)\*\*", RegexOptions.Multiline)]
    private static partial Regex RuleIds();
}
