using Escalation.Silo.Policy;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

/// <summary>LNG-1: what staff read lies beside what customers read, and belongs to no policy. What the texts say is tested beside the pages.</summary>
public sealed class StaffTextsTests
{
    [Fact, Rule("LNG-1")]
    public void Staff_read_every_language_that_customers_are_written_to_in_and_a_policy_has_the_letters_only()
    {
        var folder = Path.Combine(ArchitectureTests.Root(), "src", "Silo", "Policy");
        var texts = PolicyFiles.In(folder).Texts.Keys.Where(name => name.StartsWith(PolicyFiles.TextsFolder, StringComparison.Ordinal));
        var languages = Directory.GetDirectories(Path.Combine(folder, "texts", "staff")).Select(Path.GetFileName);

        Assert.Equal(languages.Select(language => $"texts/{language}.yaml").Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
    }
}
