using System.Text.Json;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;

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

/// <summary>CLK-6: everything that adds up to a due instant.</summary>
/// <param name="Clock">The clock's name.</param>
/// <param name="Kind">Whose it is.</param>
/// <param name="DueAt">The instant that is explained.</param>
/// <param name="Policy">Version of the policy that set the target.</param>
/// <param name="Target">How long the clock may run; the sum of what was counted.</param>
/// <param name="Intervals">Stretches of time that counted.</param>
/// <param name="Pauses">Stretches of time that did not count.</param>
/// <param name="Paused">The sum of the pauses.</param>
public sealed record WhyView(
    string Clock,
    ClockKind Kind,
    DateTimeOffset DueAt,
    string Policy,
    TimeSpan Target,
    IReadOnlyList<IntervalView> Intervals,
    IReadOnlyList<IntervalView> Pauses,
    TimeSpan Paused)
{
    internal static WhyView Of(Clock clock, string policy)
    {
        var target = clock.DueAt - clock.StartedAt;
        return new(
            clock.Name, clock.Kind, clock.DueAt, policy, target,
            [new IntervalView(clock.StartedAt, clock.DueAt, target)], [], TimeSpan.Zero);
    }
}

/// <summary>A stretch of time, and how much of it counted.</summary>
public sealed record IntervalView(DateTimeOffset From, DateTimeOffset To, TimeSpan Counted);

/// <summary>PRM-5: a notice with every instant of its life.</summary>
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
    string? Reason)
{
    internal static NoticeView Of(Guid caseId, Notice notice) => new(
        Notice.IdOf(caseId, notice.Number), caseId, notice.Kind, notice.Channel, notice.State,
        notice.Promise is { } promise ? Grains.Promises.Promise.IdOf(promise) : null, notice.Revision, notice.Language,
        notice.To, notice.Subject, notice.Body, notice.PlannedAt, notice.DecidedAt, notice.SentAt, notice.AcceptedAt,
        notice.FailedAt, null, notice.Reason);
}

/// <summary>A customer as now known.</summary>
public sealed record CustomerView(
    Guid Id, int Version, string? Name, string? Email, string? Phone, string? Language, string? TimeZone, IReadOnlyList<Guid> Cases)
{
    internal static CustomerView Of(Customer customer, int version) => new(
        customer.Id, version, customer.Contact?.Name, customer.Contact?.Email, customer.Contact?.Phone,
        customer.Contact?.Language, customer.Contact?.TimeZone, customer.Cases);
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
