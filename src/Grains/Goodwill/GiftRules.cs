using System.Globalization;
using Escalation.Grains.Cases;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Goodwill;

/// <summary>CLM-4: what a case gives for goodwill. Whether there is one left, the stock says: it is a grain of its own.</summary>
internal static class GiftRules
{
    public static Refused? Give(CaseTurn turn, GiveGift command)
    {
        var site = turn.Case.Opening!.Site;
        var goodwill = turn.Context.Policy.Goodwill;
        if (goodwill.Find(command.Item, site) is not { } item)
        {
            return new Refused(
                "gift.unknown",
                $"'{command.Item}' is not in the catalogue{(site is null ? "" : $" of {site}")}. There are: {string.Join(", ", goodwill.At(site).Select(i => i.Id).Order(StringComparer.Ordinal))}.",
                "gift");
        }

        var given = turn.Case.Gifts.Where(gift => gift.Item == item.Id && gift.State != GiftState.Refused).ToList();
        if (given.Count >= item.PerCase)
        {
            // The same hand once more is a repeated click; another's is told who was first.
            return given[^1].By == turn.Context.By.Id
                ? null
                : new Refused("gift.caseLimit", $"{given[^1].By} gave {item.Name.Text} in this case already; {item.PerCase} for a case is the limit.")
                    .Naming(("gift", item.Id), ("count", item.PerCase.ToString(CultureInfo.InvariantCulture)));
        }

        turn.Emit(new GiftAsked(turn.Case.Gifts.Length + 1, item.Id, item.Site, item.Name.Text, item.Value, item.Name.In));
        return null;
    }

    public static Refused? Settle(CaseTurn turn, SettleGift command)
    {
        if ((turn.Context.By.Roles & Roles.System) == 0)
        {
            return new Refused("gift.systemOnly", "Only the platform says what the stock has answered.");
        }

        if (Find(turn, command.Gift, out var gift) is { } refused)
        {
            return refused;
        }

        if (gift.State == GiftState.Taking)
        {
            turn.Emit(command.Refusal is null
                ? new GiftGiven(gift.Number)
                : new GiftRefused(gift.Number, command.Refusal.Code, command.Refusal.Detail, command.Refusal.Values));
        }

        return null;
    }

    /// <summary>What came of a gift; what is not said stays as it was. On a closed case too: who stayed shows later.</summary>
    public static Refused? Record(CaseTurn turn, RecordGiftOutcome command)
    {
        if (Find(turn, command.Gift, out var gift) is { } refused)
        {
            return refused;
        }

        if (gift.State != GiftState.Given)
        {
            return new Refused("gift.notGiven", $"{gift.Name} was not given: nothing came of it.");
        }

        if (command is { Accepted: null, CaseClosed: null, CustomerStayed: null })
        {
            return new Refused("gift.outcomeEmpty", "Say at least one of accepted, caseClosed, customerStayed.", "accepted");
        }

        var (accepted, closed, stayed) = (command.Accepted ?? gift.Accepted, command.CaseClosed ?? gift.CaseClosed, command.CustomerStayed ?? gift.CustomerStayed);
        if ((accepted, closed, stayed) != (gift.Accepted, gift.CaseClosed, gift.CustomerStayed))
        {
            turn.Emit(new GiftOutcomeRecorded(gift.Number, accepted, closed, stayed));
        }

        return null;
    }

    private static Refused? Find(CaseTurn turn, int number, out Gift gift)
    {
        gift = number >= 1 && number <= turn.Case.Gifts.Length ? turn.Case.Gifts[number - 1] : null!;
        return gift is null ? new Refused("gift.notFound", $"Case {turn.Case.Id} has no gift g{number}.") : null;
    }
}
