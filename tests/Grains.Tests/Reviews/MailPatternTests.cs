using Escalation.Grains.Reviews;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Reviews;

/// <summary>REV-2: a place's mail, described as data.</summary>
public sealed class MailPatternTests
{
    private static readonly PublicPlace Maps = Place("maps", "reviews@maps.example", Pattern("new", "{author} left a {rating}-star review", "{text}\nRead it: {url}"));

    [Fact, Rule("REV-2")]
    public void A_letter_that_fits_tells_of_its_review_whatever_its_line_breaks_and_capitals()
    {
        var review = Review(Read([Maps], "Reviews@Maps.example", "Vera  Quimbly LEFT a ★★☆☆☆-star\r\n review", "The kettle leaks.\r\n\r\nTwice.\nread it:\nhttps://maps.example/r/9 \n--\nMaps"));

        Assert.Equal(new MailedReview("new", 2, "The kettle leaks.\n\nTwice.", "Vera Quimbly", "https://maps.example/r/9", null), review);
    }

    [Theory, Rule("REV-2")]
    [InlineData("{rating}", null, "4.0", "", 4, null)]
    [InlineData("Review {key}: {rating}", "They wrote: {text}", "Review r-17: 1", "Hello,\nThey wrote: Bad.\nNever again.\n", 1, "Bad.\nNever again.")]
    [InlineData(null, "{any}Stars: {rating}{any}Comment:\n{text}\n==", "", "Dear all\nStars: 3\nhm\nComment:\nLate, cold.\n==\n", 3, "Late, cold.")]
    [InlineData("New ({rating}) [*]", null, "new (5) [*]", "", 5, null)]
    public void Placeholders_stand_for_what_changes(string? subject, string? text, string realSubject, string realText, int rating, string? said)
    {
        var review = Pattern("p", subject, text).Read(realSubject, realText);

        Assert.Equal((rating, said), (review!.Rating, review.Text));
    }

    [Fact, Rule("REV-2")]
    public void What_no_pattern_fits_or_those_of_two_places_do_is_for_a_person()
    {
        var other = Place("shop", "@maps.example", Pattern("new", "{author} left a {rating}-star review", null), Pattern("digest", "Your week", null, isIgnored: true));

        Assert.IsType<PlaceLetter.Unread>(Read([Maps], "reviews@maps.example", "Something else", ""));
        Assert.IsType<PlaceLetter.Unread>(Read([Maps], "reviews@maps.example", "A left a 6-star review", "Bad.\nRead it: https://maps.example/r"));
        Assert.IsType<PlaceLetter.Unread>(Read([Maps, other], "reviews@maps.example", "A left a 1-star review", "Bad.\nRead it: https://maps.example/r"));
        Assert.Equal("shop", Assert.IsType<PlaceLetter.OfReview>(Read([Maps, other], "reviews@maps.example", "A left a 1-star review", "Bad.")).Place.Id);
        Assert.Equal("digest", Assert.IsType<PlaceLetter.Ignored>(Read([Maps, other], "news@maps.example", "your week", "")).Pattern);
        Assert.Null(Read([Maps, other], "reviews@elsewhere.example", "A left a 1-star review", ""));
    }

    [Theory, Rule("REV-2")]
    [InlineData(null, " ", "needs a subject")]
    [InlineData("{stars}", null, "has {stars}")]
    [InlineData("{rating} {author}", "{rating}", "has {rating} twice")]
    [InlineData("{author} {text}", null, "nothing between")]
    [InlineData("{author} wrote", null, "neither {rating} nor {text}")]
    public void A_pattern_that_could_not_be_read_is_a_fault(string? subject, string? text, string fault)
    {
        var (pattern, said) = MailPattern.TryParse("p", subject, text, isIgnored: false);

        Assert.Null(pattern);
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    [Theory, Rule("REV-2")]
    [InlineData("4", 4)]
    [InlineData(" 4,0 ", 4)]
    [InlineData("3/5", 3)]
    [InlineData("2 out of 5", 2)]
    [InlineData("5 из 5", 5)]
    [InlineData("★★★☆☆", 3)]
    [InlineData("★", 1)]
    [InlineData("4.5", null)]
    [InlineData("0", null)]
    [InlineData("6", null)]
    [InlineData("☆★", null)]
    [InlineData("★★★★★★", null)]
    [InlineData("five", null)]
    public void Stars_are_read_as_people_write_them(string text, int? stars) => Assert.Equal(stars, Stars.TryRead(text));

    private static PlaceLetter? Read(PublicPlace[] places, string from, string subject, string text) =>
        PlaceLetter.Read(new ReviewBook { Places = [.. places] }, from, subject, text);

    private static MailedReview Review(PlaceLetter? letter) => Assert.IsType<PlaceLetter.OfReview>(letter).Review;

    private static MailPattern Pattern(string name, string? subject, string? text, bool isIgnored = false) =>
        MailPattern.TryParse(name, subject, text, isIgnored).Pattern ?? throw new InvalidOperationException($"{name} is no pattern.");

    private static PublicPlace Place(string id, string from, params MailPattern[] patterns) =>
        new(id, id, $"https://{id}.example", TimeSpan.FromDays(1), "quality", null, "en", "UTC") { Mail = new PlaceMail([from], [.. patterns]) };
}
