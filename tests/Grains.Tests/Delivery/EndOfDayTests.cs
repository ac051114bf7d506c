using Escalation.Grains.Statutory;
using Escalation.Grains.Tests.Cases;
using Escalation.Grains.Tests.Statutory;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Delivery;

/// <summary>LNG-3: what is due at midnight is due by the end of the day before, as people count.</summary>
public sealed class EndOfDayTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 11, 20, 22, 0, 0, TimeSpan.Zero);

    [Theory, Rule("LNG-3")]
    [InlineData("en", "the end of Friday 20 November 2026 (Europe/Chisinau)", "Friday 20 November 2026, 23:59 (Europe/Chisinau)")]
    [InlineData("ro", "vineri, 20 noiembrie 2026, la sfârșitul zilei (Europe/Chisinau)", "vineri, 20 noiembrie 2026, ora 23:59 (Europe/Chisinau)")]
    [InlineData("ru", "пятница, 20 ноября 2026 г., до конца дня (Europe/Chisinau)", "пятница, 20 ноября 2026 г., 23:59 (Europe/Chisinau)")]
    public void Midnight_is_the_end_of_the_day_before_it(string language, string atMidnight, string before)
    {
        var texts = TestPolicy.Shipped.Current.Texts.For(language);

        Assert.Equal((atMidnight, before), (texts.Due(Midnight, "Europe/Chisinau"), texts.Due(Midnight.AddMinutes(-1), "Europe/Chisinau")));
        Assert.DoesNotContain(texts.Due(Midnight, "UTC"), atMidnight, StringComparison.Ordinal);
    }

    [Fact, Rule("LNG-3"), Rule("CASE-9")]
    public void A_promise_until_midnight_is_told_as_until_the_end_of_the_day()
    {
        var story = Opened().Tell(new MakePromise("Un ceainic nou", Midnight, "ana"));

        Assert.Contains("Termen: vineri, 20 noiembrie 2026, la sfârșitul zilei (Europe/Chisinau).", story.Case.Notices[^1].Body, StringComparison.Ordinal);
    }

    /// <summary>Complained of on a Sunday, the law's days count from Monday on, and end at midnight in London.</summary>
    [Fact, Rule("LNG-3"), Rule("REG-1")]
    public void A_day_of_the_law_ends_with_the_last_working_day_of_its_own_calendar()
    {
        var story = new CaseStory().Tell(Opening(LawStory.Nora with { TimeZone = "Europe/Chisinau" }) with
        {
            Site = "london",
            Product = "card",
            ComplainedAt = LawStory.Utc(2026, 11, 15),
        });
        var texts = TestPolicy.Shipped.Current.Texts.For("en");

        Assert.Equal("the end of Monday 16 November 2026 (Europe/London)", EndOf("uk-disp.acknowledgement"));
        Assert.Equal("the end of Friday 4 December 2026 (Europe/London)", EndOf("uk-disp.paymentResponse"));
        Assert.Null(LawDays.EndOf(LawStory.OpenedAt("london", "card").Clock("uk-disp.paymentResponse"), TestPolicy.Shipped.Current, story.Case));

        string EndOf(string clock)
        {
            var (at, timeZone) = LawDays.EndOf(story.Clock(clock), TestPolicy.Shipped.Current, story.Case)!.Value;
            return texts.Due(at, timeZone);
        }
    }
}
