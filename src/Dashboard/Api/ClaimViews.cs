using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Merging;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;

namespace Escalation.Dashboard.Api;

/// <summary>CLM-1, CLM-3: money that someone wants the customer to have.</summary>
/// <param name="Id">For instance <c>c1</c>.</param>
/// <param name="Amount">How much.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Level">With whose authority; absent while someone else has to decide.</param>
/// <param name="AskedBy">Who conceded, or asked for leave to.</param>
/// <param name="AskedAt">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="EndedAt">When it was made or refused.</param>
/// <param name="Refusal">Why it was refused: a stable word.</param>
public sealed record ConcessionView(
    string Id, Money Amount, ConcessionState State, Level? Level, string AskedBy, DateTimeOffset AskedAt, string? Reason, DateTimeOffset? EndedAt,
    string? Refusal)
{
    internal static ConcessionView Of(Concession concession) => new(
        concession.Id, concession.Amount, concession.State, concession.Attempt == 0 ? null : concession.Level, concession.AskedBy,
        concession.AskedAt, concession.Reason, concession.EndedAt, concession.Refusal);
}

/// <summary>CLM-4: something given for goodwill, and what came of it.</summary>
public sealed record GiftView(
    string Id,
    string Item,
    string Name,
    string? Site,
    Money? Value,
    GiftState State,
    string By,
    DateTimeOffset At,
    string? Refusal,
    string? RefusalDetail,
    bool? Accepted,
    bool? CaseClosed,
    bool? CustomerStayed,
    IReadOnlyDictionary<string, string>? NameIn)
{
    internal static GiftView Of(Gift gift) => new(
        gift.Id, gift.Item, gift.Name, gift.Site, gift.Value, gift.State, gift.By, gift.At, gift.Refusal, gift.RefusalDetail, gift.Accepted,
        gift.CaseClosed, gift.CustomerStayed, gift.NameIn);
}

/// <summary>CLM-4: one item of a site's catalogue.</summary>
/// <param name="Id">By which it is given.</param>
/// <param name="Site">Whose stock it is; absent for one that all sites share.</param>
/// <param name="Name">For people.</param>
/// <param name="Value">What one is worth.</param>
/// <param name="Left">How many are left.</param>
/// <param name="Taken">How many were given.</param>
/// <param name="PerAgentAndMonth">How many one agent may give in a month; absent for any number.</param>
/// <param name="PerCustomerAndYear">How many one customer may be given within 365 days; absent for any number.</param>
/// <param name="PerCase">How many in one case.</param>
public sealed record CatalogueView(
    string Id, string? Site, string Name, Money? Value, int Left, int Taken, int? PerAgentAndMonth, int? PerCustomerAndYear, int PerCase,
    IReadOnlyDictionary<string, string>? NameIn);

/// <summary>CLM-5: an apology that is owed, or was given.</summary>
public sealed record ApologyView(
    string? Owner, Level Level, DateTimeOffset OwedAt, DateTimeOffset DueAt, bool IsOverdue, DateTimeOffset? GivenAt, string? GivenBy, string? Text)
{
    internal static ApologyView Of(Apology apology) => new(
        apology.Owner, apology.Level, apology.OwedAt, apology.DueAt, apology.IsOverdue, apology.GivenAt, apology.GivenBy, apology.Text);
}

/// <summary>CLM-2: what is recommended, and why.</summary>
/// <param name="Remedy">What to do.</param>
/// <param name="Reasons">Why, in sentences.</param>
/// <param name="Because">The same reasons as codes with what they name, for pages in other languages.</param>
/// <param name="DecidedBy">Whose authority the claim needs; absent without a claim, or when it is beyond everyone's.</param>
/// <param name="Amount">The claim.</param>
/// <param name="Limits">CLM-1: who decides alone up to which amount of the claim's currency, lowest first; empty without a claim or limits.</param>
public sealed record RemedyView(
    RemedyKind Remedy, IReadOnlyList<string> Reasons, IReadOnlyList<CodedReasonView> Because, Level? DecidedBy, Money? Amount, IReadOnlyList<LimitView> Limits)
{
    internal static RemedyView Of(Remedy remedy, AuthorityRule? rule) => new(
        remedy.Kind, [.. remedy.Reasons.Select(reason => reason.Text)], [.. remedy.Reasons.Select(CodedReasonView.Of)],
        remedy.DecidedBy, remedy.Amount,
        rule is null
            ? []
            : [.. Enum.GetValues<Level>().Where(level => level == Level.Management || rule.Limits.ContainsKey(level)).Select(level => new LimitView(level, rule.LimitOf(level)))]);
}

/// <summary>A reason that needs no language.</summary>
/// <param name="Code">Stable: <c>claim.above</c>, <c>margin.thin</c>.</param>
/// <param name="Values">What it names: amounts as <c>320 EUR</c>, shares as <c>12 %</c>, a level by its code.</param>
public sealed record CodedReasonView(string Code, IReadOnlyDictionary<string, string> Values)
{
    internal static CodedReasonView Of(CodedSentence reason) => new(reason.Code, reason.Values);
}

/// <summary>CLM-1: up to which amount a level decides alone.</summary>
/// <param name="Level">Who.</param>
/// <param name="UpTo">The amount; absent for any.</param>
public sealed record LimitView(Level Level, decimal? UpTo);

/// <summary>CASE-8: the case that has everything of this one.</summary>
public sealed record MergedIntoView(Guid Id, long Number);

/// <summary>CASE-8: a case that was merged into this one.</summary>
/// <param name="Id">The case.</param>
/// <param name="Number">Its number for people.</param>
/// <param name="At">When.</param>
/// <param name="Claim">What was claimed in it.</param>
/// <param name="Promises">Under which ids its promises stand here.</param>
public sealed record MergedCaseView(Guid Id, long Number, DateTimeOffset At, Money? Claim, IReadOnlyList<MovedPromiseView> Promises)
{
    internal static MergedCaseView Of(MergedCase merged) =>
        new(merged.CaseId, merged.Number, merged.At, merged.Claim, [.. merged.Promises.Select(MovedPromiseView.Of)]);
}

/// <summary>CASE-8: a promise that came from another case: its id there and here.</summary>
public sealed record MovedPromiseView(string Was, string Now)
{
    internal static MovedPromiseView Of(MovedPromise moved) => new(Promise.IdOf(moved.Was), Promise.IdOf(moved.Now));
}

/// <summary>CASE-8: what <c>POST /api/cases/{id}/merge</c> answers.</summary>
/// <param name="Id">The case that ended.</param>
/// <param name="Version">Its version.</param>
/// <param name="Into">The case that goes on.</param>
/// <param name="Number">Its number for people.</param>
/// <param name="Promises">Under which ids the promises stand there.</param>
public sealed record MergeReceipt(Guid Id, int Version, Guid Into, long Number, IReadOnlyList<MovedPromiseView> Promises);

/// <summary>CLM-6: a customer's claims, for supervisors.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="Cases">Cases with a claim or a concession, newest first.</param>
/// <param name="Totals">By currency: what was claimed, what was conceded, and what of it this month (UTC).</param>
/// <param name="Patterns">What stands out, in sentences; none for most.</param>
public sealed record CustomerClaimsView(
    Guid Customer, IReadOnlyList<ClaimedCaseView> Cases, IReadOnlyList<ClaimTotalView> Totals, IReadOnlyList<string> Patterns);

/// <summary>CLM-6: one case with a claim.</summary>
public sealed record ClaimedCaseView(
    Guid Id, long Number, DateTimeOffset ComplainedAt, string Type, string? Product, Money? Claim, IReadOnlyList<Money> Conceded, int Gifts, Outcome? Outcome);

/// <summary>CLM-6: sums in one currency.</summary>
public sealed record ClaimTotalView(string Currency, decimal Claimed, decimal Conceded, decimal ConcededThisMonth);
