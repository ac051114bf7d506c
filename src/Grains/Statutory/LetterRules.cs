using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Statutory;

/// <summary>REG-1, REG-2: letters of the law are whole or are not sent; what they meet is met when they are proven to be sent.</summary>
internal static class LetterRules
{
    /// <summary>Why a case is open again.</summary>
    public const string LetterCameBack = "A letter that the law asks for came back.";

    private static readonly ImmutableDictionary<string, string> NoFields = ImmutableDictionary<string, string>.Empty;

    /// <summary>A person sends a letter, over a channel of ours or, with <c>Evidence</c>, by other means.</summary>
    public static Refused? Send(CaseTurn turn, CaseCommand.SendLetter c)
    {
        if (Find(turn, c.Pack, c.Letter, out var pack, out var letter) is { } unknown)
        {
            return unknown;
        }

        if (LettersOfLaw.RefusalOf(turn.Case, pack, letter, turn.Now) is { } notNow)
        {
            return notNow;
        }

        var text = LetterText.Of(turn.Case, turn.Context.Policy, pack, letter, c.Fields, c.Body, turn.Context.By.Id, turn.Now);
        if (RefuseIncomplete(letter, text) is { } incomplete)
        {
            return incomplete;
        }

        if (c.Evidence is null && !NoticeRules.CanWriteAtLength(turn))
        {
            return new Refused(
                "letter.noWay",
                $"There is no address to which the letter {letter.Id} can go in full. Send it by other means, and say how in evidence.",
                "evidence");
        }

        Decide(turn, pack, letter, text, c.Evidence);
        return null;
    }

    /// <summary>Sends a letter that asks nothing of a person; false when there is no way to, and a person has to.</summary>
    public static bool SendByItself(CaseTurn turn, StatutoryPack pack, PackLetter letter)
    {
        if (!NoticeRules.CanWriteAtLength(turn))
        {
            return false;
        }

        Decide(turn, pack, letter, LetterText.Of(turn.Case, turn.Context.Policy, pack, letter, NoFields, null, "", turn.Now), null);
        return true;
    }

    /// <summary>PRM-5: a server took a notice; the letter that it carries meets its clocks.</summary>
    public static void Accepted(CaseTurn turn, Notice notice, DateTimeOffset acceptedAt)
    {
        foreach (var letter in turn.Case.Letters.Where(letter => letter.Notice == notice.Chain))
        {
            Meet(turn, letter.Meets, acceptedAt);
        }
    }

    /// <summary>
    /// REG-2: a letter that came back was never sent. The clocks that it alone met run on to the due instants that they always had, and a
    /// case that was closed over it is open again.
    /// </summary>
    public static void CameBack(CaseTurn turn, Notice notice)
    {
        var owed = OwedBy(turn.Case, notice);
        if (owed.Count == 0 || turn.Case.MergedInto is not null ||
            Case.Reopen(turn, new CaseCommand.ReopenCase(LetterCameBack)) is not null)
        {
            return;
        }

        foreach (var clock in owed)
        {
            ClockRules.Reopen(turn, clock);
        }
    }

    /// <summary>The clocks that a letter alone had met, once it has come back.</summary>
    public static List<string> OwedBy(Case state, Notice notice) =>
    [
        .. state.Letters.Where(letter => letter.Notice == notice.Chain).SelectMany(letter => letter.Meets).Distinct(StringComparer.Ordinal)
            .Where(name => state.Clocks.Any(clock => clock.Name == name && clock is { IsRunning: false, State: ClockState.Met or ClockState.Breached }) &&
                state.Letters.All(letter => !letter.Meets.Contains(name) || letter.SentAt(state) is null)),
    ];

    private static Refused? Find(CaseTurn turn, string packId, string letterId, out StatutoryPack pack, out PackLetter letter)
    {
        pack = LawRules.PacksOf(turn).FirstOrDefault(covering => covering.Id == packId)!;
        letter = pack?.Letters.FirstOrDefault(known => known.Id == letterId)!;
        return pack is null ? new Refused("pack.notCovering", $"Pack '{packId}' does not cover case {turn.Case.Opening!.Number}. Covering: {Words(turn.Case.Laws.Select(law => law.Pack))}.", "pack")
            : letter is null ? new Refused("letter.unknown", $"'{letterId}' is no letter of pack {pack.Id}. Known: {Words(pack.Letters.Select(known => known.Id))}.", "letter")
            : null;
    }

    private static string Words(IEnumerable<string> words) => words.DefaultIfEmpty("none").Aggregate((all, word) => $"{all}, {word}");

    private static Refused? RefuseIncomplete(PackLetter letter, LetterText text) => text.Missing.IsEmpty
        ? null
        : new Refused(
            "letter.incomplete",
            $"The letter {letter.Id} is not sent, because it lacks what the law asks for: " +
            $"{string.Join("; ", text.Missing.Select(part => $"{part.Part} {part.Says}{(part.Rule is { } rule ? $" ({rule})" : "")}"))}.",
            text.Missing[0].Part);

    private static void Decide(CaseTurn turn, StatutoryPack pack, PackLetter letter, LetterText text, string? evidence)
    {
        var notice = evidence is null ? NoticeRules.Send(turn, text) : (int?)null;
        ImmutableArray<string> meets = [.. letter.Meets.Select(pack.NameOf)];
        turn.Emit(new LetterDecided(
            turn.Case.Letters.Length + 1, pack.Id, letter.Id, notice, meets, text.Language,
            notice is null ? text.Subject : null, notice is null ? text.Body : null, evidence));
        if (notice is null)
        {
            Meet(turn, meets, turn.Now);
        }

        if (letter.Promises is { } promise)
        {
            PromiseRules.MakeByLetter(turn, promise.Text.In(text.Language), text.Dates[promise.Field]);
        }
    }

    private static void Meet(CaseTurn turn, ImmutableArray<string> clocks, DateTimeOffset at)
    {
        foreach (var clock in clocks)
        {
            ClockRules.MeetByLetter(turn, clock, at);
        }
    }
}
