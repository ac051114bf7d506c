using System.Globalization;

namespace Escalation.Dashboard.CustomerPages;

/// <summary>What the customer's page says, in one language. <c>{0}</c>, <c>{1}</c> are filled in.</summary>
internal sealed partial record PageTexts
{
    /// <summary>BCP 47.</summary>
    public required string Language { get; init; }

    public required string Case { get; init; }

    public required string Title { get; init; }

    public required string SwitchLanguage { get; init; }

    public required string ByDate { get; init; }

    public required string WeContactYou { get; init; }

    public required string YouHearFromUs { get; init; }

    public required string WeAreLate { get; init; }

    public required string WeAreLateSince { get; init; }

    public required string Closed { get; init; }

    public required string ClosedMayReopen { get; init; }

    public required string ClosedForGood { get; init; }

    public required string AnswersForCase { get; init; }

    public required string NobodyYet { get; init; }

    public required string CallNumber { get; init; }

    public required string BrokenWord { get; init; }

    public required string MovedAsk { get; init; }

    public required string Fine { get; init; }

    public required string CallMe { get; init; }

    public required string Cancel { get; init; }

    public required string YouChose { get; init; }

    public required string Confirm { get; init; }

    public required string OrElse { get; init; }

    public required string YouAnswered { get; init; }

    public required string ChangeMind { get; init; }

    public required string SilenceFirst { get; init; }

    public required string SilenceSecond { get; init; }

    public required string SilenceConsents { get; init; }

    public required string SilenceConsented { get; init; }

    public required string SilenceCancels { get; init; }

    public required string NoAnswerYet { get; init; }

    public required string Superseded { get; init; }

    public required string NothingToAnswer { get; init; }

    public required string Survey { get; init; }

    public required string SurveyAbout { get; init; }

    public required string SurveyExpected { get; init; }

    public required string SurveyGot { get; init; }

    public required string SurveyLittle { get; init; }

    public required string SurveyMuch { get; init; }

    public required string SurveyPoints { get; init; }

    public required string WhereItIs { get; init; }

    public required string Again { get; init; }

    public required string StepListened { get; init; }

    public required string StepChecked { get; init; }

    public required string StepChoose { get; init; }

    public required string StepAgree { get; init; }

    public required string StepDo { get; init; }

    public required string Now { get; init; }

    public required string Promises { get; init; }

    public required string NoPromises { get; init; }

    public required string FirstDate { get; init; }

    public required string HoldingDate { get; init; }

    public required string WaitingForYou { get; init; }

    public required string Waiting { get; init; }

    /// <summary>The language's plural forms (<see cref="Plural"/>).</summary>
    public required string Moved { get; init; }

    public required string Kept { get; init; }

    public required string KeptOn { get; init; }

    public required string KeptLate { get; init; }

    public required string Withdrawn { get; init; }

    public required string Lapsed { get; init; }

    public required string LapsedDetail { get; init; }

    public required string Erased { get; init; }

    public required string Add { get; init; }

    public required string AddAbout { get; init; }

    public required string AddLabel { get; init; }

    public required string Send { get; init; }

    public required string Rights { get; init; }

    public required string Costs { get; init; }

    public required string Disagree { get; init; }

    public required string DisagreeTell { get; init; }

    public required string DisagreeTellNobody { get; init; }

    public required string DisagreeHigher { get; init; }

    public required string AskHigher { get; init; }

    public required string HigherReopens { get; init; }

    public required string DisagreeOutside { get; init; }

    public required string Reach { get; init; }

    public required string CallMeBack { get; init; }

    public required string WriteTo { get; init; }

    public required string CallWaits { get; init; }

    public required string HigherWaits { get; init; }

    public required string Thanks { get; init; }

    public required string ThanksNew { get; init; }

    public required string ThanksCall { get; init; }

    public required string ThanksCancel { get; init; }

    public required string NotTaken { get; init; }

    public required string EmptyText { get; init; }

    public required string TooLong { get; init; }

    public required string Footer { get; init; }

    public required string GoneTitle { get; init; }

    public required string Gone { get; init; }

    public required string AwayTitle { get; init; }

    public required string Away { get; init; }

    public required string Answers { get; init; }

    public required string AnswersLead { get; init; }

    public required string NoAnswers { get; init; }

    public required string TrueUntil { get; init; }

    public required string BeingChecked { get; init; }

    /// <summary>The texts for a language (BCP 47; <c>ro-MD</c> finds <c>ro</c>), else English.</summary>
    public static PageTexts For(string? language) =>
        Offered.FirstOrDefault(texts => texts.Language.Equals(language?.Split('-')[0], StringComparison.OrdinalIgnoreCase)) ?? English;

    /// <summary>Every language there is, in the order in which they are offered.</summary>
    public static IReadOnlyList<PageTexts> Offered => [English, Romanian, Russian];

    public static string Fill(string text, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.InvariantCulture, text, values);
}
