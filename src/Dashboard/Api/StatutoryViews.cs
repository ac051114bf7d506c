using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Statutory;

namespace Escalation.Dashboard.Api;

/// <summary>REG-1: a law that may cover cases, as the policy in force has it.</summary>
/// <param name="Id">The pack.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Source">Where the law can be read.</param>
/// <param name="Languages">Those of its texts.</param>
/// <param name="Clocks">Its clocks.</param>
/// <param name="Letters">Its letters.</param>
/// <param name="Delays">What silence means after a delay, the rules for a first one first; absent where the law says nothing of it.</param>
public sealed record PackView(
    string Id,
    string Name,
    string Source,
    IReadOnlyList<string> Languages,
    IReadOnlyList<PackClockView> Clocks,
    IReadOnlyList<PackLetterView> Letters,
    IReadOnlyList<PackDelayView>? Delays)
{
    internal static PackView Of(StatutoryPack pack) => new(
        pack.Id, pack.Name, pack.Source, pack.Languages,
        [.. pack.Clocks.Select(clock => new PackClockView(pack.NameOf(clock.Id), clock.Rule, clock.Title.In(NoticeTexts.Fallback), clock.Starts, clock.Target.Target, clock.Target.Calendar, clock.IsWindow))],
        [.. pack.Letters.Select(letter => PackLetterView.Of(pack, letter, NoticeTexts.Fallback))],
        pack.Delays is not { } delays ? null :
        [
            .. delays.First.Select(rule => PackDelayView.Of(rule, isFirst: true)),
            .. delays.Later.Select(rule => PackDelayView.Of(rule, isFirst: false)),
        ]);
}

/// <summary>A clock of a law.</summary>
/// <param name="Name">As it is called in a case.</param>
/// <param name="Rule">Where the law says so.</param>
/// <param name="Title">What the customer reads of it.</param>
/// <param name="Starts">From when it runs.</param>
/// <param name="Target">How long.</param>
/// <param name="Calendar">On which calendar.</param>
/// <param name="IsWindow">What it allows is allowed until then; letting it pass breaches nothing.</param>
public sealed record PackClockView(string Name, string Rule, string Title, PackStart Starts, Target Target, string Calendar, bool IsWindow);

/// <summary>A letter of a law.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Fields">What whoever sends it has to say.</param>
/// <param name="Paragraphs">What is in it.</param>
/// <param name="Meets">The clocks whose aim it is.</param>
public sealed record PackLetterView(
    string Id, string Name, IReadOnlyList<PackFieldView> Fields, IReadOnlyList<PackParagraphView> Paragraphs, IReadOnlyList<string> Meets)
{
    internal static PackLetterView Of(StatutoryPack pack, PackLetter letter, string language) => new(
        letter.Id, letter.Name,
        [.. letter.Fields.Select(field => new PackFieldView(field.Id, field.Kind, field.Asks))],
        [.. letter.Paragraphs.Select(paragraph => new PackParagraphView(paragraph.Id, paragraph.Rule, paragraph.Text.In(language), paragraph.Says[language]))],
        [.. letter.Meets.Select(pack.NameOf)]);
}

/// <summary>What only a person can say in a letter.</summary>
public sealed record PackFieldView(string Id, PackFieldKind Kind, string Asks);

/// <summary>A paragraph of a letter; with a rule it is mandatory, and <c>says</c> is what one in other words must say.</summary>
public sealed record PackParagraphView(string Id, string? Rule, string Text, IReadOnlyList<string> Says);

/// <summary>What the law makes of silence after a delay of at most so many days; absent for any.</summary>
public sealed record PackDelayView(bool IsFirst, int? UpToDays, Silence Silence, int WaitDays, string Rule)
{
    internal static PackDelayView Of(DelayRule rule, bool isFirst) => new(isFirst, rule.UpToDays, rule.Means, rule.WaitDays, rule.Rule);
}

/// <summary>CASE-10: a law that covers a case, and what it still wants.</summary>
/// <param name="Pack">The law.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Policy">The version of the policy by which it holds for this case.</param>
/// <param name="Since">When it was found to cover it.</param>
/// <param name="Clocks">Its clocks that run, or ran.</param>
/// <param name="Letters">Its letters, and whether each can go out now.</param>
/// <param name="Sent">Those that went out, oldest first.</param>
public sealed record CasePackView(
    string Pack,
    string Name,
    string Policy,
    DateTimeOffset Since,
    IReadOnlyList<ClockView> Clocks,
    IReadOnlyList<CaseLetterView> Letters,
    IReadOnlyList<SentLetterView> Sent)
{
    internal static CasePackView Of(Case state, CoveringLaw law, StatutoryPack pack, DateTimeOffset now) => new(
        pack.Id, pack.Name, law.Policy, law.Since,
        [.. state.Clocks.Where(clock => clock.Name.StartsWith($"{pack.Id}.", StringComparison.Ordinal)).Select(ClockView.Of)],
        [
            .. pack.Letters.Select(letter => new CaseLetterView(
                PackLetterView.Of(pack, letter, pack.For(state.Language)), LettersOfLaw.RefusalOf(state, pack, letter, now)?.Detail)),
        ],
        [.. state.Letters.Where(letter => letter.Pack == pack.Id).Select(letter => SentLetterView.Of(state, letter))]);
}

/// <summary>A letter of a law that covers the case; why it cannot go out now, absent when it can.</summary>
public sealed record CaseLetterView(PackLetterView Letter, string? NotNow);

/// <summary>REG-1: a letter that went out, with its proof.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Letter">Which.</param>
/// <param name="DecidedAt">When it was decided.</param>
/// <param name="By">Who sent it.</param>
/// <param name="Notice">The notice that carries it, in <c>/api/notices</c>; absent for one that went by other means.</param>
/// <param name="SentAt">When a receiving server took it, or a person says that it went; absent before that.</param>
/// <param name="Evidence">How it went by other means.</param>
/// <param name="Meets">The clocks that this meets.</param>
public sealed record SentLetterView(
    int Number, string Letter, DateTimeOffset DecidedAt, string By, string? Notice, DateTimeOffset? SentAt, string? Evidence, IReadOnlyList<string> Meets)
{
    internal static SentLetterView Of(Case state, SentLetter letter) => new(
        letter.Number, letter.Letter, letter.DecidedAt, letter.By,
        letter.Notice is { } notice ? Grains.Notices.Notice.IdOf(state.Id, notice) : null, letter.SentAt(state), letter.Evidence, letter.Meets);
}

/// <summary>A letter as it would go out.</summary>
/// <param name="Language">BCP 47.</param>
/// <param name="Subject">Filled.</param>
/// <param name="Body">Filled, but for the customer's links.</param>
/// <param name="Missing">REG-2: with anything here it is not sent.</param>
public sealed record LetterPreviewView(string Language, string Subject, string Body, IReadOnlyList<MissingPart> Missing);
