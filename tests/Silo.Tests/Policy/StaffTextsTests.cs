using System.Text.Json;
using System.Text.RegularExpressions;
using Escalation.Silo.Policy;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

/// <summary>LNG-1: what staff read lies beside what customers read, and belongs to no policy. What the texts say is tested beside the pages.</summary>
public sealed partial class StaffTextsTests
{
    private static readonly string Staff = Path.Combine(ArchitectureTests.Root(), "src", "Silo", "Policy", "texts", "staff");

    [Fact, Rule("LNG-1")]
    public void The_host_writes_to_staff_in_their_language_and_in_English_to_whoever_reads_another()
    {
        Assert.Equal("Ana, вы дежурите.", StaffTexts.For("ru-MD").Say("duty.onDuty", ("name", "Ana")));
        Assert.Equal(("en", "ro", "en"), (StaffTexts.For(null).Language, StaffTexts.For("RO").Language, StaffTexts.For("uk").Language));
        Assert.Equal("conducere", StaffTexts.For("ro").Find("shared.level.management"));
        Assert.Null(StaffTexts.For("ro").Find("shared.level.paradise"));
    }

    /// <summary>A misspelt place would leave staff with the sentence that names nothing.</summary>
    [Fact, Rule("LNG-1")]
    public void What_a_refusal_is_said_to_name_is_named_where_it_is_refused()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(ArchitectureTests.Root(), "src", "Grains"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Staff, "en", "refusals.json")));
        var texts = file.RootElement.EnumerateObject()
            .Where(text => text.Name.EndsWith(".named", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(texts);
        Assert.All(texts, text =>
        {
            var code = $"\"{text.Name[..^".named".Length]}\"";
            var named = sources.Where(source => source.Contains(code, StringComparison.Ordinal) || source.Contains("ReopenCase.TooLate", StringComparison.Ordinal))
                .SelectMany(source => Named().Matches(source).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
            Assert.All(Place().Matches(text.Value.GetString()!), place => Assert.Contains(place.Groups[1].Value, named));
        });
    }

    [Fact, Rule("LNG-1")]
    public void Staff_read_every_language_that_customers_are_written_to_in_and_a_policy_has_the_letters_only()
    {
        var folder = Path.Combine(ArchitectureTests.Root(), "src", "Silo", "Policy");
        var texts = PolicyFiles.In(folder).Texts.Keys.Where(name => name.StartsWith(PolicyFiles.TextsFolder, StringComparison.Ordinal));
        var languages = Directory.GetDirectories(Path.Combine(folder, "texts", "staff")).Select(Path.GetFileName);

        Assert.Equal(languages.Select(language => $"texts/{language}.yaml").Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("\\(\"([a-z]+)\", ")]
    private static partial Regex Named();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Place();
}
