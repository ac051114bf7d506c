using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Promises;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using LiveBoard = Escalation.Grains.Board.Board;

namespace Escalation.Grains.Tests.Desks;

/// <summary>DSK-7: what a case asks of its owner.</summary>
public sealed class DeskAskTests
{
    [Fact, Rule("DSK-7")]
    public void What_the_customer_wrote_waits_for_an_answer_from_its_first_word_on()
    {
        var story = Owned().Tell(new CaseCommand.LogContact(Direction.ToCustomer, Channel.Email, "We look into it."));
        Assert.Equal(DeskAskKind.Step, AskOf(story).Kind);

        var wrote = story.After(TimeSpan.FromMinutes(5)).Now;
        story.Tell(new CaseCommand.LogContact(Direction.FromCustomer, Channel.Email, "When?"));
        story.After(TimeSpan.FromMinutes(5)).Tell(new CaseCommand.HearCustomer("Is anybody there?", CustomerWish.None), CaseStory.Customer);

        Assert.Equal((DeskAskKind.Answer, wrote), (AskOf(story).Kind, AskOf(story).Since));
        Assert.Equal(wrote, BoardRow.Of(story.Case, 1).UnansweredSince);
    }

    [Theory, Rule("DSK-7")]
    [InlineData(Direction.ToCustomer, Channel.Email)]
    [InlineData(Direction.ToCustomer, Channel.Phone)]
    [InlineData(Direction.FromCustomer, Channel.Phone)]
    [InlineData(Direction.FromCustomer, Channel.Visit)]
    public void Whoever_writes_back_or_speaks_with_them_has_answered(Direction direction, Channel channel)
    {
        var story = Owned().Tell(new CaseCommand.HearCustomer("Is anybody there?", CustomerWish.None), CaseStory.Customer);
        story.After(TimeSpan.FromMinutes(5)).Tell(new CaseCommand.LogContact(direction, channel, "Yes."));

        Assert.Equal(DeskAskKind.Step, AskOf(story).Kind);
    }

    [Theory, Rule("DSK-7"), Rule("PRM-6")]
    [InlineData(CustomerAnswer.Fine, DeskAskKind.Step)]
    [InlineData(CustomerAnswer.CallMe, DeskAskKind.Call)]
    [InlineData(CustomerAnswer.Cancel, DeskAskKind.Call)]
    public void One_click_on_a_letter_asks_for_no_answer_or_for_a_call_and_what_was_written_before_still_waits(CustomerAnswer answer, DeskAskKind asked)
    {
        var story = Owned()
            .Tell(new CaseCommand.MakePromise("Call back", CaseStory.Noon.AddHours(6), null))
            .Tell(new CaseCommand.ExplainDelay(1, "The van broke down.", CaseStory.Noon.AddHours(8)));
        var written = Owned()
            .Tell(new CaseCommand.MakePromise("Call back", CaseStory.Noon.AddHours(6), null))
            .Tell(new CaseCommand.HearCustomer("When?", CustomerWish.None), CaseStory.Customer)
            .After(TimeSpan.FromMinutes(5))
            .Tell(new CaseCommand.ExplainDelay(1, "The van broke down.", CaseStory.Noon.AddHours(8)));
        foreach (var each in new[] { story, written })
        {
            each.After(TimeSpan.FromMinutes(5)).Tell(new CaseCommand.AnswerDelay(1, 1, answer, Channel.Web), CaseStory.Customer);
        }

        Assert.Equal(asked, AskOf(story).Kind);
        Assert.Null(story.Case.UnansweredSince);
        Assert.Equal(CaseStory.Noon, written.Case.UnansweredSince);
    }

    [Theory, Rule("DSK-7"), Rule("CASE-2")]
    [InlineData(Stage.Contact, "Reach the customer", "Go on to Clarify")]
    [InlineData(Stage.Clarify, "Record the facts, and what they expect", "Go on to Options")]
    [InlineData(Stage.Options, "Offer at least two solutions", "Go on to Agreement")]
    [InlineData(Stage.Agreement, "Their yes, with a promise or a remedy", "Go on to Follow-through")]
    public void What_comes_next_is_what_the_stage_still_needs_and_then_the_next_stage(Stage stage, string needed, string then)
    {
        var story = Owned().Reached(stage);
        Assert.Equal(needed, AskOf(story).Text);

        CaseCommand[] work = stage switch
        {
            Stage.Contact => [new CaseCommand.LogContact(Direction.ToCustomer, Channel.Phone, "called")],
            Stage.Clarify => [new CaseCommand.RecordFacts("ordered twice", "delivery this week")],
            Stage.Options => [new CaseCommand.OfferOption("deliver on Saturday", null), new CaseCommand.OfferOption("money back", null)],
            _ => [new CaseCommand.ReachAgreement("Saturday it is", [1], RemedyGiven: true)],
        };
        foreach (var command in work)
        {
            story.Tell(command);
        }

        Assert.Equal(then, AskOf(story).Text);
    }

    private static CaseStory Owned() => CaseStory.Opened().Tell(new CaseCommand.AssignOwner("ana"));

    private static DeskAsk AskOf(CaseStory story)
    {
        var row = BoardRow.Of(story.Case, story.History.Count);
        var board = new LiveBoard();
        board.Load([row], 1);
        var desks = new DeskBook(board, story.Policies);
        desks.Load([]);
        return Assert.Single(desks.Read("ana", decides: false).Waiting);
    }
}
