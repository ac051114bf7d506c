using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Escalations;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Silo.Intake;
using Escalation.Silo.Jobs;
using Escalation.Silo.Links;
using Escalation.Silo.Notices;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Ladder;

/// <summary>
/// ESC-3: tells those on duty by e-mail and signed webhook. Just before sending it asks each case whether it is still needed,
/// and afterwards tells it what came of it. What waits for one person goes out as one message. A crash at any point loses
/// nothing; at worst the same message goes out again under the same id.
/// </summary>
internal sealed partial class TellingJob(
    TellingQueue queue,
    IGrains grains,
    IPolicySource policies,
    IEnumerable<INoticeChannel> channels,
    DutyWebhook webhook,
    PublicAddress address,
    TimeProvider time,
    IOptions<NoticeOptions> options,
    ILogger<TellingJob> logger) : IJob
{
    private const int MostAtOnce = 200;
    private const int LongestBackOff = 6;
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RecordFor = TimeSpan.FromSeconds(60);
    private static readonly Actor By = new("ladder", Roles.System);

    /// <summary>Something on duty has to hear of, as the message says it.</summary>
    internal sealed record Item(ClaimedTelling Claimed, Case Case, CaseEscalation Escalation, Telling Telling);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await queue.FreeAbandonedAsync(time.GetUtcNow(), Claim, cancellationToken);
        while (await queue.ClaimAsync(time.GetUtcNow(), Claim, MostAtOnce, cancellationToken) is { } claimed)
        {
            try
            {
                await TellAsync(claimed.Person, claimed.Channel, claimed.Items, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Its claim runs out, and it is tried again; others must not wait for it.
                LogLeft(logger, claimed.Person, claimed.Channel, Claim, e.Message);
            }
        }
    }

    private async Task TellAsync(string id, DutyChannel channel, IReadOnlyList<ClaimedTelling> claimed, CancellationToken cancellationToken)
    {
        var needed = new List<Item>();
        foreach (var one in claimed)
        {
            var (state, _) = await SurelyAsync(() => grains.Case(one.CaseId).GetAtLeast(one.Version, cancellationToken), cancellationToken);
            var escalation = state.Escalations.FirstOrDefault(e => e.Told.Any(telling => telling.Number == one.Number));
            var telling = escalation?.Told.First(telling => telling.Number == one.Number);
            if (escalation is null || telling is not { State: TellingState.Planned })
            {
                await queue.FinishAsync(one, time.GetUtcNow(), cancellationToken);
            }
            else if (escalation.NeedlessBecause(telling) is { } reason)
            {
                await SettleAsync(one, TellingState.Dropped, reason, cancellationToken);
            }
            else
            {
                needed.Add(new Item(one, state, escalation, telling));
            }
        }

        if (needed.Count == 0)
        {
            return;
        }

        var delivery = policies.Current.Ladder.People.TryGetValue(id, out var person)
            ? await SendAsync(person, channel, needed, cancellationToken)
            : Delivery.Never($"'{id}' is none of the policy's people any more.");
        foreach (var item in needed)
        {
            switch (delivery)
            {
                case { Accepted: true }:
                    await SettleAsync(item.Claimed, TellingState.Told, null, cancellationToken);
                    break;
                case { MayRetry: true } when item.Claimed.Attempts < options.Value.MostAttempts:
                    var wait = delivery.RetryAfter ?? options.Value.FirstRetryAfter * Math.Pow(2, Math.Min(item.Claimed.Attempts - 1, LongestBackOff));
                    await queue.PostponeAsync(item.Claimed, (time.GetUtcNow() + wait).ToMicroseconds(), cancellationToken);
                    break;
                default:
                    LogGivenUp(logger, id, channel, item.Claimed.CaseId, delivery.Detail);
                    await SettleAsync(item.Claimed, TellingState.Failed, delivery.Detail, cancellationToken);
                    break;
            }
        }
    }

    private async Task<Delivery> SendAsync(DutyPerson person, DutyChannel channel, List<Item> items, CancellationToken cancellationToken)
    {
        var messageId = $"{IdOf(items)}@{options.Value.MessageIdDomain}";
        var letter = new DutyLetter(person, policies.Current, address.Url);
        try
        {
            return channel switch
            {
                DutyChannel.Board => Delivery.Taken,
                DutyChannel.Email when person.Email is { } to && channels.FirstOrDefault(one => one.Channel == Channel.Email) is { } mail =>
                    await mail.SendAsync(
                        new OutgoingMessage(messageId, items[0].Claimed.CaseId, to, letter.SubjectOf(items), letter.BodyOf(items), letter.Language), cancellationToken),
                DutyChannel.Webhook when person.Webhook is { } url => await webhook.SendAsync(url, messageId, PayloadOf(person, items), cancellationToken),
                DutyChannel.Email or DutyChannel.Webhook => Delivery.Never($"There is no {channel.ToString().ToLowerInvariant()} for {person.Id}."),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Delivery.NotNow(e.Message);
        }
    }

    /// <summary>
    /// Follows from all that the message says: whoever has had it already leaves it out, and never misses what another says besides.
    /// </summary>
    private static string IdOf(List<Item> items)
    {
        var ids = items.Select(item => $"{item.Claimed.CaseId:N}-t{item.Claimed.Number}").ToArray();
        return ids.Length == 1 ? ids[0] : $"{ids[0]}-{DeterministicId.Of(ids):N}";
    }

    private async Task SettleAsync(ClaimedTelling telling, TellingState state, string? reason, CancellationToken cancellationToken)
    {
        var record = new Envelope<CaseCommand>(Guid.CreateVersion7(time.GetUtcNow()), By, new CaseCommand.RecordTelling(telling.Number, state, reason));
        await SurelyAsync(() => grains.Case(telling.CaseId).Tell(record, cancellationToken), cancellationToken);
        await queue.FinishAsync(telling, time.GetUtcNow(), cancellationToken);
    }

    /// <summary>
    /// Asks a grain again, for a while, when it could not answer: what was said to a person must not be said twice because of it, and
    /// nobody on duty waits for a claim to run out. By the machine's clock, so that a test that stands still loses nothing.
    /// </summary>
    private static async Task<T> SurelyAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested && TimeProvider.System.GetElapsedTime(since) < RecordFor)
            {
                await Task.Delay(AgainAfter, TimeProvider.System, cancellationToken);
            }
        }
    }

    private byte[] PayloadOf(DutyPerson person, List<Item> items) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            type = "escalation.told",
            timestamp = time.GetUtcNow(),
            data = new
            {
                person = person.Id,
                escalations = items.Select(item => new
                {
                    id = CaseEscalation.IdOf(item.Case.Id, item.Escalation.Number),
                    caseId = item.Case.Id,
                    number = item.Case.Opening!.Number,
                    level = item.Escalation.Level,
                    cause = item.Escalation.Cause,
                    round = item.Telling.Round,
                    acknowledgeBy = item.Escalation.AcknowledgeBy,
                    url = AddressOf(item),
                }),
            },
        },
        Wire.Json);

    private string AddressOf(Item item) => $"{address.Url}/case/{item.Case.Id}";

    [LoggerMessage(2970, LogLevel.Warning, "{Person} could not be told over {Channel}; tried again in {Claim}: {Reason}")]
    private static partial void LogLeft(ILogger logger, string person, DutyChannel channel, TimeSpan claim, string reason);

    [LoggerMessage(2971, LogLevel.Warning, "{Person} could not be told over {Channel} of case {CaseId}: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string person, DutyChannel channel, Guid caseId, string reason);
}
