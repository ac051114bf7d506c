namespace Escalation.Grains.Log;

/// <summary>
/// When a grain wants to be woken, and how much harm it does to be late (CLK-7: after downtime the order is statutory,
/// promise, heat and level, age).
/// </summary>
/// <param name="At">The earliest instant at which the grain has something to do.</param>
/// <param name="PromiseAt">The earliest instant that concerns a promise, if any.</param>
/// <param name="StatutoryAt">The earliest instant that concerns a statutory clock, if any.</param>
/// <param name="Harm">Heat and level as one number, higher is worse: 4 × heat + level, so 0 to 19.</param>
public sealed record Due(DateTimeOffset At, DateTimeOffset? PromiseAt, DateTimeOffset? StatutoryAt, short Harm);

/// <summary>A notice that a job has to send.</summary>
/// <param name="Number">Its number within the case, from 1.</param>
/// <param name="SendAt">Not before this instant.</param>
/// <param name="Channel">The channel that sends it.</param>
/// <param name="UrgentAt">What must be out by the earliest instant is sent first; null for <paramref name="SendAt"/>.</param>
public sealed record NoticeJob(
    int Number, DateTimeOffset SendAt, Cases.Channel Channel = Cases.Channel.Email, DateTimeOffset? UrgentAt = null);
