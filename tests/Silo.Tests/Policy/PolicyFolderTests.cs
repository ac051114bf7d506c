using Escalation.Silo.Policy;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

public sealed class PolicyFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-policy-").FullName;

    public PolicyFolderTests()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "Policy");
        foreach (var file in Directory.GetFiles(shipped, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder, Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Rule("PRM-3")]
    public void As_shipped_it_speaks_three_languages_with_a_reason_for_every_type()
    {
        var policy = new PolicyFolder(_folder).Current;

        Assert.Equal(["en", "ro", "ru"], policy.Texts.Languages.Order());
        Assert.All(policy.Texts.Languages, language =>
            Assert.Equal(
                policy.ConflictTypes.Count, policy.ConflictTypes.Select(policy.Texts.For(language).ReasonFor).Distinct().Count()));
    }

    [Fact]
    public void Every_problem_is_told_at_once_with_its_file()
    {
        Change("policy.yaml", "acknowledge: PT1H", "acknowledge: soon");
        Change("policy.yaml", "warnShare: 0.75", "warnShare: 7");
        Change(Path.Combine("texts", "ru.yaml"), "({zone})", "");
        Change(Path.Combine("texts", "ro.yaml"), "  quality:", "  qualityy:");

        var problems = Assert.Throws<PolicyException>(() => new PolicyFolder(_folder)).Problems;

        Assert.Equal(4, problems.Count);
        Assert.Contains(problems, problem => problem.Contains("targets.acknowledge is 'soon'", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("targets.warnShare is 7", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith(Path.Combine("texts", "ru.yaml"), StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("reasons.quality is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void Broken_yaml_is_told_with_its_line()
    {
        Change("policy.yaml", "  silence: PT24H", "  silence: [PT24H");

        Assert.Contains(
            Assert.Throws<PolicyException>(() => new PolicyFolder(_folder)).Problems,
            problem => problem.StartsWith("policy.yaml:", StringComparison.Ordinal));
    }

    private void Change(string file, string was, string now)
    {
        var path = Path.Combine(_folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(was, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(was, now, StringComparison.Ordinal));
    }
}
