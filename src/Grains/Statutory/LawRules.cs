using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Promises;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Statutory;

/// <summary>REG-1, REG-2: which laws cover a case, when their clocks run, and what they make of silence.</summary>
internal static class LawRules
{
    /// <summary>CASE-10: every pack that covers the case as it opens. True when one of them has acknowledged the complaint.</summary>
    public static bool Open(CaseTurn turn, DateTimeOffset complainedAt)
    {
        var book = turn.Context.Policy.Packs;
        var acknowledged = false;
        foreach (var pack in book.Packs.Values.Where(pack => pack.Covers.Holds(turn.Case, book.Sites)).OrderBy(pack => pack.Id, StringComparer.Ordinal))
        {
            acknowledged |= Cover(turn, pack, complainedAt);
        }

        return acknowledged;
    }

    /// <summary>CASE-10: someone found that a law covers the case; its clocks run from the complaint all the same.</summary>
    public static Refused? Apply(CaseTurn turn, CaseCommand.ApplyPack c)
    {
        if (turn.Case.Laws.Any(law => law.Pack == c.Pack))
        {
            return null;
        }

        if (!turn.Context.Policy.Packs.Packs.TryGetValue(c.Pack, out var pack))
        {
            return new Refused(
                "pack.unknown",
                $"'{c.Pack}' is no pack of policy {turn.Context.Policy.Version}. Known: {string.Join(", ", turn.Context.Policy.Packs.Packs.Keys.Order(StringComparer.Ordinal))}.",
                "pack");
        }

        Cover(turn, pack, turn.Case.Opening!.ComplainedAt);
        return null;
    }

    /// <summary>CASE-8: what covers the case that ended in this one covers this one, by the same version; its clocks came with it.</summary>
    public static void TakeOver(CaseTurn turn, Case from)
    {
        foreach (var law in from.Laws.Where(law => turn.Case.Laws.All(own => own.Pack != law.Pack)))
        {
            turn.Emit(new PackApplied(law.Pack, law.Policy));
        }
    }

    /// <summary>REG-2: a case does not close over a clock of the law whose letter has not gone out.</summary>
    public static Refused? RefuseClose(CaseTurn turn)
    {
        var open = PacksOf(turn).SelectMany(pack => pack.Clocks.Where(clock => !clock.IsWindow)
                .Select(clock => (Pack: pack, Clock: turn.Case.Clocks.FirstOrDefault(running => running.Name == pack.NameOf(clock.Id) && running.IsRunning), clock.Id)))
            .Where(each => each.Clock is not null).ToList();
        if (open.Count == 0)
        {
            return null;
        }

        var words = open.Select(each =>
        {
            var onItsWay = turn.Case.Letters.Any(letter => letter.Meets.Contains(each.Clock!.Name));
            var letters = each.Pack.Letters.Where(letter => letter.Meets.Contains(each.Id)).Select(letter => letter.Id);
            return onItsWay
                ? $"{each.Clock!.Name} (its letter is on its way; no server has taken it yet)"
                : $"{each.Clock!.Name}, due {each.Clock.DueAt:u} (send {string.Join(" or ", letters)})";
        });
        return new Refused("case.lawOpen", $"The law still wants of case {turn.Case.Opening!.Number}: {string.Join("; ", words)}.")
            .Naming(("clocks", string.Join(',', open.Select(each => each.Clock!.Name))));
    }

    /// <summary>PRM-6: what the law says of moving <paramref name="promise"/>; null where none does.</summary>
    public static (StatutoryPack Pack, DelayRule Rule)? DelayOf(CaseTurn turn, Promise promise, DateTimeOffset newDueAt)
    {
        if (promise.OutsideLaw)
        {
            return null;
        }

        foreach (var pack in PacksOf(turn))
        {
            if (pack.Delays?.For(promise.Revision + 1, newDueAt - promise.DueAt) is { } rule)
            {
                return (pack, rule);
            }
        }

        return null;
    }

    /// <summary>REG-1: something promised no longer stands, by the customer's word or their silence: what the law wants then runs from now.</summary>
    public static void Cancelled(CaseTurn turn, Promise promise)
    {
        foreach (var pack in promise.OutsideLaw ? [] : PacksOf(turn))
        {
            StartClocks(turn, pack, PackStart.Cancelled, turn.Now);
        }
    }

    /// <summary>REG-1: past its date without a word, where the law says that this cancels.</summary>
    public static void Lapsed(CaseTurn turn, Promise promise)
    {
        foreach (var pack in promise.OutsideLaw ? [] : PacksOf(turn).Where(pack => pack.Delays is { LapseCancels: true }))
        {
            StartClocks(turn, pack, PackStart.Cancelled, turn.Now);
        }
    }

    /// <summary>The packs that cover the case, each as it was in its version.</summary>
    public static ImmutableArray<StatutoryPack> PacksOf(CaseTurn turn) => LettersOfLaw.PacksOf(turn.Case, turn.Context.PolicyOf);

    private static bool Cover(CaseTurn turn, StatutoryPack pack, DateTimeOffset complainedAt)
    {
        turn.Emit(new PackApplied(pack.Id, turn.Context.Policy.Version));
        StartClocks(turn, pack, PackStart.Complaint, complainedAt);
        return pack.Letters.FirstOrDefault(letter => letter.AtOpening) is { } letter && LetterRules.SendByItself(turn, pack, letter);
    }

    private static void StartClocks(CaseTurn turn, StatutoryPack pack, PackStart start, DateTimeOffset from)
    {
        var sites = turn.Context.Policy.Packs.Sites;
        foreach (var clock in pack.Clocks.Where(clock => clock.Starts == start))
        {
            var runs = turn.Case.Clocks.Any(running => running.Name == pack.NameOf(clock.Id) && running.IsRunning);
            if (!runs && clock.Only.Holds(turn.Case, sites) && clock.Except?.Holds(turn.Case, sites) != true)
            {
                ClockRules.StartByLaw(turn, pack, clock, from);
            }
        }
    }
}
