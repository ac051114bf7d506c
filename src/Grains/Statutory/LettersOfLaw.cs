using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Statutory;

/// <summary>What can be asked of a case about the laws that cover it, before anything is sent.</summary>
public static class LettersOfLaw
{
    /// <summary>The packs that cover the case, each as it was in its version; those that no version knows any more are left out.</summary>
    /// <param name="state">The case.</param>
    /// <param name="policyOf">The policy as it was in a version.</param>
    public static ImmutableArray<StatutoryPack> PacksOf(Case state, Func<string, Policy> policyOf)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policyOf);
        return [.. state.Laws.Select(law => policyOf(law.Policy).Packs.Packs.GetValueOrDefault(law.Pack)).OfType<StatutoryPack>()];
    }

    /// <summary>Why a letter cannot go out at all as the case stands, whatever it says; null when it can.</summary>
    public static Refused? RefusalOf(Case state, StatutoryPack pack, PackLetter letter, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(pack);
        ArgumentNullException.ThrowIfNull(letter);
        var named = ("letter", pack.NameOf(letter.Id));
        if (pack.Delays is { } delays && delays.First.Concat(delays.Later).Any(rule => rule.Letter == letter.Id))
        {
            return new Refused("letter.withDelay", $"The letter {letter.Id} goes out with a new date for a promise: explain the delay.", "letter").Naming(named);
        }

        if (letter.NeedsAgreement && !state.Work.Agreed)
        {
            return new Refused("letter.needsAgreement", $"The letter {letter.Id} says that the customer agreed. Record the agreement first.", "letter").Naming(named);
        }

        var during = state.Clocks.Where(clock => letter.While.Any(id => pack.NameOf(id) == clock.Name)).ToList();
        return letter.While.IsEmpty || during.Exists(clock => clock.IsRunning && !(clock.Lapses && now >= clock.DueAt)) ? null
            : during.Count == 0 ? new Refused("letter.notOfThisCase", $"The letter {letter.Id} belongs to {string.Join(", ", letter.While)}, which does not run in this case.", "letter")
                .Naming(named, ("clocks", string.Join(',', letter.While.Select(pack.NameOf))))
            : new Refused("letter.tooLate", $"The letter {letter.Id} could be sent until {during.Max(clock => clock.StoppedAt ?? clock.DueAt):u} only.", "letter")
                .Naming(named, ("until", CodedSentence.At(during.Max(clock => clock.StoppedAt ?? clock.DueAt))));
    }
}
