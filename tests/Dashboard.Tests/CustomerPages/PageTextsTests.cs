using System.Text.RegularExpressions;
using Escalation.Dashboard.CustomerPages;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.CustomerPages;

/// <summary>The customer's page says everything in every language.</summary>
public sealed partial class PageTextsTests
{
    /// <summary>Texts that hold the language's plural forms.</summary>
    private static readonly string[] Plurals = [nameof(PageTexts.Moved)];

    private static readonly System.Reflection.PropertyInfo[] Texts =
        [.. typeof(PageTexts).GetProperties().Where(text => text.PropertyType == typeof(string) && text.Name != nameof(PageTexts.Language))];

    [Theory, Rule("CUS-8")]
    [InlineData("ro")]
    [InlineData("ru")]
    public void Every_word_is_there_in_its_own_language_with_the_same_values_filled_in(string language)
    {
        var (english, other) = (PageTexts.English, PageTexts.For(language));
        Assert.True(Texts.Length > 80);
        Assert.All(Texts, text =>
        {
            var (said, expected) = ((string)text.GetValue(other)!, (string)text.GetValue(english)!);
            Assert.True(said.Length > 0 && said != expected, $"{text.Name} is '{said}' in {language}.");
            Assert.Equal(Placeholders(expected), Placeholders(said));
            Assert.True(language != "ru" || Cyrillic().IsMatch(said), $"{text.Name} is '{said}' in ru.");
        });
    }

    [Fact, Rule("CUS-8")]
    public void Every_plural_has_as_many_forms_as_its_language()
    {
        Assert.All(PageTexts.Offered, texts => Assert.All(Texts, text => Assert.Equal(
            Plurals.Contains(text.Name) ? Plural.FormsIn(texts.Language) : 1, ((string)text.GetValue(texts)!).Split('|').Length)));
    }

    [Theory, Rule("CUS-8")]
    [InlineData("en", 1, "moved once")]
    [InlineData("en", 21, "moved 21 times")]
    [InlineData("ro", 1, "mutată o dată")]
    [InlineData("ro", 2, "mutată de 2 ori")]
    [InlineData("ro", 20, "mutată de 20 de ori")]
    [InlineData("ro", 101, "mutată de 101 ori")]
    [InlineData("ru", 1, "перенесено 1 раз")]
    [InlineData("ru", 3, "перенесено 3 раза")]
    [InlineData("ru", 11, "перенесено 11 раз")]
    [InlineData("ru", 13, "перенесено 13 раз")]
    [InlineData("ru", 22, "перенесено 22 раза")]
    [InlineData("ru", 25, "перенесено 25 раз")]
    public void The_form_goes_with_the_number(string language, int number, string expected) =>
        Assert.Equal(expected, Plural.Of(PageTexts.For(language).Moved, language, number));

    private static string[] Placeholders(string text) => [.. Placeholder().Matches(text).Select(match => match.Value).Distinct().Order()];

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\p{IsCyrillic}")]
    private static partial Regex Cyrillic();
}
