using System.Text.Json;
using Escalation.Grains.Cases;
using Escalation.Grains.Calendars;
using Escalation.Grains.Clocks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;

namespace Escalation.Dashboard.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">What was asked for.</param>
/// <param name="Next">Goes into <c>after</c> for the next page; absent on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>One event of a history.</summary>
public sealed record HistoryView(int Version, string Kind, DateTimeOffset At, string By, JsonElement Data)
{
    internal static HistoryView Of(Entry entry) =>
        new(entry.Version, EventCodec.KindOf(entry.Event), entry.At, entry.By, EventCodec.ToJson(entry.Event));
}

/// <summary>CLK-6: everything that adds up to a clock's due instant.</summary>
/// <param name="Clock">The clock's name.</param>
/// <param name="Kind">Whose clock it is.</param>
/// <param name="State">What has become of it.</param>
/// <param name="StartedAt">Where it counts from.</param>
/// <param name="DueAt">When it is due; of a paused clock, as if it went on.</param>
/// <param name="Policy">The version of the policy that it runs by.</param>
/// <param name="Sla">The SLA policy, or the clock of the law, in that version.</param>
/// <param name="Calendar">The calendar that it counts on.</param>
/// <param name="TimeZone">That calendar's zone.</param>
/// <param name="Target">How long it may run.</param>
/// <param name="Counted">The sum of what the intervals counted: exactly the target, unless that was made shorter than what was used.</param>
/// <param name="Intervals">Stretches of time that counted.</param>
/// <param name="GivenBack">Of a target in days: the stretches by which pauses moved it on.</param>
/// <param name="Pauses">Stretches of time that did not count.</param>
/// <param name="Paused">The sum of the pauses that have ended.</param>
/// <param name="SlaIn">What people call the SLA policy, by language (BCP 47); absent where it goes by its id.</param>
/// <param name="CalendarIn">The same of the calendar.</param>
public sealed record WhyView(
    string Clock,
    ClockKind Kind,
    ClockState State,
    DateTimeOffset StartedAt,
    DateTimeOffset DueAt,
    string Policy,
    string Sla,
    string Calendar,
    string TimeZone,
    Target Target,
    TimeSpan Counted,
    IReadOnlyList<WhyInterval> Intervals,
    IReadOnlyList<WhyInterval> GivenBack,
    IReadOnlyList<ClockPause> Pauses,
    TimeSpan Paused,
    IReadOnlyDictionary<string, string>? SlaIn,
    IReadOnlyDictionary<string, string>? CalendarIn)
{
    internal static WhyView Of(ClockExplanation why, Func<string, Policy> policyOf)
    {
        var (clock, plan) = (why.Clock, why.Clock.Plan);
        var sla = policyOf(plan.Version).Sla;
        var calendar = sla.Calendars.GetValueOrDefault(plan.Calendar, WorkCalendar.Always);
        return new(
            clock.Name, clock.Kind, clock.State, clock.StartedAt, clock.DueAt, plan.Version, plan.Sla, plan.Calendar, calendar.TimeZone,
            plan.Target,
            Sum(why.Stretches.Select(stretch => stretch.Interval.Counted)),
            [.. why.Stretches.Select(WhyInterval.Of)],
            [.. why.GivenBack.Select(WhyInterval.Of)],
            why.Pauses,
            Sum(why.Pauses.Select(pause => (pause.To ?? pause.From) - pause.From)),
            (sla.Policies.FirstOrDefault(policy => policy.Id == plan.Sla)?.Name ?? sla.Statutory.FirstOrDefault(law => law.Id == plan.Sla)?.Name)?.ByLanguage,
            sla.CalendarNames.GetValueOrDefault(plan.Calendar)?.ByLanguage);
    }

    private static TimeSpan Sum(IEnumerable<TimeSpan> times) => times.Aggregate(TimeSpan.Zero, (sum, time) => sum + time);
}

/// <summary>A stretch of time that counted, and what the clock ran by then.</summary>
public sealed record WhyInterval(DateTimeOffset From, DateTimeOffset To, TimeSpan Counted, string Policy, string Sla, string Calendar)
{
    internal static WhyInterval Of(ClockStretch stretch) => new(
        stretch.Interval.From, stretch.Interval.To, stretch.Interval.Counted, stretch.Plan.Version, stretch.Plan.Sla, stretch.Plan.Calendar);
}

/// <summary>A stretch of time, and how much of it counted.</summary>
public sealed record IntervalView(DateTimeOffset From, DateTimeOffset To, TimeSpan Counted);

/// <summary>
/// PRM-5: a notice with every instant of its life. <c>heldBy</c> is what made it wait although its time had come: <c>rate</c>, the
/// channel's own limit, or <c>retryAfter</c>, a server that asked to be left alone.
/// </summary>
public sealed record NoticeView(
    string Id,
    Guid CaseId,
    NoticeKind Kind,
    Channel Channel,
    NoticeState State,
    string? Promise,
    int? Revision,
    string Language,
    string? To,
    string? Subject,
    string? Body,
    DateTimeOffset PlannedAt,
    DateTimeOffset DecidedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? AcceptedAt,
    DateTimeOffset? FailedAt,
    DateTimeOffset? AnsweredAt,
    string? Reason,
    DateTimeOffset? FallbackAt,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    string? Short,
    string? HeldBy)
{
    /// <param name="state">Its case.</param>
    /// <param name="notice">As the case knows it.</param>
    /// <param name="attempts">What the case does not know before a server has answered; null for nothing.</param>
    internal static NoticeView Of(Case state, Notice notice, NoticeAttempts? attempts) => new(
        Notice.IdOf(state.Id, notice.Number), state.Id, notice.Kind, notice.Channel, notice.State,
        notice.Promise is { } promise ? Grains.Promises.Promise.IdOf(promise) : null, notice.Revision, notice.Language,
        notice.To, notice.Subject, notice.Body, notice.PlannedAt, notice.DecidedAt, notice.SentAt, notice.AcceptedAt,
        notice.FailedAt, AnswerTo(state, notice), notice.Reason, notice.FallbackAt,
        Math.Max(notice.Attempts, attempts?.Attempts ?? 0), attempts?.NextAt, notice.Short, attempts?.HeldBy);

    /// <summary>PRM-6: when the customer answered the date that the notice told them of.</summary>
    private static DateTimeOffset? AnswerTo(Case state, Notice notice) =>
        notice is { Kind: NoticeKind.Explanation, Promise: { } promise, Revision: { } revision }
            ? state.Promises[promise - 1].Moves.ElementAtOrDefault(revision - 1)?.AnsweredAt
            : null;
}

/// <summary>Who one is signed in as.</summary>
public sealed record SessionView(string User, IReadOnlyList<string> Roles);

/// <summary>Alive, or ready.</summary>
public sealed record HealthView(string Status);

/// <summary>A message in the developer's outbox.</summary>
public sealed record OutboxView(string MessageId, Guid CaseId, DateTimeOffset AcceptedAt, string To, string Subject, string Body)
{
    internal static OutboxView Of(OutboxMessage message) => new(
        message.MessageId, message.CaseId, message.AcceptedAt, message.To, message.Subject, message.Body);
}
