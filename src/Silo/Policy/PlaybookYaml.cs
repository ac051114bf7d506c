using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Playbooks;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>playbooks/common.yaml</c> and <c>playbooks/TYPE.yaml</c>. See <c>docs/PLAYBOOKS.md</c>.</summary>
internal sealed class PlaybookYaml
{
    public const string Folder = "playbooks/";
    public const string CommonFile = "playbooks/common.yaml";

    /// <summary>A choice between fewer is none.</summary>
    private const int LeastSolutions = 2;

    private static readonly Stage[] Stages = [.. Enum.GetValues<Stage>().Where(stage => stage != Stage.Closed)];

    private readonly ImmutableArray<string> _languages;
    private readonly Dictionary<Stage, StageGuide> _stages = [];
    private readonly ImmutableArray<SpokenText> _avoid;
    private readonly ImmutableArray<OftenPromised> _promises;

    /// <summary>Reads what holds for every type.</summary>
    public PlaybookYaml(YamlPart common)
    {
        _languages = [.. common.Words("languages").Distinct(StringComparer.Ordinal)];
        if (!_languages.Contains(PlaybookBook.Gloss))
        {
            common.Fault("must name en: agents read English beside the customer's language.", "languages");
        }

        var stages = common.Get("stages");
        foreach (var stage in Stages)
        {
            if (stages?.Get(YamlPart.CamelCase(stage)) is { } part)
            {
                var aim = part.Get("aim") is { } text ? ReadText(text) : Missing();
                _stages[stage] = new StageGuide(aim, ReadSteps(part), ReadPhrases(part));
                part.Close();
                foreach (var mark in RequiredIn(stage).Except(_stages[stage].Steps.Select(step => step.Does).OfType<StepMark>()))
                {
                    part.Fault($"lacks the step that does: {YamlPart.CamelCase(mark)}, without which the stage is not left.", "steps");
                }
            }
        }

        stages?.Close();
        _avoid = ReadTexts(common, "avoid");
        _promises = ReadPromises(common);
        common.Close();
    }

    public ImmutableArray<string> Languages => _languages;

    /// <summary>One type's playbook: its own, and what holds for every type.</summary>
    public Playbook Read(YamlPart file, string type)
    {
        var stages = new Dictionary<Stage, StageGuide>(_stages);
        var own = file.Get("stages");
        foreach (var stage in Stages)
        {
            if (own?.Find(YamlPart.CamelCase(stage)) is { } part && stages.TryGetValue(stage, out var common))
            {
                // What is special to the type comes before what ends the stage.
                var end = common.Steps.TakeWhile(step => step.Does is not { } mark || !StepProgress.IsRequired(mark)).Count();
                stages[stage] = common with
                {
                    Steps = common.Steps.InsertRange(end, ReadSteps(part)),
                    Phrases = [.. ReadPhrases(part), .. common.Phrases],
                };
                part.Close();
            }
        }

        own?.Close();
        var solutions = ReadTexts(file, "solutions");
        if (solutions.Length < LeastSolutions)
        {
            file.Fault($"needs at least {LeastSolutions}: without a choice there is nothing to offer.", "solutions");
        }

        var playbook = new Playbook(type, stages, [.. ReadTexts(file, "avoid"), .. _avoid], [.. ReadPromises(file), .. _promises], solutions, ReadTexts(file, "remedies"));
        file.Close();
        return playbook;
    }

    private static IEnumerable<StepMark> RequiredIn(Stage stage) => stage switch
    {
        Stage.Contact => [StepMark.Contact],
        Stage.Clarify => [StepMark.Facts],
        Stage.Options => [StepMark.Options],
        Stage.Agreement => [StepMark.Agreement, StepMark.Commitment],
        Stage.FollowThrough => [StepMark.Close],
        Stage.Closed => [],
    };

    private ImmutableArray<GuideStep> ReadSteps(YamlPart stage) =>
        [.. Items(stage, "steps").Select(item => new GuideStep(
            ReadText(item, () => item.Enums<StepMark>("does").Cast<StepMark?>().FirstOrDefault(), out var mark), mark))];

    private ImmutableArray<Phrase> ReadPhrases(YamlPart stage) =>
        [.. Items(stage, "phrases").Select(item => new Phrase(
            ReadText(item, () => item.Find("when") is { } when ? ReadText(when) : null, out var turn), turn))];

    private ImmutableArray<OftenPromised> ReadPromises(YamlPart file) =>
        [.. Items(file, "promises").Select(item => new OftenPromised(ReadText(item, () => item.Duration("within"), out var within), within))];

    private ImmutableArray<SpokenText> ReadTexts(YamlPart part, string key) => [.. Items(part, key).Select(ReadText)];

    private static IEnumerable<YamlPart> Items(YamlPart part, string key) => part.Find(key)?.Items() ?? [];

    private SpokenText ReadText(YamlPart part) => ReadText(part, () => 0, out _);

    /// <summary>A text in every language, with what else stands beside it.</summary>
    private SpokenText ReadText<T>(YamlPart part, Func<T> readMore, out T more)
    {
        var texts = _languages.ToImmutableDictionary(language => language, part.Text, StringComparer.Ordinal);
        more = readMore();
        part.Close();
        return new SpokenText(texts);
    }

    private SpokenText Missing() => new(_languages.ToImmutableDictionary(language => language, _ => "", StringComparer.Ordinal));
}
