using System.Collections.Immutable;
using Escalation.Grains;
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
/// <param name="NameIn">The name by language (BCP 47); absent where one name stands for all.</param>
public sealed record PackView(
    string Id,
    string Name,
    string Source,
    IReadOnlyList<string> Languages,
    IReadOnlyList<PackClockView> Clocks,
    IReadOnlyList<PackLetterView> Letters,
    IReadOnlyList<PackDelayView>? Delays,
    IReadOnlyDictionary<string, string>? NameIn)
{
    internal static PackView Of(StatutoryPack pack) => new(
        pack.Id, pack.Name.Text, pack.Source, pack.Languages,
        [.. pack.Clocks.Select(clock => PackClockView.Of(pack, clock))],
        [.. pack.Letters.Select(letter => PackLetterView.Of(pack, letter, NoticeTexts.Fallback))],
        pack.Delays is not { } delays ? null :
        [
            .. delays.First.Select(rule => PackDelayView.Of(rule, isFirst: true)),
            .. delays.Later.Select(rule => PackDelayView.Of(rule, isFirst: false)),
        ],
        pack.Name.In);
}

/// <summary>A clock of a law.</summary>
/// <param name="Name">As it is called in a case.</param>
/// <param name="Rule">Where the law says so.</param>
/// <param name="Title">What the customer reads of it.</param>
/// <param name="Starts">From when it runs.</param>
/// <param name="Target">How long.</param>
/// <param name="Calendar">On which calendar.</param>
/// <param name="IsWindow">What it allows is allowed until then; letting it pass breaches nothing.</param>
/// <param name="TitleIn">The title by language (BCP 47).</param>
public sealed record PackClockView(
    string Name, string Rule, string Title, PackStart Starts, Target Target, string Calendar, bool IsWindow, IReadOnlyDictionary<string, string>? TitleIn)
{
    internal static PackClockView Of(StatutoryPack pack, PackClock clock) => new(
        pack.NameOf(clock.Id), clock.Rule, clock.Title.Text, clock.Starts, clock.Target.Target, clock.Target.Calendar, clock.IsWindow, clock.Title.In);
}

/// <summary>A letter of a law.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Fields">What whoever sends it has to say.</param>
/// <param name="Paragraphs">What is in it.</param>
/// <param name="Meets">The clocks whose aim it is.</param>
/// <param name="NameIn">The name by language (BCP 47); absent where one name stands for all.</param>
public sealed record PackLetterView(
    string Id, string Name, IReadOnlyList<PackFieldView> Fields, IReadOnlyList<PackParagraphView> Paragraphs, IReadOnlyList<string> Meets,
    IReadOnlyDictionary<string, string>? NameIn)
{
    internal static PackLetterView Of(StatutoryPack pack, PackLetter letter, string language) => new(
        letter.Id, letter.Name.Text,
        [.. letter.Fields.Select(field => new PackFieldView(field.Id, field.Kind, field.Asks.Text, field.Asks.In))],
        [.. letter.Paragraphs.Select(paragraph => new PackParagraphView(
            paragraph.Id, paragraph.Rule, paragraph.Text.In(language), paragraph.Says[language], paragraph.Name?.ByLanguage))],
        [.. letter.Meets.Select(pack.NameOf)],
        letter.Name.In);
}

/// <summary>What only a person can say in a letter; <c>asksIn</c> by language (BCP 47), absent where one text stands for all.</summary>
public sealed record PackFieldView(string Id, PackFieldKind Kind, string Asks, IReadOnlyDictionary<string, string>? AsksIn);

/// <summary>
/// A paragraph of a letter; with a rule it is mandatory, and <c>says</c> is what one in other words must say. <c>nameIn</c> is what staff call
/// it, by language (BCP 47); absent for one that goes by its id.
/// </summary>
public sealed record PackParagraphView(string Id, string? Rule, string Text, IReadOnlyList<string> Says, IReadOnlyDictionary<string, string>? NameIn);

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
/// <param name="NameIn">The name by language (BCP 47); absent where one name stands for all.</param>
public sealed record CasePackView(
    string Pack,
    string Name,
    string Policy,
    DateTimeOffset Since,
    IReadOnlyList<ClockView> Clocks,
    IReadOnlyList<CaseLetterView> Letters,
    IReadOnlyList<SentLetterView> Sent,
    IReadOnlyDictionary<string, string>? NameIn)
{
    internal static CasePackView Of(Case state, CoveringLaw law, StatutoryPack pack, DateTimeOffset now) => new(
        pack.Id, pack.Name.Text, law.Policy, law.Since,
        [.. state.Clocks.Where(clock => clock.Name.StartsWith($"{pack.Id}.", StringComparison.Ordinal)).Select(ClockView.Of)],
        [
            .. pack.Letters.Select(letter => CaseLetterView.Of(
                PackLetterView.Of(pack, letter, pack.For(state.Language)), LettersOfLaw.RefusalOf(state, pack, letter, now))),
        ],
        [.. state.Letters.Where(letter => letter.Pack == pack.Id).Select(letter => SentLetterView.Of(state, letter))],
        pack.Name.In);
}

/// <summary>A letter of a law that covers the case; why it cannot go out now, in a sentence and as a code, absent when it can.</summary>
public sealed record CaseLetterView(PackLetterView Letter, string? NotNow, CodedReasonView? Because)
{
    internal static CaseLetterView Of(PackLetterView letter, Refused? notNow) => new(
        letter, notNow?.Detail, notNow is null ? null : new CodedReasonView(notNow.Code, notNow.Values ?? ImmutableDictionary<string, string>.Empty));
}

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
public sealed record LetterPreviewView(string Language, string Subject, string Body, IReadOnlyList<MissingPartView> Missing);

/// <summary>REG-2: something that the law wants in a letter and that is not there.</summary>
/// <param name="Part">The field, as <c>fields.decision</c>, or the paragraph, as <c>paragraphs.ombudsman</c>.</param>
/// <param name="Says">What is wrong, for the writer.</param>
/// <param name="Rule">Where the law asks for it; absent where it follows from the letter itself.</param>
/// <param name="NameIn">What staff call the paragraph, or what the field asks for, by language (BCP 47).</param>
/// <param name="Because">What is wrong, as codes with what they name.</param>
public sealed record MissingPartView(
    string Part, string Says, string? Rule, IReadOnlyDictionary<string, string>? NameIn, IReadOnlyList<CodedReasonView> Because)
{
    internal static MissingPartView Of(MissingPart missing) => new(
        missing.Part, missing.Says, missing.Rule, missing.Name?.ByLanguage, [.. missing.Because.Select(CodedReasonView.Of)]);
}
