using System.Collections.Immutable;
using System.Globalization;
using static Escalation.Grains.Goodwill.GiftStockCommand;
using static Escalation.Grains.Goodwill.GiftStockEvent;

namespace Escalation.Grains.Goodwill;

/// <summary>What can happen to a stock of gifts.</summary>
public abstract record GiftStockEvent : IEvent
{
    /// <summary>One piece is someone's.</summary>
    public sealed record GiftTaken(Guid Request, string Item, string? Site, Guid CaseId, Guid CustomerId, string Agent) : GiftStockEvent;

    /// <summary>None could be taken; the same request gets the same answer for ever.</summary>
    public sealed record GiftNotTaken(
        Guid Request, string Item, string? Site, Guid CaseId, string Code, string Detail, ImmutableDictionary<string, string>? Values = null) : GiftStockEvent;

    /// <summary>More pieces came, or fewer than thought were there.</summary>
    public sealed record GiftStockChanged(string Item, string? Site, int Pieces, string Reason) : GiftStockEvent;

    private GiftStockEvent()
    {
    }
}

/// <summary>What can be asked of a stock.</summary>
public abstract record GiftStockCommand
{
    /// <summary>CLM-4: one piece, for that request and no other.</summary>
    /// <param name="Refusal">CUS-5: why this customer is given nothing; null when nothing is in the way.</param>
    /// <param name="Joined">CUS-1: under which ids the customer was given something before they were merged into this one.</param>
    public sealed record TakeGift(
        Guid Request, string Item, string? Site, Guid CaseId, Guid CustomerId, string Agent, Refused? Refusal = null,
        IReadOnlyList<Guid>? Joined = null) : GiftStockCommand;

    /// <summary>So many more pieces; fewer with a minus.</summary>
    public sealed record ChangeStock(string Item, string? Site, int Pieces, string Reason) : GiftStockCommand;

    private GiftStockCommand()
    {
    }
}

/// <summary>CLM-4: the pieces of one catalogue item at one site. One grain, so that the last piece goes to exactly one.</summary>
public sealed record GiftStock : IAggregate<GiftStock, GiftStockCommand, GiftStockEvent>
{
    /// <summary>One piece that was taken.</summary>
    public sealed record Take(Guid CaseId, Guid CustomerId, string Agent, DateTimeOffset At);

    public static string Category => "giftStock";

    public required Guid Id { get; init; }

    /// <summary>Pieces taken, by request.</summary>
    public ImmutableDictionary<Guid, Take> Taken { get; init; } = ImmutableDictionary<Guid, Take>.Empty;

    /// <summary>Requests that got none, and why.</summary>
    public ImmutableDictionary<Guid, Refused> NotTaken { get; init; } = ImmutableDictionary<Guid, Refused>.Empty;

    /// <summary>Pieces that came, or went, by hand.</summary>
    public int Changed { get; init; }

    /// <summary>The stream of an item at a site.</summary>
    public static Guid IdOf(string item, string? site) => Errands.ErrandId.Of("giftStock", site ?? "", item);

    public static GiftStock Empty(Guid id) => new() { Id = id };

    /// <summary>How many are left of an item that the catalogue says there were <paramref name="stock"/> of.</summary>
    public int LeftOf(int stock) => Math.Max(0, stock + Changed - Taken.Count);

    public Decision<GiftStockEvent> Decide(GiftStockCommand command, Context context) => command switch
    {
        TakeGift c when Taken.ContainsKey(c.Request) || NotTaken.ContainsKey(c.Request) => [],
        TakeGift c when (c.Refusal ?? RefusalOf(c, context)) is { } no => [new GiftNotTaken(c.Request, c.Item, c.Site, c.CaseId, no.Code, no.Detail, no.Values)],
        TakeGift c => [new GiftTaken(c.Request, c.Item, c.Site, c.CaseId, c.CustomerId, c.Agent)],
        ChangeStock { Pieces: 0 } => [],
        ChangeStock c when Item(c.Item, c.Site, context) is not { } item => new Refused("gift.unknown", $"'{c.Item}' is not in the catalogue."),
        ChangeStock c when Item(c.Item, c.Site, context)!.Stock + Changed - Taken.Count + c.Pieces < 0 =>
            new Refused("gift.stockBelowZero", $"{LeftOf(Item(c.Item, c.Site, context)!.Stock)} are left; {-c.Pieces} cannot go.", "pieces"),
        ChangeStock c => [new GiftStockChanged(c.Item, c.Site, c.Pieces, c.Reason)],
        _ => throw new NotSupportedException($"A stock does not know how to decide {command.GetType().Name}."),
    };

    public GiftStock Evolve(GiftStockEvent happened, DateTimeOffset at, string by) => happened switch
    {
        GiftTaken e => this with { Taken = Taken.SetItem(e.Request, new Take(e.CaseId, e.CustomerId, e.Agent, at)) },
        GiftNotTaken e => this with { NotTaken = NotTaken.SetItem(e.Request, new Refused(e.Code, e.Detail) { Values = e.Values }) },
        GiftStockChanged e => this with { Changed = Changed + e.Pieces },
        _ => throw new NotSupportedException($"A stock does not know how to fold {happened.GetType().Name}."),
    };

    public Effects EffectsOf(IReadOnlyList<GiftStockEvent> events, int version) => Effects.None;

    private Refused? RefusalOf(TakeGift c, Context context)
    {
        if (Item(c.Item, c.Site, context) is not { } item)
        {
            return new Refused("gift.unknown", $"'{c.Item}' is not in the catalogue any more.");
        }

        var gift = ("gift", item.Id);
        if (LeftOf(item.Stock) == 0)
        {
            return new Refused("gift.noneLeft", $"None of {item.Name.Text} is left.").Naming(gift);
        }

        var month = (context.Now.UtcDateTime.Year, context.Now.UtcDateTime.Month);
        if (item.PerAgentAndMonth is { } perAgent &&
            Taken.Values.Count(take => take.Agent == c.Agent && (take.At.UtcDateTime.Year, take.At.UtcDateTime.Month) == month) >= perAgent)
        {
            return new Refused("gift.agentLimit", $"{c.Agent} gave {item.Name.Text} {perAgent} times this month, which is the limit.")
                .Naming(gift, ("person", context.Policy.NameOf(c.Agent)), ("count", perAgent.ToString(CultureInfo.InvariantCulture)));
        }

        var year = context.Now.AddDays(-365);
        if (item.PerCustomerAndYear is { } perCustomer && Taken.Values.Count(take => IsOf(take, c) && take.At > year) >= perCustomer)
        {
            return new Refused("gift.customerLimit", $"The customer was given {item.Name.Text} {perCustomer} times within a year, which is the limit.")
                .Naming(gift, ("count", perCustomer.ToString(CultureInfo.InvariantCulture)));
        }

        return Taken.Values.Count(take => take.CaseId == c.CaseId) >= item.PerCase
            ? new Refused("gift.caseLimit", $"{item.Name.Text} was given {item.PerCase} times in this case, which is the limit.").Naming(gift, ("count", item.PerCase.ToString(CultureInfo.InvariantCulture)))
            : null;
    }

    private static bool IsOf(Take take, TakeGift c) => take.CustomerId == c.CustomerId || c.Joined?.Contains(take.CustomerId) == true;

    /// <summary>The very item whose stock this is: one of a site never stands in for one that all sites share.</summary>
    private static Policies.CatalogueItem? Item(string id, string? site, Context context) =>
        context.Policy.Goodwill.Items.FirstOrDefault(item => item.Id == id && item.Site == site);
}
