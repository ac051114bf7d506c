using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Promises;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Notices;

/// <summary>What the customer is told, and what happens when no server takes it (CASE-9, PRM-3, PRM-5).</summary>
internal static class NoticeRules
{
    private static readonly TimeSpan FallbackMargin = TimeSpan.FromMinutes(15);

    /// <summary>CASE-9: received, number, who answers, what next and by when.</summary>
    public static void Acknowledge(CaseTurn turn)
    {
        var texts = turn.Context.Policy.Texts.For(turn.Case.Language);
        Decide(turn, NoticeKind.Acknowledgement, null, null, new()
        {
            ["by"] = texts.Date(Clocks.ClockRules.FirstContactBy(turn), turn.Case.TimeZone),
        });
    }

    /// <summary>True when there is an address to write to.</summary>
    public static bool CanWrite(Case state) => state.Opening?.Customer?.Email is not null;

    /// <summary>CASE-9: what was promised, and by when.</summary>
    public static void Promised(CaseTurn turn, Promise promise) =>
        Decide(turn, NoticeKind.Promise, promise, null, new()
        {
            ["promise"] = promise.Text ?? "",
            ["date"] = turn.Context.Policy.Texts.For(turn.Case.Language).Date(promise.DueAt, turn.Case.TimeZone),
        });

    /// <summary>CASE-9: a promise was kept.</summary>
    public static void Kept(CaseTurn turn, Promise promise) =>
        Decide(turn, NoticeKind.Kept, promise, null, new() { ["promise"] = promise.Text ?? "" });

    /// <summary>CASE-4, CASE-9: the case is worked on again, and by when the customer hears from us.</summary>
    public static void Reopened(CaseTurn turn) =>
        Decide(turn, NoticeKind.Reopening, null, null, new()
        {
            ["by"] = turn.Context.Policy.Texts.For(turn.Case.Language)
                .Date(turn.Case.Clocks.First(clock => clock.Name == Clocks.Clock.Acknowledge).DueAt, turn.Case.TimeZone),
        });

    /// <summary>PRM-3: tells why a promise moved, and until when. Without an address a person has to call.</summary>
    /// <param name="wasDueAt">The date that the customer knows: the notice must be accepted before it.</param>
    public static void Explain(CaseTurn turn, Promise promise, string reason, DateTimeOffset wasDueAt)
    {
        var texts = turn.Context.Policy.Texts.For(turn.Case.Language);
        var left = wasDueAt - turn.Now;
        var margin = left / 2 < FallbackMargin ? left / 2 : FallbackMargin;
        var decided = Decide(turn, NoticeKind.Explanation, promise, (wasDueAt - margin).ToMicroseconds(), new()
        {
            ["promise"] = promise.Text ?? "",
            ["reason"] = reason,
            ["was"] = texts.Date(wasDueAt, turn.Case.TimeZone),
            ["date"] = texts.Date(promise.DueAt, turn.Case.TimeZone),
        });
        if (!decided)
        {
            turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise.Number, CallTask.NoChannel));
        }
    }

    /// <summary>CASE-2: summary and thanks.</summary>
    public static void Close(CaseTurn turn, string summary) =>
        Decide(turn, NoticeKind.Closing, null, null, new() { ["summary"] = summary });

    /// <summary>PRM-5: what was not accepted in time becomes a call task for a person, still before due.</summary>
    public static void FallBack(CaseTurn turn)
    {
        foreach (var notice in turn.Case.Notices.Where(n => n.State == NoticeState.Decided && n.FallbackAt <= turn.Now))
        {
            turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, notice.Promise, CallTask.NotAccepted));
        }
    }

    public static Refused? Accepted(CaseTurn turn, CaseCommand.RecordNoticeAccepted command)
    {
        if (Find(turn, command.Notice, out var notice) is { } refused)
        {
            return refused;
        }

        if (notice.State != NoticeState.Accepted)
        {
            turn.Emit(new NoticeAccepted(notice.Number, command.SentAt, command.Attempts));
        }

        return null;
    }

    public static Refused? Failed(CaseTurn turn, CaseCommand.RecordNoticeFailed command)
    {
        if (Find(turn, command.Notice, out var notice) is { } refused)
        {
            return refused;
        }

        if (notice.State == NoticeState.Decided)
        {
            turn.Emit(new NoticeFailed(notice.Number, command.Reason, command.Attempts));

            // An explanation may have run out of time before, and then a person has been asked already.
            var askedAlready = notice is { Kind: NoticeKind.Explanation, FallbackAt: null };
            if (!askedAlready && turn.Case.IsOpen)
            {
                turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, notice.Promise, CallTask.NotAccepted));
            }
        }

        return null;
    }

    /// <summary>PRM-3: still needed? A promise that was kept, withdrawn or moved again needs no older explanation.</summary>
    public static Refused? Recheck(CaseTurn turn, CaseCommand.RecheckNotice command)
    {
        if (Find(turn, command.Notice, out var notice) is { } refused)
        {
            return refused;
        }

        if (notice.State == NoticeState.Decided && NeedlessBecause(turn.Case, notice) is { } reason)
        {
            turn.Emit(new NoticeDropped(notice.Number, reason));
        }

        return null;
    }

    private static string? NeedlessBecause(Case state, Notice notice)
    {
        if (notice.To is null)
        {
            return "customer.erased";
        }

        return notice.Kind switch
        {
            NoticeKind.Explanation or NoticeKind.Promise => NeedlessBecause(state, notice, state.Promises[notice.Promise!.Value - 1]),
            NoticeKind.Reopening => state.IsOpen ? null : "case.closed",
            NoticeKind.Closing => state.IsOpen ? "case.reopened" : null,
            NoticeKind.Acknowledgement or NoticeKind.Kept => null,
        };
    }

    private static string? NeedlessBecause(Case state, Notice notice, Promise promise) =>
        promise.State switch
        {
            PromiseState.Kept => "promise.kept",
            PromiseState.Withdrawn => "promise.withdrawn",
            PromiseState.Open or PromiseState.Explained or PromiseState.Lapsed =>
                !state.IsOpen ? "case.closed" : promise.Revision != notice.Revision ? "promise.movedAgain" : null,
        };

    private static bool Decide(
        CaseTurn turn, NoticeKind kind, Promise? promise, DateTimeOffset? fallbackAt, Dictionary<string, string> values)
    {
        if (turn.Case.Opening?.Customer is not { Email: { } to } customer ||
            (kind != NoticeKind.Explanation && !turn.Context.Policy.Tells.Contains(kind)))
        {
            return false;
        }

        var texts = turn.Context.Policy.Texts.For(customer.Language);
        values["name"] = customer.Name;
        values["owner"] = texts.SignatureOf(promise?.Owner ?? turn.Case.Owner);
        values["number"] = turn.Case.Opening.Number.ToString(CultureInfo.InvariantCulture);
        var (subject, body) = texts.Messages[kind].Fill(values);
        turn.Emit(new NoticeDecided(
            turn.Case.Notices.Length + 1, kind, Channel.Email, promise?.Number, promise?.Revision, texts.Language,
            to, subject, body, turn.Now, fallbackAt));
        return true;
    }

    private static Refused? Find(CaseTurn turn, int number, out Notice notice)
    {
        notice = number >= 1 && number <= turn.Case.Notices.Length ? turn.Case.Notices[number - 1] : null!;
        return notice is null
            ? new Refused("notice.notFound", $"Case {turn.Case.Id} has no notice {number}.")
            : null;
    }
}
