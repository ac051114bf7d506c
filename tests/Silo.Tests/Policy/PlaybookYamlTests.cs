using Escalation.Grains.Cases;
using Escalation.Grains.Playbooks;
using Escalation.Silo.Policy;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

/// <summary>PLY-1, PLY-2: what playbooks say as shipped, and what is said when they cannot be used.</summary>
public sealed class PlaybookYamlTests
{
    private readonly PolicyFiles _shipped = PolicyFiles.In(Path.Combine(AppContext.BaseDirectory, "Policy"));

    [Fact, Rule("PLY-1")]
    public void Every_type_has_steps_and_words_for_every_stage_in_three_languages()
    {
        var policy = PolicyReader.Read(_shipped);

        Assert.Equal(policy.ConflictTypes.Order(), policy.Playbooks.Types.Keys.Order());
        Assert.Equal(["en", "ro", "ru"], policy.Playbooks.Languages.Order());
        Assert.All(policy.Playbooks.Types.Values, playbook =>
        {
            Assert.Equal(5, playbook.Stages.Count);
            Assert.All(playbook.Stages.Values, guide => Assert.True(guide is { Steps.Length: > 1, Phrases.Length: > 1 }));
            Assert.True(playbook is { Solutions.Length: 2, Promises.Length: > 3, Remedies.Length: > 1 });
        });
    }

    [Fact, Rule("PLY-2")]
    public void Every_type_says_what_not_to_do_and_more_than_the_others()
    {
        var book = PolicyReader.Read(_shipped).Playbooks;

        Assert.All(book.Types.Values, playbook => Assert.True(playbook.Avoid.Length > 5));
        Assert.Equal(book.Types.Count, book.Types.Values.Select(playbook => playbook.Avoid[0].In("en")).Distinct().Count());
    }

    [Fact, Rule("PLY-1")]
    public void A_text_in_another_language_is_written_in_its_letters()
    {
        var book = PolicyReader.Read(_shipped).Playbooks;
        var texts = book.Types.Values.SelectMany(TextsOf).ToList();

        Assert.All(texts, text => Assert.Matches("[а-яё]", text.In("ru")));
        Assert.All(texts, text => Assert.DoesNotMatch("[а-яё]", text.In("ro")));
        Assert.All(texts, text => Assert.DoesNotMatch("[şţŞŢ]", text.In("ro")));
        Assert.All(texts, text => Assert.Equal(3, text.Texts.Values.Distinct().Count()));
    }

    [Fact, Rule("CASE-2"), Rule("PLY-1")]
    public void What_a_stage_requires_stands_last_but_for_what_follows_from_it()
    {
        var contact = PolicyReader.Read(_shipped).Playbooks.Types["wrongPayment"].Stages[Stage.Contact];

        Assert.Equal([StepMark.Listen, StepMark.Pause, StepMark.Understanding, StepMark.Join, null, StepMark.Contact], contact.Steps.Select(step => step.Does));
        Assert.Null(contact.Phrases[0].When);
        Assert.Equal("If voices rise", contact.Phrases[^1].When!.In("en"));
    }

    [Theory, Rule("PLY-1")]
    [InlineData("quality", "        ru: Со вчерашнего дня всё работает как надо?\n", "", "stages.followThrough.phrases[0].ru is missing")]
    [InlineData("quality", "    ro: O reparație la dumneavoastră, la o oră fixă", "    ro: \"\"", "solutions[1].ro is empty")]
    [InlineData("quality", "within: P3D", "within: soon", "is 'soon'; an ISO 8601 duration")]
    [InlineData("quality", "  - en: A repair at your place, at a fixed hour\n    ru: Ремонт у вас в точно назначенный час\n    ro: O reparație la dumneavoastră, la o oră fixă\n", "", "solutions needs at least 2")]
    [InlineData("quality", "  clarify:\n", "  clarifying:\n", "stages.clarifying is unknown here")]
    [InlineData("common", "does: listen", "does: lissen", "is 'lissen'; known are listen, pause")]
    [InlineData("common", "      - does: commitment\n        en", "      - en", "lacks the step that does: commitment")]
    [InlineData("common", "languages: [en, ru, ro]", "languages: [ru, ro]", "must name en")]
    [InlineData("common", "    aim:\n      en: The customer chooses", "    aims:\n      en: The customer chooses", "stages.options.aim is missing")]
    public void A_playbook_that_would_leave_an_agent_without_words_is_refused(string file, string was, string now, string because)
    {
        var problems = Assert.Throws<PolicyException>(() => PolicyReader.Read(Change($"playbooks/{file}.yaml", was, now))).Problems;

        Assert.Contains(problems, problem => problem.Contains(because, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Matches("^playbooks/[a-zA-Z]+.yaml:[0-9]+: ", problem));
    }

    [Fact, Rule("PLY-1")]
    public void A_type_without_a_playbook_and_a_playbook_without_a_type_are_told()
    {
        var judging = new Dictionary<string, string>(_shipped.Judging) { ["playbooks/qualty.yaml"] = _shipped.Judging["playbooks/quality.yaml"] };
        judging.Remove("playbooks/quality.yaml");

        var problems = Assert.Throws<PolicyException>(() => PolicyReader.Read(_shipped with { Judging = judging })).Problems;

        Assert.Equal(2, problems.Count);
        Assert.Contains("playbooks/quality.yaml: missing.", problems);
        Assert.Contains(problems, problem => problem.StartsWith("playbooks/qualty.yaml:1: is no conflict type", StringComparison.Ordinal));
    }

    [Fact, Rule("PLY-1")]
    public void Playbooks_are_part_of_the_version_and_older_versions_do_without()
    {
        var old = _shipped with { Judging = _shipped.Judging.Where(file => !file.Key.StartsWith("playbooks/", StringComparison.Ordinal)).ToDictionary() };

        Assert.Empty(PolicyReader.Read(old).Playbooks.Types);
        Assert.NotEqual(
            PolicyReader.Read(_shipped).Version,
            PolicyReader.Read(Change("playbooks/quality.yaml", "Has it worked well since yesterday?", "Does it work?")).Version);
    }

    private static IEnumerable<SpokenText> TextsOf(Playbook playbook) =>
    [
        .. playbook.Stages.Values.SelectMany(guide => (SpokenText[])
            [guide.Aim, .. guide.Steps.Select(step => step.Text), .. guide.Phrases.SelectMany(phrase => (SpokenText?[])[phrase.Text, phrase.When]).OfType<SpokenText>()]),
        .. playbook.Avoid, .. playbook.Promises.Select(promise => promise.Text), .. playbook.Solutions, .. playbook.Remedies,
    ];

    private PolicyFiles Change(string file, string was, string now)
    {
        Assert.Contains(was, _shipped.Judging[file], StringComparison.Ordinal);
        return _shipped with
        {
            Judging = new Dictionary<string, string>(_shipped.Judging) { [file] = _shipped.Judging[file].Replace(was, now, StringComparison.Ordinal) },
        };
    }
}
