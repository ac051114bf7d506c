using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Playbooks;
using Escalation.Grains.Policies;

namespace Escalation.Dashboard.Api;

/// <summary>PLY-1, PLY-2: a playbook in one language, with English beside it.</summary>
/// <param name="Type">The conflict type.</param>
/// <param name="Policy">The policy version that it stands in.</param>
/// <param name="Language">The language of its texts.</param>
/// <param name="Languages">The languages there are.</param>
/// <param name="Stages">What to do and say, stage by stage.</param>
/// <param name="Avoid">What not to do.</param>
/// <param name="Promises">What is often promised.</param>
/// <param name="Solutions">Typical solutions that differ in kind.</param>
/// <param name="Remedies">What sets it right.</param>
/// <param name="DelayReason">PRM-3: why it takes longer, as the platform would say it by itself.</param>
public sealed record PlaybookView(
    string Type,
    string Policy,
    string Language,
    IReadOnlyList<string> Languages,
    IReadOnlyList<StageGuideView> Stages,
    IReadOnlyList<GuideTextView> Avoid,
    IReadOnlyList<OftenPromisedView> Promises,
    IReadOnlyList<GuideTextView> Solutions,
    IReadOnlyList<GuideTextView> Remedies,
    GuideTextView DelayReason)
{
    /// <param name="playbook">What is shown.</param>
    /// <param name="policy">The version that it stands in.</param>
    /// <param name="language">BCP 47; one that the playbooks do not speak is shown in English.</param>
    /// <param name="state">The case whose steps are shown as done or not; null for none.</param>
    internal static PlaybookView Of(Playbook playbook, Policy policy, string? language, Case? state)
    {
        var spoken = policy.Playbooks.LanguageFor(language);
        var reason = policy.Texts.For(spoken).ReasonFor(playbook.Type);
        var gloss = policy.Texts.For(PlaybookBook.Gloss).ReasonFor(playbook.Type);
        return new PlaybookView(
            playbook.Type, policy.Version, spoken, policy.Playbooks.Languages,
            [.. playbook.Stages.OrderBy(stage => stage.Key).Select(stage => StageGuideView.Of(stage.Key, stage.Value, spoken, state))],
            Texts(playbook.Avoid),
            [.. playbook.Promises.Select(promise => new OftenPromisedView(promise.Text.In(spoken), GuideTextView.GlossOf(promise.Text, spoken), promise.Within))],
            Texts(playbook.Solutions),
            Texts(playbook.Remedies),
            new GuideTextView(reason, reason == gloss ? null : gloss));

        List<GuideTextView> Texts(ImmutableArray<SpokenText> texts) => [.. texts.Select(text => GuideTextView.Of(text, spoken))];
    }
}

/// <summary>What to do and say in one stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Aim">What is to be reached.</param>
/// <param name="Steps">In order.</param>
/// <param name="Phrases">Words that help.</param>
public sealed record StageGuideView(Stage Stage, GuideTextView Aim, IReadOnlyList<GuideStepView> Steps, IReadOnlyList<PhraseView> Phrases)
{
    internal static StageGuideView Of(Stage stage, StageGuide guide, string language, Case? state) => new(
        stage,
        GuideTextView.Of(guide.Aim, language),
        [.. guide.Steps.Select(step => new GuideStepView(
            step.Text.In(language), GuideTextView.GlossOf(step.Text, language), step.Does, step.Does is { } mark && StepProgress.IsRequired(mark),
            step.Does is { } does && state is not null ? StepProgress.IsDone(does, state) : null))],
        [.. guide.Phrases.Select(phrase => new PhraseView(
            phrase.Text.In(language), GuideTextView.GlossOf(phrase.Text, language), phrase.When is { } when ? GuideTextView.Of(when, language) : null))]);
}

/// <summary>A step of a stage.</summary>
/// <param name="Text">What to do.</param>
/// <param name="Gloss">The same in English; absent when it is.</param>
/// <param name="Does">What in the case shows that it is done; absent for a reminder.</param>
/// <param name="Required">CASE-2: the stage is not left without it.</param>
/// <param name="Done">Whether it is done in this round; absent without a case, and for reminders.</param>
public sealed record GuideStepView(string Text, string? Gloss, StepMark? Does, bool Required, bool? Done);

/// <summary>A speech module.</summary>
/// <param name="Text">What to say.</param>
/// <param name="Gloss">The same in English; absent when it is.</param>
/// <param name="When">For which turn of the talk; absent for any.</param>
public sealed record PhraseView(string Text, string? Gloss, GuideTextView? When);

/// <summary>Something that is often promised.</summary>
/// <param name="Text">As the customer reads it.</param>
/// <param name="Gloss">The same in English; absent when it is.</param>
/// <param name="Within">How long it usually takes.</param>
public sealed record OftenPromisedView(string Text, string? Gloss, TimeSpan Within);

/// <summary>A text, and the same in English; absent when it is.</summary>
public sealed record GuideTextView(string Text, string? Gloss)
{
    internal static GuideTextView Of(SpokenText text, string language) => new(text.In(language), GlossOf(text, language));

    internal static string? GlossOf(SpokenText text, string language) =>
        language == PlaybookBook.Gloss ? null : text.In(PlaybookBook.Gloss);
}
