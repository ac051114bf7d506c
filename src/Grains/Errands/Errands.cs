using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Customers;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Hosting;
using Escalation.Grains.Merging;
using Escalation.Grains.Notices;

namespace Escalation.Grains.Errands;

/// <summary>
/// What a case needs of other grains: to count a concession against the customer's month, to take a gift out of its stock,
/// to hand everything over to another case. The case's own event says that the errand is under way; then the other grain
/// is asked and the case told, both by ids that follow from the errand. So it may be run again at any time, by whoever asked
/// and by the deadline clock after a crash: the other grain answers an errand once and for ever.
/// </summary>
public static class Errands
{
    /// <summary>Runs what the case waits for, if anything, to its end.</summary>
    /// <exception cref="Log.LogUnavailableException">The database is away; nothing is lost, and the same again does the rest.</exception>
    public static async Task RunAsync(IGrains grains, Guid caseId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grains);
        var (state, _) = await grains.Case(caseId).Get(cancellationToken);
        foreach (var concession in state.Concessions.Where(concession => concession.State == ConcessionState.Counting))
        {
            await CountAsync(grains, state, concession, cancellationToken);
        }

        foreach (var gift in state.Gifts.Where(gift => gift.State == GiftState.Taking))
        {
            await TakeAsync(grains, state, gift, cancellationToken);
        }

        if (state is { IsMerging: true, Merge: { } merge })
        {
            await MergeAsync(grains, state, merge, cancellationToken);
        }

        foreach (var notice in state.CameBack.Keys.Order())
        {
            await HandBackAsync(grains, state, state.Notices[notice - 1], cancellationToken);
        }
    }

    /// <summary>CLM-3: the customer's grain first, so that two concessions at once do not both pass.</summary>
    private static async Task CountAsync(IGrains grains, Case state, Concession concession, CancellationToken cancellationToken)
    {
        var request = Id(state.Id, "concession", concession.Number, concession.Attempt);
        var (customer, _) = await grains.TellCustomerAsync(
            state.Opening!.CustomerId,
            Of<CustomerCommand>(request, new CustomerCommand.CountConcession(request, state.Id, concession.Amount, concession.MonthLimit)),
            cancellationToken);
        if ((await grains.SurvivingCustomerAsync(customer, cancellationToken)).State.Conceded.TryGetValue(request, out var counted))
        {
            var settle = new CaseCommand.SettleConcession(concession.Number, concession.Attempt, counted.IsGranted, counted.MonthTotal);
            await grains.Case(state.Id).Tell(
                Of<CaseCommand>(Id(state.Id, "concession.settle", concession.Number, concession.Attempt), settle), cancellationToken);
        }
    }

    /// <summary>
    /// CLM-4: the stock's grain decides who gets the last piece. CUS-5: it hears whether the customer may be given anything, so that whoever
    /// runs this again gets the same answer. CUS-1: and who else they were.
    /// </summary>
    private static async Task TakeAsync(IGrains grains, Case state, Gift gift, CancellationToken cancellationToken)
    {
        var request = Id(state.Id, "gift", gift.Number, 0);
        var stock = grains.GiftStock(GiftStock.IdOf(gift.Item, gift.Site));
        var (customer, allowed) = await grains.TellCustomerAsync(
            state.Opening!.CustomerId, Of<CustomerCommand>(request, new CustomerCommand.AllowGift()), cancellationToken);
        var joined = await grains.JoinedCustomersAsync(customer, cancellationToken);
        await stock.Tell(
            Of<GiftStockCommand>(request, new GiftStockCommand.TakeGift(
                request, gift.Item, gift.Site, state.Id, customer, gift.By, (allowed as Answer.No)?.Refusal, joined)),
            cancellationToken);
        var (left, _) = await stock.Get(cancellationToken);
        var refusal = left.NotTaken.GetValueOrDefault(request);
        if (refusal is not null || left.Taken.ContainsKey(request))
        {
            await grains.Case(state.Id).Tell(
                Of<CaseCommand>(Id(state.Id, "gift.settle", gift.Number, 0), new CaseCommand.SettleGift(gift.Number, refusal)), cancellationToken);
        }
    }

    /// <summary>CASE-8: the surviving case's word decides; it is asked and told by attempt, so an old attempt never counts for a new one.</summary>
    private static async Task MergeAsync(IGrains grains, Case state, Merge merge, CancellationToken cancellationToken)
    {
        var survivor = grains.Case(merge.Into);
        var answer = await survivor.Tell(
            Of<CaseCommand>(Id(state.Id, $"merge.{merge.Into:N}", merge.Attempt, 0), new CaseCommand.TakeOverCase(merge.Attempt, state)), cancellationToken);
        var (into, _) = await survivor.Get(cancellationToken);
        var said = into.AnswerTo(state.Id, merge.Attempt);
        var settle = (answer, said) switch
        {
            (_, (null, { } taken)) => new CaseCommand.SettleMerge(merge.Attempt, null, into.Opening!.Number, taken.Promises),
            (_, ({ } refusal, _)) => new CaseCommand.SettleMerge(merge.Attempt, refusal, null, null),
            (Answer.No no, null) => new CaseCommand.SettleMerge(merge.Attempt, no.Refusal, null, null),
            _ => null,
        };
        if (settle is not null)
        {
            await grains.Case(state.Id).Tell(Of<CaseCommand>(Id(state.Id, "merge.settle", merge.Attempt, 0), settle), cancellationToken);
        }
    }

    /// <summary>CASE-8: to the case that goes on, also where that was merged since; a promise by its number there.</summary>
    private static async Task HandBackAsync(IGrains grains, Case state, Notice notice, CancellationToken cancellationToken)
    {
        var (from, into, promise) = (state.Id, state.MergedInto!.Value, notice.Promise);
        while (true)
        {
            var (next, _) = await grains.Case(into).Get(cancellationToken);
            promise = next.Merged.FirstOrDefault(merged => merged.CaseId == from)?.Promises
                .Where(moved => moved.Was == promise).Select(moved => (int?)moved.Now).FirstOrDefault();
            if (next.MergedInto is not { } further)
            {
                break;
            }

            (from, into) = (into, further);
        }

        var answer = await grains.Case(into).Tell(
            Of<CaseCommand>(
                Id(state.Id, $"notice.back.{into:N}", notice.Number, 0),
                new CaseCommand.TakeNoticeBack(state.Id, notice.Number, MergedNoticeRules.OwedBy(state, notice), promise)),
            cancellationToken);
        if (answer is Answer.Done)
        {
            await grains.Case(state.Id).Tell(
                Of<CaseCommand>(Id(state.Id, "notice.carried", notice.Number, 0), new CaseCommand.SettleNoticeBack(notice.Number)), cancellationToken);
        }
    }

    private static Envelope<TCommand> Of<TCommand>(Guid id, TCommand command) => new(id, Actor.Errands, command);

    private static Guid Id(Guid caseId, string errand, int number, int attempt) =>
        ErrandId.Of(caseId.ToString("N"), errand, number.ToString(CultureInfo.InvariantCulture), attempt.ToString(CultureInfo.InvariantCulture));
}
