using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Playbooks;
using Escalation.Grains.Policies;

namespace Escalation.Dashboard.Api;

/// <summary>PLY-1, PLY-2: a playbook in one language, with another beside it.</summary>
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
    /// <param name="beside">The language that whoever reads it understands, BCP 47; English for one that the playbooks do not speak.</param>
    /// <param name="state">The case whose steps are shown as done or not; null for none.</param>
    internal static PlaybookView Of(Playbook playbook, Policy policy, string? language, string? beside, Case? state)
    {
        var languages = new GuideLanguages(policy.Playbooks.LanguageFor(language), policy.Playbooks.LanguageFor(beside));
        var spoken = languages.Spoken;
        var reason = policy.Texts.For(spoken).ReasonFor(playbook.Type);
        var gloss = policy.Texts.For(languages.Beside).ReasonFor(playbook.Type);
        return new PlaybookView(
            playbook.Type, policy.Version, spoken, policy.Playbooks.Languages,
            [.. playbook.Stages.OrderBy(stage => stage.Key).Select(stage => StageGuideView.Of(stage.Key, stage.Value, languages, state))],
            Texts(playbook.Avoid),
            [.. playbook.Promises.Select(promise => new OftenPromisedView(promise.Text.In(spoken), languages.GlossOf(promise.Text), promise.Within))],
            Texts(playbook.Solutions),
            Texts(playbook.Remedies),
            new GuideTextView(reason, reason == gloss ? null : gloss));

        List<GuideTextView> Texts(ImmutableArray<SpokenText> texts) => [.. texts.Select(text => GuideTextView.Of(text, languages))];
    }
}

/// <summary>What to do and say in one stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Aim">What is to be reached.</param>
/// <param name="Steps">In order.</param>
/// <param name="Phrases">Words that help.</param>
public sealed record StageGuideView(Stage Stage, GuideTextView Aim, IReadOnlyList<GuideStepView> Steps, IReadOnlyList<PhraseView> Phrases)
{
    internal static StageGuideView Of(Stage stage, StageGuide guide, GuideLanguages languages, Case? state) => new(
        stage,
        GuideTextView.Of(guide.Aim, languages),
        [.. guide.Steps.Select(step => new GuideStepView(
            step.Text.In(languages.Spoken), languages.GlossOf(step.Text), step.Does, step.Does is { } mark && StepProgress.IsRequired(mark),
            step.Does is { } does && state is not null ? StepProgress.IsDone(does, state) : null))],
        [.. guide.Phrases.Select(phrase => new PhraseView(
            phrase.Text.In(languages.Spoken), languages.GlossOf(phrase.Text), phrase.When is { } when ? GuideTextView.Of(when, languages) : null))]);
}

/// <summary>A step of a stage.</summary>
/// <param name="Text">What to do.</param>
/// <param name="Gloss">The same in the language beside it; absent when that is this.</param>
/// <param name="Does">What in the case shows that it is done; absent for a reminder.</param>
/// <param name="Required">CASE-2: the stage is not left without it.</param>
/// <param name="Done">Whether it is done in this round; absent without a case, and for reminders.</param>
public sealed record GuideStepView(string Text, string? Gloss, StepMark? Does, bool Required, bool? Done);

/// <summary>A speech module.</summary>
/// <param name="Text">What to say.</param>
/// <param name="Gloss">The same in the language beside it; absent when that is this.</param>
/// <param name="When">For which turn of the talk; absent for any.</param>
public sealed record PhraseView(string Text, string? Gloss, GuideTextView? When);

/// <summary>Something that is often promised.</summary>
/// <param name="Text">As the customer reads it.</param>
/// <param name="Gloss">The same in the language beside it; absent when that is this.</param>
/// <param name="Within">How long it usually takes.</param>
public sealed record OftenPromisedView(string Text, string? Gloss, TimeSpan Within);

/// <summary>A text, and the same in the language beside it; absent when that is this.</summary>
public sealed record GuideTextView(string Text, string? Gloss)
{
    internal static GuideTextView Of(SpokenText text, GuideLanguages languages) => new(text.In(languages.Spoken), languages.GlossOf(text));
}

/// <summary>The customer's language and the reader's.</summary>
internal readonly record struct GuideLanguages(string Spoken, string Beside)
{
    public string? GlossOf(SpokenText text) => Spoken == Beside ? null : text.In(Beside);
}
