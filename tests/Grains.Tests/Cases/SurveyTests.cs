using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Cases;

/// <summary>CUS-2: what a customer expected and got, asked when their case is closed.</summary>
public sealed class SurveyTests
{
    [Fact, Rule("CUS-2")]
    public void Each_question_is_answered_by_itself_and_the_last_answer_counts()
    {
        var story = Closed();

        story.Tell(new CaseCommand.RateExperience(4, null), CaseStory.Customer)
            .Tell(new CaseCommand.RateExperience(null, 2), CaseStory.Customer)
            .Tell(new CaseCommand.RateExperience(null, 3), CaseStory.Customer)
            .Tell(new CaseCommand.RateExperience(4, 3), CaseStory.Customer);

        Assert.Equal(new Survey(4, 3, 1), story.Case.Survey);
        Assert.Equal(3, story.All<ExperienceRated>().Count());
    }

    [Fact, Rule("CUS-2")]
    public void An_open_case_takes_no_answer_and_points_go_from_one_to_five()
    {
        Assert.Equal("case.experience.open", CaseStory.Opened().Refuse(new CaseCommand.RateExperience(4, 4)).Code);
        foreach (var (expected, got) in new (int?, int?)[] { (0, null), (6, 1), (null, null), (3, -1) })
        {
            Assert.Equal("case.experience.points", Closed().Refuse(new CaseCommand.RateExperience(expected, got)).Code);
        }
    }

    [Fact, Rule("CUS-2")]
    public void A_later_round_is_rated_anew_and_until_then_the_last_word_stands()
    {
        var story = Closed().Tell(new CaseCommand.RateExperience(5, 1), CaseStory.Customer);
        story.Tell(new CaseCommand.ReopenCase("It broke again."));
        Assert.Equal(new Survey(5, 1, 1), story.Case.Survey);

        story.Tell(new CaseCommand.CloseCase(Outcome.Withdrawn, "They let it be.")).Tell(new CaseCommand.RateExperience(null, 3), CaseStory.Customer);

        Assert.Equal(new Survey(null, 3, 2), story.Case.Survey);
        var counted = CaseExperience.Of(story.Case);
        Assert.Equal((2, null, 3, false), (counted.Rounds, counted.Expected, counted.Got, counted.IsRated));
    }

    private static CaseStory Closed() => CaseStory.Opened().Tell(new CaseCommand.CloseCase(Outcome.Withdrawn, "They let it be."));
}
