using System.Collections.Immutable;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Playbooks;

/// <summary>PLY-1, PLY-2: what the company knows about one conflict type.</summary>
/// <param name="Type">The conflict type.</param>
/// <param name="Stages">What to do and say, stage by stage; stages of a case that is worked on only.</param>
/// <param name="Avoid">PLY-2: what not to do.</param>
/// <param name="Promises">What is often promised.</param>
/// <param name="Solutions">Two typical solutions that differ in kind.</param>
/// <param name="Remedies">What sets it right.</param>
public sealed record Playbook(
    string Type,
    IReadOnlyDictionary<Stage, StageGuide> Stages,
    ImmutableArray<SpokenText> Avoid,
    ImmutableArray<OftenPromised> Promises,
    ImmutableArray<SpokenText> Solutions,
    ImmutableArray<SpokenText> Remedies);

/// <summary>What to do and say in one stage.</summary>
/// <param name="Aim">What is to be reached.</param>
/// <param name="Steps">In the order in which they are done.</param>
/// <param name="Phrases">Words that help; those of the type before those for every type.</param>
public sealed record StageGuide(SpokenText Aim, ImmutableArray<GuideStep> Steps, ImmutableArray<Phrase> Phrases);

/// <summary>One step of a stage.</summary>
/// <param name="Text">What to do.</param>
/// <param name="Does">What in the case shows that it is done; null for a reminder.</param>
public sealed record GuideStep(SpokenText Text, StepMark? Does);

/// <summary>A speech module.</summary>
/// <param name="Text">What to say.</param>
/// <param name="When">For which turn of the talk; null for any.</param>
public sealed record Phrase(SpokenText Text, SpokenText? When);

/// <summary>Something that is often promised.</summary>
/// <param name="Text">As the customer reads it.</param>
/// <param name="Within">How long it usually takes.</param>
public sealed record OftenPromised(SpokenText Text, TimeSpan Within);

/// <summary>What in a case shows that a step is done.</summary>
public enum StepMark
{
    Listen,
    Pause,
    Understanding,
    Join,
    Contact,
    Facts,
    Options,
    Agreement,
    Commitment,
    Close,
}

/// <summary>One text in the playbooks' languages.</summary>
public sealed record SpokenText(ImmutableDictionary<string, string> Texts)
{
    /// <summary>The text in a language of <see cref="PlaybookBook.LanguageFor"/>.</summary>
    public string In(string language) => Texts[language];
}
