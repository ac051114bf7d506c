using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Approvals;
using Escalation.Grains.Claims;
using Escalation.Grains.Clocks;
using Escalation.Grains.Desks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Merging;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Cases;

public sealed partial record Case
{
    public Decision<CaseEvent> Decide(CaseCommand command, Context context)
    {
        if (!Exists && command is not OpenCase)
        {
            return new Refused("case.notFound", $"There is no case {Id}.");
        }

        if (Exists && !IsOpen && !IsForClosed(command))
        {
            return new Refused("case.closed", $"Case {Opening!.Number} was closed on {ClosedAt:u}. Reopen it first.")
                .Naming(("number", NumberText(Opening.Number)), ("at", CodedSentence.At(ClosedAt ?? context.Now)));
        }

        if (MergedInto is not null && command is ReopenCase or HearCustomer or AdoptStage or CloseCase or ReceiveMail { Automatic: false })
        {
            return new Refused("case.merged", $"Case {Opening!.Number} was merged into case {Merge!.Number} ({MergedInto}). Go on there.").Naming(("number", NumberText(Merge.Number ?? 0)));
        }

        if (IsMerging && !IsForMerging(command))
        {
            return new Refused("case.merging", $"Case {Opening!.Number} is being merged into another. Try again in a moment.");
        }

        var turn = new CaseTurn(this, context);
        var refusal = Apply(command, turn);
        if (refusal is not null)
        {
            return refusal;
        }

        var (followed, judged) = (0, 0);
        do
        {
            followed = EscalationRules.Follow(turn, followed);
            judged = JudgeAnew(turn, judged);
        }
        while (followed < turn.Events.Count);

        OfferRules.Follow(turn);
        return Decision.Of(turn.Events);
    }

    private static bool IsForClosed(CaseCommand command) => command is
        OpenCase or ReopenCase or AdoptStage or AdoptOwner or AddNote or CloseCase or Tick or
        RecordNoticeAccepted or RecordNoticeFailed or RecordNoticeBounced or RecordNoticeDelayed or RecheckNotice or ReceiveMail or
        RecordTelling or HearCustomer or RevokeLinks or CorrectContact or ChangeCustomer or RateExperience or EraseCase or SettleConcession or SettleGift or RecordGiftOutcome or TakeOverCase or SettleMerge or
        TakeNoticeBack or SettleNoticeBack;

    /// <summary>CASE-8: what is about the merge itself, or about letters on their way. All else waits a moment.</summary>
    private static bool IsForMerging(CaseCommand command) => command is
        Tick or TakeOverCase or SettleMerge or EraseCase or CorrectContact or ChangeCustomer or
        RecordNoticeAccepted or RecordNoticeFailed or RecordNoticeBounced or RecordNoticeDelayed or RecheckNotice or RecordTelling;

    private static Refused? Apply(CaseCommand command, CaseTurn turn) => command switch
    {
        OpenCase c => Open(turn, c),
        AssignOwner c => Assign(turn, c),
        MakeOffer c => (turn.Context.By.Roles & Roles.System) == 0
            ? new Refused("offer.platformOnly", "Only the platform offers a case; assign it.")
            : OfferRules.Make(turn, c),
        AcceptOffer c => OfferRules.Accept(turn, c),
        DeclineOffer c => OfferRules.Decline(turn, c),
        WithdrawOffer c => OfferRules.Withdraw(turn, c),
        LogContact c => Contact(turn, c),
        DoStep c => Do(turn, c),
        RecordFacts c => Emit(turn, new FactsRecorded(c.Facts, c.Expectation)),
        OfferOption c => Emit(turn, new OptionOffered(turn.Case.Options.Length + 1, c.Text, c.Cost)),
        ReachAgreement c => Agree(turn, c),
        MoveToStage c => Move(turn, c),
        SetHeat c => SetHeatTo(turn, c),
        AddNote c => Emit(turn, new NoteAdded(c.Note)),
        PauseCase c => Pause(turn, c),
        ResumeCase => Resume(turn, "word"),
        ApplyPolicy => Judge(turn),
        MakePromise c => PromiseRules.Make(turn, c),
        ExplainDelay c => PromiseRules.Explain(turn, c),
        ConfirmPromise c => PromiseRules.Confirm(turn, c),
        ApplyPack c => LawRules.Apply(turn, c),
        SendLetter c => LetterRules.Send(turn, c),
        AnswerDelay c => AnswerRules.Answer(turn, c),
        DecideApproval c => ApprovalRules.Decide(turn, c),
        HearCustomer c => Hear(turn, c),
        RevokeLinks => turn.Case.LinkGeneration == ushort.MaxValue
            ? new Refused("links.exhausted", $"The links of case {turn.Case.Opening!.Number} were revoked {ushort.MaxValue} times.")
            : Emit(turn, new LinksRevoked(turn.Case.LinkGeneration + 1)),
        CorrectContact c => turn.Case.Opening!.Customer is not { } known || known == c.Contact ? null : Emit(turn, new ContactCorrected(c.Contact)),
        ChangeCustomer when (turn.Context.By.Roles & Roles.System) == 0 =>
            new Refused("case.customer.systemOnly", "A case follows its customer when they are merged."),
        ChangeCustomer c => turn.Case.Opening!.CustomerId == c.Customer ? null : Emit(turn, new CaseCustomerChanged(c.Customer)),
        EraseCase => CaseErasure.Erase(turn),
        RateExperience c => Survey.Rate(turn, c),
        KeepPromise c => PromiseRules.Keep(turn, c),
        WithdrawPromise c => PromiseRules.Withdraw(turn, c),
        CaseCommand.Escalate c => EscalationRules.Escalate(turn, c),
        AcknowledgeEscalation c => EscalationRules.Acknowledge(turn, c),
        CloseEscalation c => EscalationRules.Close(turn, c),
        HearOfCustomer c => Hear(turn, c),
        RecordTelling c => EscalationRules.Told(turn, c),
        SetClaim c => ClaimRules.Set(turn, c),
        ConcedeClaim c => ClaimRules.Concede(turn, c),
        SettleConcession c => ClaimRules.Settle(turn, c),
        GiveGift c => GiftRules.Give(turn, c),
        SettleGift c => GiftRules.Settle(turn, c),
        RecordGiftOutcome c => GiftRules.Record(turn, c),
        NameCause c => ApologyRules.NameCause(turn, c),
        Apologize c => ApologyRules.Apologize(turn, c),
        MergeCase c => MergeRules.Begin(turn, c),
        TakeOverCase c => MergeRules.TakeOver(turn, c),
        SettleMerge c => MergeRules.Settle(turn, c),
        TakeNoticeBack c => MergedNoticeRules.TakeBack(turn, c),
        SettleNoticeBack c => MergedNoticeRules.Settle(turn, c),
        CloseCase c => Close(turn, c),
        ReopenCase c => Reopen(turn, c),
        AdoptStage c => Adopt(turn, c),
        AdoptOwner c => Adopt(turn, c),
        Tick => Settle(turn),
        RecordNoticeAccepted c => NoticeRules.Accepted(turn, c),
        RecordNoticeFailed c => NoticeRules.Failed(turn, c),
        RecordNoticeBounced c => NoticeRules.Bounced(turn, c),
        RecordNoticeDelayed c => NoticeRules.Delayed(turn, c),
        RecheckNotice c => NoticeRules.Recheck(turn, c),
        ReceiveMail c => Receive(turn, c),
        _ => throw new NotSupportedException($"A case does not know how to decide {command.GetType().Name}."),
    };

    /// <summary>CASE-1: the clocks run from the moment the customer complained. CASE-9: the customer is told at once.</summary>
    private static Refused? Open(CaseTurn turn, OpenCase c)
    {
        if (turn.Case.Exists)
        {
            return new Refused("case.exists", $"Case {turn.Case.Id} is open already, as number {turn.Case.Opening!.Number}.");
        }

        if (!turn.Context.Policy.ConflictTypes.Contains(c.Type))
        {
            return new Refused(
                "case.unknownType",
                $"'{c.Type}' is no conflict type of policy {turn.Context.Policy.Version}. Known: {string.Join(", ", turn.Context.Policy.ConflictTypes.Order(StringComparer.Ordinal))}.",
                "type");
        }

        var complainedAt = c.ComplainedAt ?? turn.Now;
        if (complainedAt > turn.Now)
        {
            return new Refused("case.complainedInFuture", $"The customer cannot have complained at {complainedAt:u}, which is still to come.", "complainedAt");
        }

        turn.Emit(new CaseOpened(
            c.Number, c.CustomerId, c.Customer, c.Type, c.Summary, c.Channel, c.Heat, c.Claim, c.Product, c.Site,
            complainedAt, turn.Context.Policy.Version, c.CustomerGroup, c.Previous, c.Review));
        ClockRules.Open(turn, complainedAt);
        var acknowledged = LawRules.Open(turn, complainedAt);
        EscalationRules.Open(turn, c);
        if (!acknowledged)
        {
            NoticeRules.Acknowledge(turn);
        }

        return null;
    }

    private static Refused? Assign(CaseTurn turn, AssignOwner c) =>
        turn.Case.Owner == c.Owner ? null : Emit(turn, new OwnerAssigned(c.Owner, turn.Case.Owner));

    private static Refused? Contact(CaseTurn turn, LogContact c, string? whole = null)
    {
        Contacted(turn, c.Direction, c.Channel, c.Note, whole);
        return null;
    }

    /// <summary>Evidence of contact, and what it does to the clocks.</summary>
    internal static void Contacted(CaseTurn turn, Direction direction, Channel channel, string? note, string? whole = null)
    {
        if (direction == Direction.ToCustomer)
        {
            // ESC-4: contact after the hold was contact too late.
            EscalationRules.Fire(turn);
        }

        turn.Emit(new ContactLogged(direction, channel, note, whole));
        if (direction == Direction.ToCustomer)
        {
            ClockRules.OnContact(turn);
            if (channel == Channel.Review)
            {
                ClockRules.OnReply(turn);
            }
        }
        else
        {
            Resume(turn, "contact");
        }
    }

    /// <summary>CLK-3. Another reason than the one that holds takes its place at the same instant.</summary>
    private static Refused? Pause(CaseTurn turn, PauseCase c)
    {
        var reasons = turn.Sla.PauseReasons;
        if (!reasons.TryGetValue(c.Reason, out var reason))
        {
            return new Refused(
                "case.pause.unknownReason",
                $"'{c.Reason}' is no reason to pause in policy {turn.Case.PolicyVersion}. Known: {string.Join(", ", reasons.Keys.Order(StringComparer.Ordinal))}.",
                "reason");
        }

        if (turn.Case.PausedFor == c.Reason)
        {
            return null;
        }

        Resume(turn, "word");
        turn.Emit(new CasePaused(c.Reason));
        ClockRules.Pause(turn, reason);
        return null;
    }

    /// <summary>CLK-3: by someone's word, or at once when the customer is in touch.</summary>
    internal static Refused? Resume(CaseTurn turn, string cause)
    {
        if (turn.Case.PausedFor is { } reason)
        {
            turn.Emit(new CaseResumed(reason, cause));
            ClockRules.Resume(turn);
        }

        return null;
    }

    /// <summary>CUS-8: a word of the customer's own; on a closed case it reopens it (CASE-4).</summary>
    private static Refused? Hear(CaseTurn turn, HearCustomer c)
    {
        if (Reopen(turn, new ReopenCase(c.Text)) is { } tooLate)
        {
            return tooLate;
        }

        Contacted(turn, Direction.FromCustomer, Grains.Cases.Channel.Web, c.Text);
        switch (c.Wish)
        {
            case CustomerWish.Call:
                AnswerRules.AskToCall(turn, null, CallTask.CallMe);
                break;
            case CustomerWish.Higher:
                EscalationRules.CustomerAsks(turn, c.Text);
                break;
            case CustomerWish.None:
                break;
        }

        return null;
    }

    private static Refused? Hear(CaseTurn turn, HearOfCustomer c)
    {
        EscalationRules.Customer(turn, c.Level, c.LikeComplaints);
        return null;
    }

    private static Refused? Judge(CaseTurn turn) =>
        turn.Case.PolicyVersion == turn.Context.Policy.Version
            ? null
            : Emit(turn, new PolicyApplied(turn.Context.Policy.Version, turn.Case.PolicyVersion));

    /// <summary>CLK-2: what decides about targets may have changed in this turn.</summary>
    /// <param name="from">The first of the turn's events that was not looked at yet.</param>
    /// <returns>The first that happened after all that were looked at.</returns>
    private static int JudgeAnew(CaseTurn turn, int from)
    {
        var until = turn.Events.Count;
        var happened = turn.Events.Skip(from).ToList();
        var whole = happened.Exists(e => e is PolicyApplied);
        if (turn.Case is { IsOpen: true, IsMerging: false } && happened.Exists(e => e is HeatSet or ClaimSet or CauseNamed))
        {
            ApologyRules.Judge(turn);
        }

        if (turn.Case is { IsOpen: true, IsMerging: false } && (whole || happened.Exists(e => e is HeatSet or EscalationRaised or EscalationRisen or EscalationClosed)))
        {
            ClockRules.Replan(turn, whole);
            if (whole)
            {
                EscalationRules.Replan(turn);
            }
        }

        return until;
    }

    /// <summary>A customer's message is contact, and reopens a closed case (CASE-4); a machine's is recorded, and no more.</summary>
    private static Refused? Receive(CaseTurn turn, ReceiveMail c)
    {
        if (c.Automatic)
        {
            return Emit(turn, new AutomaticReplyReceived(Channel.Email, c.Whole ?? c.Text));
        }

        return (turn.Case.IsOpen ? null : Reopen(turn, new ReopenCase(c.Text))) ??
            Contact(turn, new LogContact(Direction.FromCustomer, Channel.Email, c.Text), c.Whole);
    }

    private static Refused? Do(CaseTurn turn, DoStep c) =>
        !turn.Case.Work.Steps.IsDefault && turn.Case.Work.Steps.Contains(c.Step)
            ? null
            : Emit(turn, new StepDone(c.Step, c.Note));

    private static Refused? Agree(CaseTurn turn, ReachAgreement c)
    {
        var unknown = c.Options.Where(number => number < 1 || number > turn.Case.Options.Length).ToImmutableArray();
        return unknown.IsEmpty
            ? Emit(turn, new AgreementReached(c.Text, c.Options, c.RemedyGiven))
            : new Refused("option.notFound", $"Case {turn.Case.Opening!.Number} has no option {string.Join(", ", unknown)}.", "options");
    }

    private static Refused? Move(CaseTurn turn, MoveToStage c)
    {
        var from = turn.Case.Stage;
        if (c.To == from)
        {
            return null;
        }

        if (c.To == Stage.Contact)
        {
            return StartRound(turn, c.Reason);
        }

        if (c.To == Stage.Closed)
        {
            return new Refused("case.stage.closeInstead", "A case is closed with an outcome and a summary: use close.", "to");
        }

        if (c.To != from + 1)
        {
            return new Refused(
                "case.stage.oneStep",
                $"A case moves one stage forward at a time, or back to contact: from {Word(from)} to {Word(from + 1)}, not to {Word(c.To)}.",
                "to");
        }

        return turn.Case.Missing() is { Length: > 0 } missing
            ? new Refused("case.stage.incomplete", $"Before leaving {Word(from)}: {string.Join("; ", missing.Select(step => step.Text))}.")
                .Naming(("steps", string.Join(',', missing.Select(step => step.Code))))
            : Enter(turn, c.To);
    }

    /// <summary>CASE-2: what the stage still requires before the next, in words; empty when nothing.</summary>
    public ImmutableArray<string> MissingFor() => [.. Missing().Select(step => step.Text)];

    /// <summary>The same, each with the code under which pages have their words for it.</summary>
    internal ImmutableArray<(string Code, string Text)> Missing() => Stage switch
    {
        Stage.Contact => Work.ContactMade ? [] : [("contact", "a contact with the customer, with evidence")],
        Stage.Clarify => Work.FactsKnown || Work.Trusted ? [] : [("facts", "the facts, and what the customer expects")],
        Stage.Options => Work.OptionsOffered >= 2 || Work.Conceded ? [] : [("options", $"at least two solutions offered ({Work.OptionsOffered} so far)")],
        Stage.Agreement =>
        [
            .. Work.Agreed ? Array.Empty<(string, string)>() : [("agreement", "the customer's yes")],
            .. Work.RemedyGiven || Work.PromisesMade > 0 ? Array.Empty<(string, string)>() : [("commitment", "at least one promise, or a remedy given on the spot")],
        ],
        Stage.FollowThrough => [("close", "summary and outcome: use close")],
        Stage.Closed => [("reopen", "a closed case is reopened, not moved")],
    };

    private static string NumberText(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>CASE-3: nothing of earlier rounds is hidden.</summary>
    private static Refused? StartRound(CaseTurn turn, string? reason)
    {
        turn.Emit(new RoundStarted(turn.Case.Round + 1, turn.Case.Stage, reason));
        ClockRules.OnStage(turn);
        return null;
    }

    /// <summary>CASE-4: the next round of a case that was closed; its clocks run again.</summary>
    private static void Restart(CaseTurn turn, string? reason)
    {
        turn.Emit(new RoundStarted(turn.Case.Round + 1, turn.Case.Stage, reason));
        ClockRules.StartAll(turn, turn.Now);
    }

    private static Refused? Enter(CaseTurn turn, Stage stage)
    {
        turn.Emit(new StageEntered(stage, turn.Case.Stage));
        ClockRules.OnStage(turn);
        return null;
    }

    private static Refused? SetHeatTo(CaseTurn turn, SetHeat c) =>
        turn.Case.Heat == c.Heat ? null : Emit(turn, new HeatSet(c.Heat, turn.Case.Heat, c.Reason));

    /// <summary>CASE-2, CASE-7, and: no case closes over an open promise.</summary>
    private static Refused? Close(CaseTurn turn, CloseCase c)
    {
        if (!turn.Case.IsOpen)
        {
            return turn.Case.Outcome == c.Outcome
                ? null
                : new Refused("case.closed", $"Case {turn.Case.Opening!.Number} was closed on {turn.Case.ClosedAt:u} already.")
                    .Naming(("number", NumberText(turn.Case.Opening.Number)), ("at", CodedSentence.At(turn.Case.ClosedAt ?? turn.Now)));
        }

        if (c.Outcome == Grains.Cases.Outcome.Merged)
        {
            return new Refused("case.close.merge", "A case ends as merged by merging it into another.", "outcome");
        }

        if (c.Outcome is Grains.Cases.Outcome.NoActionPossible or Grains.Cases.Outcome.Declined && !turn.Context.By.IsSupervisor)
        {
            return new Refused("case.close.needsSupervisor", "Only a supervisor closes a case without a remedy.", "outcome");
        }

        if (c.Outcome is Grains.Cases.Outcome.Agreed or Grains.Cases.Outcome.Conceded && turn.Case.Stage != Stage.FollowThrough)
        {
            return new Refused("case.close.tooEarly", $"A case is closed from followThrough; this one is at {Word(turn.Case.Stage)}.");
        }

        var open = turn.Case.Promises.Where(promise => promise.IsOpen).Select(promise => promise.Id).ToImmutableArray();
        if (!open.IsEmpty)
        {
            return new Refused("case.promisesOpen", $"Keep or withdraw {string.Join(", ", open)} first: no promise lapses silently.")
                .Naming(("promises", string.Join(", ", open)));
        }

        if (turn.Case.HasErrands)
        {
            return new Refused("case.busy", $"Something is just being given in case {turn.Case.Opening!.Number}. Try again in a moment.");
        }

        if (LawRules.RefuseClose(turn) is { } wanted)
        {
            return wanted;
        }

        End(turn, c.Outcome, c.Summary);
        NoticeRules.Close(turn, c.Summary);
        return null;
    }

    private static void End(CaseTurn turn, Outcome outcome, string? summary)
    {
        ClockRules.StopAll(turn);
        ClaimRules.RefuseOpen(turn, "case.closed");
        EscalationRules.CloseAll(turn, "case.closed");
        turn.Emit(new CaseClosed(outcome, summary));
    }

    /// <summary>CASE-4.</summary>
    internal static Refused? Reopen(CaseTurn turn, ReopenCase c)
    {
        if (turn.Case.IsOpen)
        {
            return null;
        }

        var within = turn.Context.Policy.ReopenWithin;
        if (turn.Now - turn.Case.ClosedAt > within)
        {
            return new Refused(ReopenCase.TooLate, $"Case {turn.Case.Opening!.Number} was closed more than {within.TotalDays:0} days ago. Open a new case with this one as its previous: {turn.Case.Id}.")
                .Naming(("count", within.TotalDays.ToString("0", CultureInfo.InvariantCulture)));
        }

        Restart(turn, c.Reason);
        NoticeRules.Reopened(turn);
        return null;
    }

    private static Refused? Adopt(CaseTurn turn, AdoptStage c)
    {
        if ((turn.Context.By.Roles & Roles.System) == 0)
        {
            return new Refused("case.stage.importOnly", "Only an import takes over a stage from another system.");
        }

        if (turn.Case.Stage == c.To)
        {
            return null;
        }

        if (c.To == Stage.Closed)
        {
            End(turn, Grains.Cases.Outcome.Agreed, c.Reason);
            return null;
        }

        if (!turn.Case.IsOpen)
        {
            Restart(turn, c.Reason);
        }

        return turn.Case.Stage == c.To ? null : Enter(turn, c.To);
    }

    private static Refused? Adopt(CaseTurn turn, AdoptOwner c) =>
        (turn.Context.By.Roles & Roles.System) == 0
            ? new Refused("case.owner.importOnly", "Only an import takes over an owner from another system.")
            : Emit(turn, new OwnerAssigned(c.Owner, turn.Case.Owner));

    /// <summary>CLK-7: everything that is due by now takes effect, once; the most harmful first.</summary>
    internal static Refused? Settle(CaseTurn turn)
    {
        if (turn.Case is { IsOpen: true, IsMerging: false })
        {
            PromiseRules.Fire(turn);
            NoticeRules.FallBack(turn);
            ClockRules.Fire(turn);
            ApprovalRules.Fire(turn);
            ApologyRules.Fire(turn);
            EscalationRules.Fire(turn);
            OfferRules.Fire(turn);
        }

        return null;
    }

    private static Refused? Emit(CaseTurn turn, CaseEvent happened)
    {
        turn.Emit(happened);
        return null;
    }

    private static string Word(Stage stage) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(stage.ToString());
}
