using Escalation.Grains.Cases;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Desks;

/// <summary>
/// An offer in the life of its case: one at a time, made with its reasons, answered by one, over at its instant (DSK-2 to
/// DSK-5). Who it goes to, the team's desk decides.
/// </summary>
internal static class OfferRules
{
    /// <summary>DSK-2. The case's own word decides: two hosts that offer it at once make one offer.</summary>
    public static Refused? Make(CaseTurn turn, MakeOffer c)
    {
        var state = turn.Case;
        if (state.Offer is { IsOpen: true } open)
        {
            return new Refused("offer.open", $"Case {Number(state)} is offered to {Who(turn, open.Agent)} until {open.Until:u}.")
                .Naming(("person", Who(turn, open.Agent)), ("until", CodedSentence.At(open.Until)));
        }

        if (state.Owner != c.InsteadOf)
        {
            return new Refused("offer.owned", $"Case {Number(state)} {OwnedBy(turn)}.");
        }

        if (c.Agent == state.CausedBy)
        {
            return new Refused("offer.causedIt", $"{Who(turn, c.Agent)} caused the conflict of case {Number(state)} and is never offered it.");
        }

        turn.Emit(new OfferMade(
            (state.Offer?.Number ?? 0) + 1, c.Reservation, c.Agent, c.Name, c.Team, turn.Now + c.Window, c.Why, c.NextName, c.InsteadOf));
        return null;
    }

    /// <summary>DSK-4: exactly one wins; the others are told who.</summary>
    public static Refused? Accept(CaseTurn turn, AcceptOffer c)
    {
        var by = turn.Context.By;
        switch (turn.Case.Offer)
        {
            case { State: OfferState.Accepted } won when won.Number == c.Offer && won.EndedBy == by.Id && turn.Case.Owner == by.Id:
                return null;
            case { IsOpen: true } open when open.Number == c.Offer && turn.Now < open.Until:
                if (by.Id == turn.Case.CausedBy && !by.IsSupervisor)
                {
                    return new Refused("offer.causedIt", "Whoever caused a conflict does not take its case; a supervisor may decide otherwise.");
                }

                turn.Emit(new OfferAccepted(c.Offer));
                turn.Emit(new OwnerAssigned(by.Id, turn.Case.Owner));
                return null;
            default:
                return Over(turn, c.Offer);
        }
    }

    /// <summary>DSK-3: by whom it was made to, or a supervisor, with a reason that the policy names.</summary>
    public static Refused? Decline(CaseTurn turn, DeclineOffer c)
    {
        var reasons = turn.Context.Policy.Desk.DeclineReasons;
        if (!reasons.ContainsKey(c.Reason))
        {
            return new Refused("offer.unknownReason", $"'{c.Reason}' is no reason to decline. Known: {string.Join(", ", reasons.Keys.Order(StringComparer.Ordinal))}.", "reason");
        }

        switch (turn.Case.Offer)
        {
            case { State: OfferState.Declined } declined when declined.Number == c.Offer && declined.EndedBy == turn.Context.By.Id:
                return null;
            case { IsOpen: true } open when open.Number == c.Offer && turn.Now < open.Until:
                if (open.Agent != turn.Context.By.Id && !turn.Context.By.IsSupervisor)
                {
                    return new Refused("offer.notYours", $"The offer was made to {Who(turn, open.Agent)}, who may decline it.").Naming(("person", Who(turn, open.Agent)));
                }

                turn.Emit(new OfferDeclined(c.Offer, c.Reason));
                return null;
            default:
                return Over(turn, c.Offer);
        }
    }

    /// <summary>DSK-5: by the platform, when its agent has gone or its reason has.</summary>
    public static Refused? Withdraw(CaseTurn turn, WithdrawOffer c)
    {
        if ((turn.Context.By.Roles & Roles.System) == 0)
        {
            return new Refused("offer.platformOnly", "Only the platform takes an offer back; decline it.");
        }

        if (turn.Case.Offer is { IsOpen: true } open && open.Reservation == c.Reservation)
        {
            turn.Emit(new OfferWithdrawn(open.Number, c.Because));
        }

        return null;
    }

    /// <summary>DSK-3: nobody answered in time.</summary>
    public static void Fire(CaseTurn turn)
    {
        if (turn.Case.Offer is { IsOpen: true } open && open.Until <= turn.Now)
        {
            turn.Emit(new OfferExpired(open.Number, open.Until));
        }
    }

    /// <summary>An offer ends with what it was about: the case has another owner, or is worked on no more.</summary>
    public static void Follow(CaseTurn turn)
    {
        if (turn.Case.Offer is not { IsOpen: true } open)
        {
            return;
        }

        var because = !turn.Case.IsOpen ? "closed" : turn.Case.IsMerging ? "merging" : turn.Case.Owner != open.InsteadOf ? "assigned"
            : turn.Case.CausedBy == open.Agent ? "causedIt" : null;
        if (because is not null)
        {
            turn.Emit(new OfferWithdrawn(open.Number, because));
        }
    }

    /// <summary>Why an answer comes too late, and who has the case.</summary>
    private static Refused Over(CaseTurn turn, int number)
    {
        var state = turn.Case;
        if (number < 1 || number > (state.Offer?.Number ?? 0))
        {
            return new Refused("offer.notFound", $"Case {Number(state)} has no offer {number}.");
        }

        var offer = state.Offer!;
        return offer switch
        {
            { State: OfferState.Accepted } when offer.Number == number =>
                new Refused("offer.taken", $"{Who(turn, offer.EndedBy!)} accepted it at {offer.EndedAt:u}; the case {OwnedBy(turn)}.")
                    .Naming(("person", Who(turn, offer.EndedBy!)), ("at", CodedSentence.At(offer.EndedAt ?? turn.Now))),
            { IsOpen: true } when offer.Number == number =>
                new Refused("offer.expired", $"It stood until {offer.Until:u}; the case {OwnedBy(turn)}.").Naming(("until", CodedSentence.At(offer.Until))),
            { State: OfferState.Expired } when offer.Number == number =>
                new Refused("offer.expired", $"It stood until {offer.Until:u}; the case {OwnedBy(turn)}.").Naming(("until", CodedSentence.At(offer.Until))),
            { IsOpen: true } => new Refused("offer.over", $"It is offered to {Who(turn, offer.Agent)} by now."),
            _ => new Refused("offer.over", $"It was {CaseWord(offer.Number == number ? offer.State : OfferState.Withdrawn)}; the case {OwnedBy(turn)}."),
        };
    }

    private static string CaseWord(OfferState state) => state switch
    {
        OfferState.Open => "open",
        OfferState.Accepted => "accepted",
        OfferState.Declined => "declined",
        OfferState.Expired => "not answered in time",
        OfferState.Withdrawn => "taken back",
    };

    private static string OwnedBy(CaseTurn turn) => turn.Case.Owner is { } owner ? $"is {Who(turn, owner)}'s" : "waits in the queue";

    private static string Who(CaseTurn turn, string id) =>
        turn.Context.Policy.NameOf(id) is var name && name != id ? $"{name} ({id})" : id;

    private static long Number(Case state) => state.Opening!.Number;
}
