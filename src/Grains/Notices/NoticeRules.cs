using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Grains.Merging;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Notices;

/// <summary>What the customer is told, and what happens when no server takes it (CASE-9, PRM-3, PRM-5).</summary>
internal static class NoticeRules
{
    /// <summary>What nobody waits for by an instant is sent after what somebody does, but not for ever.</summary>
    private static readonly TimeSpan NotUrgentFor = TimeSpan.FromHours(1);

    /// <summary>The work that follows from a notice.</summary>
    public static NoticeJob JobOf(NoticeDecided notice) => new(
        notice.Notice, notice.PlannedAt, notice.Channel, notice.FallbackAt ?? (notice.PlannedAt + NotUrgentFor));

    /// <summary>CASE-9: received, number, who answers, what next and by when.</summary>
    public static void Acknowledge(CaseTurn turn)
    {
        var texts = turn.Context.Policy.Texts.For(turn.Case.Language);
        Decide(turn, NoticeKind.Acknowledgement, null, null, new()
        {
            ["by"] = texts.Due(Clocks.ClockRules.FirstContactBy(turn), turn.Case.TimeZone),
        });
    }

    /// <summary>True when there is a channel that reaches the customer.</summary>
    public static bool CanWrite(CaseTurn turn) => NoticeChannels.For(turn.Case, turn.Context.Policy.Notices).Count > 0;

    /// <summary>REG-2: as <see cref="CanWrite"/>, over one that carries a whole letter.</summary>
    public static bool CanWriteAtLength(CaseTurn turn) => WaysOf(turn, isWhole: true).Count > 0;

    /// <summary>REG-1: a letter of the law goes out; returns the notice that carries it.</summary>
    public static int Send(CaseTurn turn, LetterText letter)
    {
        var way = WaysOf(turn, isWhole: true)[0];
        var number = turn.Case.Notices.Length + 1;
        turn.Emit(new NoticeDecided(
            number, NoticeKind.Letter, way.Channel, null, null, letter.Language, way.To, letter.Subject, letter.Body, turn.Now, null));
        return number;
    }

    /// <summary>CASE-9: what was promised, and by when.</summary>
    public static void Promised(CaseTurn turn, Promise promise) =>
        Decide(turn, NoticeKind.Promise, promise, null, new()
        {
            ["promise"] = promise.Text ?? "",
            ["date"] = turn.Context.Policy.Texts.For(turn.Case.Language).Due(promise.DueAt, turn.Case.TimeZone),
        });

    /// <summary>CASE-9: a promise was kept.</summary>
    public static void Kept(CaseTurn turn, Promise promise) =>
        Decide(turn, NoticeKind.Kept, promise, null, new() { ["promise"] = promise.Text ?? "" });

    /// <summary>CASE-4, CASE-9: the case is worked on again, and by when the customer hears from us.</summary>
    public static void Reopened(CaseTurn turn) =>
        Decide(turn, NoticeKind.Reopening, null, null, new()
        {
            ["by"] = turn.Context.Policy.Texts.For(turn.Case.Language)
                .Due(turn.Case.Clocks.First(clock => clock.Name == Clocks.Clock.Acknowledge).DueAt, turn.Case.TimeZone),
        });

    /// <summary>PRM-3: tells why a promise moved, and until when. Without an address a person has to call.</summary>
    /// <param name="wasDueAt">The date that the customer knows: the notice must be accepted before it.</param>
    /// <param name="law">REG-1: the law that says what such a notice says; null where none does.</param>
    public static void Explain(
        CaseTurn turn, Promise promise, string reason, DateTimeOffset wasDueAt, (StatutoryPack Pack, DelayRule Rule)? law)
    {
        var language = law is { } by ? by.Pack.For(turn.Case.Language) : turn.Case.Language;
        var texts = turn.Context.Policy.Texts.For(language);
        var decided = Decide(turn, NoticeKind.Explanation, promise, wasDueAt, new()
        {
            ["promise"] = promise.Text ?? "",
            ["reason"] = reason,
            ["was"] = texts.Due(wasDueAt, turn.Case.TimeZone),
            ["date"] = texts.Due(promise.DueAt, turn.Case.TimeZone),
            ["answerBy"] = promise.Moves[^1].AnswerBy is { } answerBy ? texts.Due(answerBy, turn.Case.TimeZone) : "",
        }, law is { } whose ? LetterText.Template(whose.Pack.Letters.First(letter => letter.Id == whose.Rule.Letter), language) : null, language);
        if (!decided)
        {
            turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise.Number, CallTask.NoChannel));
        }
    }

    /// <summary>CASE-2: summary and thanks.</summary>
    public static void Close(CaseTurn turn, string summary) =>
        Decide(turn, NoticeKind.Closing, null, null, new() { ["summary"] = summary });

    /// <summary>PRM-5: what was not accepted in time goes over the next channel, then to a person, all before due.</summary>
    public static void FallBack(CaseTurn turn)
    {
        foreach (var notice in turn.Case.Notices.Where(n => n.State == NoticeState.Decided && n.FallbackAt <= turn.Now))
        {
            if (PointlessBecause(turn.Case, notice) is { } reason)
            {
                turn.Emit(new NoticeDropped(notice.Number, reason));
            }
            else
            {
                GoOn(turn, notice, nobodyAsked: true);
            }
        }
    }

    /// <summary>The server's word counts whenever it comes: also when the next channel has been taken meanwhile.</summary>
    public static Refused? Accepted(CaseTurn turn, CaseCommand.RecordNoticeAccepted command)
    {
        if (Find(turn, command.Notice, out var notice) is { } refused)
        {
            return refused;
        }

        if (notice is not { AcceptedAt: not null })
        {
            turn.Emit(new NoticeAccepted(notice.Number, command.SentAt, command.Attempts, command.AcceptedAt ?? turn.Now));
            LetterRules.Accepted(turn, notice, command.AcceptedAt ?? turn.Now);
        }

        return null;
    }

    /// <summary>PRM-5: given up on this channel, it goes over the next at once.</summary>
    public static Refused? Failed(CaseTurn turn, CaseCommand.RecordNoticeFailed command)
    {
        if (Find(turn, command.Notice, out var notice) is { } refused)
        {
            return refused;
        }

        if (notice.State == NoticeState.Decided)
        {
            turn.Emit(new NoticeFailed(notice.Number, command.Reason, command.Attempts));
            GoOn(turn, notice);
        }

        return null;
    }

    /// <summary>PRM-5: what came back was not accepted, whatever a server said before.</summary>
    public static Refused? Bounced(CaseTurn turn, CaseCommand.RecordNoticeBounced command)
    {
        if (Find(turn, command.Notice, out var notice) is { } refused)
        {
            return refused;
        }

        if (notice.State is NoticeState.Decided or NoticeState.Accepted)
        {
            turn.Emit(new NoticeBounced(notice.Number, command.Reason));
            if (!MergedNoticeRules.Hands(turn, notice))
            {
                LetterRules.CameBack(turn, notice);
                GoOn(turn, notice);
            }
        }

        return null;
    }

    public static Refused? Delayed(CaseTurn turn, CaseCommand.RecordNoticeDelayed command)
    {
        if (Find(turn, command.Notice, out var notice) is { } refused)
        {
            return refused;
        }

        turn.Emit(new NoticeDelayed(notice.Number, command.Reason));
        return null;
    }

    /// <summary>PRM-3: still needed? A promise that was kept, withdrawn or moved again needs no older explanation.</summary>
    public static Refused? Recheck(CaseTurn turn, CaseCommand.RecheckNotice command)
    {
        if (Find(turn, command.Notice, out var notice) is { } refused)
        {
            return refused;
        }

        if (notice.State == NoticeState.Decided && NeedlessBecause(turn.Case, notice, turn.Now) is { } reason)
        {
            turn.Emit(new NoticeDropped(notice.Number, reason));
        }

        return null;
    }

    private static string? NeedlessBecause(Case state, Notice notice, DateTimeOffset now) =>
        notice.To is null ? "customer.erased"
        : state.Notices.Any(other => other.Chain == notice.Chain && other.Number > notice.Number) ? "notice.nextChannel"
        : IsTold(state, notice) ? "notice.acceptedElsewhere"
        : notice.NotAfter <= now ? "notice.tooLate"
        : PointlessBecause(state, notice);

    /// <summary>What the notice is about is settled, or was told anew.</summary>
    private static string? PointlessBecause(Case state, Notice notice) =>
        notice.Kind switch
        {
            NoticeKind.Explanation or NoticeKind.Promise => PointlessBecause(state, notice, state.Promises[notice.Promise!.Value - 1]),
            NoticeKind.Reopening => state.IsOpen ? null : "case.closed",
            NoticeKind.Closing => state.IsOpen ? "case.reopened" : null,
            NoticeKind.Acknowledgement or NoticeKind.Kept or NoticeKind.Letter => null,
        };

    private static string? PointlessBecause(Case state, Notice notice, Promise promise) =>
        promise.State switch
        {
            PromiseState.Kept => "promise.kept",
            PromiseState.Withdrawn => "promise.withdrawn",
            PromiseState.Merged => "case.merged",
            PromiseState.Open or PromiseState.Explained or PromiseState.Lapsed =>
                !state.IsOpen ? "case.closed" : promise.Revision != notice.Revision ? "promise.movedAgain" : null,
        };

    /// <summary>Another channel's server has taken the same message.</summary>
    private static bool IsTold(Case state, Notice notice) => state.Notices.Any(other =>
        other.Chain == notice.Chain && other.Number != notice.Number && other.State == NoticeState.Accepted);

    /// <summary>The message goes over the next channel; where there is none, or no time left, a person has to call.</summary>
    /// <param name="nobodyAsked">Something hung on the notice until now: whoever was asked to call was asked for another reason.</param>
    private static void GoOn(CaseTurn turn, Notice notice, bool nobodyAsked = false)
    {
        var goesOnAlready = turn.Case.Notices.Any(other => other.Chain == notice.Chain && other.Number > notice.Number);
        if (goesOnAlready || IsTold(turn.Case, notice) || PointlessBecause(turn.Case, notice) is not null)
        {
            return;
        }

        var used = turn.Case.Notices.Where(other => other.Chain == notice.Chain).Select(other => other.Channel).ToHashSet();
        var left = WaysOf(turn, IsWhole(turn.Case, notice)).Where(way => !used.Contains(way.Channel)).ToList();
        if (left.Count > 0 && (notice.NotAfter is null || notice.NotAfter > turn.Now))
        {
            turn.Emit(new NoticeDecided(
                turn.Case.Notices.Length + 1, notice.Kind, left[0].Channel, notice.Promise, notice.Revision, notice.Language,
                left[0].To, notice.Subject, notice.Body, turn.Now,
                NoticeChannels.FallbackAt(turn.Now, notice.NotAfter, left.Count, turn.Context.Policy.Notices),
                notice.Short, notice.NotAfter, notice.Number));
        }
        else if (turn.Case.IsOpen && (nobodyAsked || !IsAskedToCall(turn.Case, notice)))
        {
            turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, notice.Promise, CallTask.NotAccepted));
        }
    }

    /// <summary>An explanation may have run out of time before, and then a person has been asked already.</summary>
    private static bool IsAskedToCall(Case state, Notice notice) =>
        notice.Promise is { } promise &&
        state.CallTasks.Any(task => task.Promise == promise && task.RaisedAt >= state.Notices[notice.Chain - 1].DecidedAt);

    /// <summary>REG-2: does what the law asks for have to be in it? Then a channel that carries little of it does not do.</summary>
    private static bool IsWhole(Case state, Notice notice) => notice.Kind == NoticeKind.Letter ||
        (notice is { Kind: NoticeKind.Explanation, Promise: { } promise, Revision: { } revision } &&
            state.Promises[promise - 1].Moves.ElementAtOrDefault(revision - 1)?.Silence is not null);

    private static List<(Channel Channel, string To)> WaysOf(CaseTurn turn, bool isWhole) =>
        [.. NoticeChannels.For(turn.Case, turn.Context.Policy.Notices).Where(way => !isWhole || !NoticeChannels.IsShort(way.Channel))];

    /// <param name="lawful">REG-1: what the law wants it to say; null for what the company says.</param>
    /// <param name="language">BCP 47; null for the customer's.</param>
    private static bool Decide(
        CaseTurn turn, NoticeKind kind, Promise? promise, DateTimeOffset? notAfter, Dictionary<string, string> values,
        MessageTemplate? lawful = null, string? language = null)
    {
        var policy = turn.Context.Policy;
        var ways = WaysOf(turn, lawful is not null);
        if (!NoticeDraft.IsTold(turn.Case, policy, kind) || ways.Count == 0)
        {
            return false;
        }

        var texts = policy.Texts.For(language ?? turn.Case.Language);
        NoticeDraft.AddCommon(turn.Case, policy, texts, promise?.Owner ?? turn.Case.Owner, values);
        var template = lawful ?? texts.Messages[kind];
        var (subject, body) = template.Fill(values);
        turn.Emit(new NoticeDecided(
            turn.Case.Notices.Length + 1, kind, ways[0].Channel, promise?.Number, promise?.Revision, texts.Language,
            ways[0].To, subject, body, turn.Now,
            NoticeChannels.FallbackAt(turn.Now, notAfter, ways.Count, policy.Notices),
            ways.Any(way => NoticeChannels.IsShort(way.Channel)) ? template.FillShort(values) : null, notAfter));
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
