using Escalation.Grains.Policies;
using Escalation.Silo.Policy;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

/// <summary>LNG-2: names that policy data gives to what people read, in their language.</summary>
public sealed class PolicyNamesTests
{
    private const string Goodwill = "goodwill.yaml";
    private const string FruitBasket = "name: {en: Fruit basket, ro: Coș cu fructe, ru: Корзина фруктов}";

    private readonly PolicyFiles _shipped = PolicyFiles.In(Path.Combine(AppContext.BaseDirectory, "Policy"));

    [Fact, Rule("LNG-2")]
    public void Every_name_that_is_shipped_has_every_language_that_staff_can_choose()
    {
        var staff = Path.Combine(ArchitectureTests.Root(), "src", "Silo", "Policy", "texts", "staff");
        var languages = Directory.GetDirectories(staff).Select(folder => Path.GetFileName(folder)!).ToList();

        var gaps = NamesOf(PolicyReader.Read(_shipped))
            .SelectMany(each => languages.Where(language => each.Text?.In?.ContainsKey(language) != true).Select(language => $"{each.What}: {language}"));

        Assert.Empty(gaps);
    }

    [Fact, Rule("LNG-2")]
    public void One_text_stands_for_every_reader_and_a_language_that_is_not_there_falls_back_to_English()
    {
        var plain = Basket("name: Fruit basket");
        var many = Basket(FruitBasket);

        Assert.Equal(new PolicyText("Fruit basket"), plain);
        Assert.Equal(("Fruit basket", null), (plain.For("ru"), plain.LanguageFor("ru")));
        Assert.Equal(
            ["Coș cu fructe", "Корзина фруктов", "Fruit basket", "Fruit basket"],
            new[] { "ro-MD", "ru", "uk", null }.Select(many.For));
        Assert.Equal("en", many.LanguageFor("uk"));
    }

    [Theory, Rule("LNG-2")]
    [InlineData("name: {ro: Coș cu fructe}", "name.en is missing: whoever reads a language that is not here gets English.")]
    [InlineData("name: {en: Fruit basket, romanian: Coș}", "name.romanian is no language; a tag such as en, ro or ro-MD is expected (BCP 47).")]
    [InlineData("name: {en: Fruit basket, ro: ''}", "name.ro is empty.")]
    [InlineData("name: ''", "name is empty.")]
    [InlineData("name: [Fruit basket]", "name must be words by language, such as {en: Final response, ro: Răspuns final}.")]
    public void A_name_that_would_leave_somebody_without_words_is_refused_with_its_line(string name, string because)
    {
        var line = _shipped.Judging[Goodwill].Split('\n').ToList().FindIndex(each => each.Contains("Fruit basket", StringComparison.Ordinal)) + 1;

        var problems = Assert.Throws<PolicyException>(() => Basket(name)).Problems;

        Assert.Equal($"{Goodwill}:{line}: gifts[2].{because}", Assert.Single(problems));
    }

    private PolicyText Basket(string name) => PolicyReader.Read(_shipped with
    {
        Judging = _shipped.Judging.ToDictionary(
            each => each.Key, each => each.Key == Goodwill ? each.Value.Replace(FruitBasket, name, StringComparison.Ordinal) : each.Value, StringComparer.Ordinal),
    }).Goodwill.Find("fruitBasket", null)!.Name;

    /// <summary>All that people read under a name of the policy.</summary>
    private static IEnumerable<(string What, PolicyText? Text)> NamesOf(Grains.Policies.Policy policy) =>
    [
        .. policy.Goodwill.Items.Select(item => ($"gift {item.Id}", (PolicyText?)item.Name)),
        .. policy.People.Teams.Select(team => ($"team {team.Id}", (PolicyText?)team.Name)),
        .. policy.Sla.Calendars.Keys.Where(id => id != SlaBook.Always).Select(id => ($"calendar {id}", policy.Sla.CalendarNames.GetValueOrDefault(id))),
        .. policy.Sla.Policies.Select(sla => ($"SLA policy {sla.Id}", sla.Name)),
        .. policy.Sla.Statutory.Select(clock => ($"clock of the law {clock.Id}", clock.Name)),
        .. policy.Packs.Packs.Values.SelectMany(pack =>
            new[] { ($"pack {pack.Id}", (PolicyText?)pack.Name), ($"rights of {pack.Id}", pack.Rights) }
                .Concat(pack.Clocks.SelectMany(clock => new[] { ($"clock {pack.NameOf(clock.Id)}", clock.Name), ($"title of {pack.NameOf(clock.Id)}", clock.Title) }))
                .Concat(pack.Letters.SelectMany(letter => letter.Fields.Select(field => ($"field {letter.Id}.{field.Id}", (PolicyText?)field.Asks))
                    .Concat(letter.Paragraphs.Where(paragraph => paragraph.IsMandatory).Select(paragraph => ($"paragraph {letter.Id}.{paragraph.Id}", paragraph.Name)))
                    .Append(($"letter {letter.Id}", letter.Name))))),
    ];
}
