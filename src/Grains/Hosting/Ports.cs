using Escalation.Grains.Board;
using Escalation.Grains.Log;

namespace Escalation.Grains.Hosting;

/// <summary>Numbers for people: a case's number is short, unique and grows, with gaps.</summary>
public interface ICaseNumbers
{
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    ValueTask<long> NextAsync(CancellationToken cancellationToken);
}

/// <summary>Which customer a mail address or phone number belongs to. Erasable: the log does not need it.</summary>
public interface ICustomerDirectory
{
    /// <summary>
    /// The customer known by any of <paramref name="contactPoints"/> (normalised: <c>mailto:…</c>, <c>tel:…;name=…</c>), or
    /// <paramref name="candidate"/>, who from now on is known by them. Two callers at once get the same answer.
    /// </summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    ValueTask<Guid> FindOrClaimAsync(IReadOnlyList<string> contactPoints, Guid candidate, CancellationToken cancellationToken);

    /// <summary>What <see cref="FindOrClaimAsync"/> would answer to each of <paramref name="claims"/>, asked in this order.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    async ValueTask<IReadOnlyList<Guid>> FindOrClaimAllAsync(IReadOnlyList<CustomerClaim> claims, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var customers = new List<Guid>(claims.Count);
        foreach (var claim in claims)
        {
            customers.Add(await FindOrClaimAsync(claim.ContactPoints, claim.Candidate, cancellationToken));
        }

        return customers;
    }

    /// <summary>The customer known by <paramref name="contactPoint"/> (normalised); null for nobody.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    ValueTask<Guid?> FindAsync(string contactPoint, CancellationToken cancellationToken);

    /// <summary>Every customer known by <paramref name="address"/> (<c>tel:…</c> without a name), whatever they are called.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    ValueTask<IReadOnlyList<Guid>> SharingAsync(string address, CancellationToken cancellationToken);

    /// <summary>What led to <paramref name="from"/> leads to <paramref name="into"/>.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    ValueTask UniteAsync(Guid from, Guid into, CancellationToken cancellationToken);
}

/// <summary>Someone who is known by any of <paramref name="ContactPoints"/>, or else is <paramref name="Candidate"/>.</summary>
/// <param name="ContactPoints">Normalised, at least one.</param>
/// <param name="Candidate">Who they are when nobody is known by them.</param>
public sealed record CustomerClaim(IReadOnlyList<string> ContactPoints, Guid Candidate);

/// <summary>CUS-7: forgets a customer wherever anything names them.</summary>
public interface ICustomerErasure
{
    /// <summary>
    /// Carries out the latest erasure of a customer: in their cases, among the contact points, in what was kept of messages. Done
    /// again it changes nothing, so that whoever comes next finishes what a crash has left.
    /// </summary>
    /// <returns>In how many cases.</returns>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<int> CarryOutAsync(Guid customer, CancellationToken cancellationToken);
}

/// <summary>The stored board rows, from which a host's board starts.</summary>
public interface IBoardRows
{
    /// <summary>
    /// Hands all rows to <paramref name="onRows"/>, one call after another, for it to dispose of, and returns the place in the log from which the
    /// tail has to go on. Rows may be newer than the place; one that changes meanwhile may come twice, or only with the tail.
    /// </summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<TailCursor> ReadAsync(Func<StoredRowBatch, ValueTask> onRows, CancellationToken cancellationToken);
}

/// <summary>BRD-6: the board as it was, from the log.</summary>
public interface IPastBoards
{
    /// <summary>The board as it stood at <paramref name="at"/>, which is not in the future.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<PastBoard> GetAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The same board a little later.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<PastBoard> MoveAsync(PastBoard from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>A view of it, with whole rows as they were, but for what was erased since.</summary>
    /// <param name="board">The board.</param>
    /// <param name="view">The view.</param>
    /// <param name="known">An earlier page of the same viewer: rows that are the same are not read again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<BoardPage> ReadAsync(PastBoard board, BoardView view, BoardPage? known, CancellationToken cancellationToken);

    /// <summary>
    /// The instant from which on the next event of any case is shown, or (<paramref name="isBack"/>) until which the last one is not. In whole
    /// milliseconds, as viewers count time: what happened in one of them is one step. Null when there is none.
    /// </summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<DateTimeOffset?> StepAsync(DateTimeOffset from, bool isBack, CancellationToken cancellationToken);
}

/// <summary>PRM-9: how promises ended, counted from the log.</summary>
public interface IPromiseFigures
{
    /// <summary>The promises that ended from <paramref name="from"/> until before <paramref name="to"/>, most first.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<IReadOnlyList<KeptFigures>> ReadAsync(KeptBy by, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}

/// <summary>PRM-9: what kept-rates are counted by.</summary>
public enum KeptBy
{
    Owner,
    Type,
    Site,
    Customer,
}

/// <summary>PRM-9: how the promises of one owner, type, site or customer ended.</summary>
/// <param name="Key">The owner, type or site, or the customer's id; empty for cases without one.</param>
/// <param name="Kept">Kept in time, by the date that held.</param>
/// <param name="KeptFirst">Those of them that never moved.</param>
/// <param name="Lapsed">Not kept by the date that held, whether kept later or not.</param>
/// <param name="Withdrawn">Taken back by us.</param>
/// <param name="Cancelled">Cancelled by the customer.</param>
/// <param name="Moves">How often they were moved, in all.</param>
/// <param name="Rate">Kept out of kept and lapsed, 0 to 1; null when there is neither.</param>
public sealed record KeptFigures(string Key, int Kept, int KeptFirst, int Lapsed, int Withdrawn, int Cancelled, int Moves, double? Rate);

/// <summary>Messages that were not really sent, because no mail server is configured: for a developer to read.</summary>
public interface IOutbox
{
    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<OutboxMessage>> ReadAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>How often notices were handed over so far: what the case does not know before a server has answered.</summary>
public interface INoticeAttempts
{
    /// <summary>The attempts of a case's notices, in no order.</summary>
    Task<IReadOnlyList<NoticeAttempts>> ReadAsync(Guid caseId, CancellationToken cancellationToken);
}

/// <summary>Attempts at one notice.</summary>
/// <param name="Number">The notice's number within the case.</param>
/// <param name="Attempts">How often it was handed over, or is being.</param>
/// <param name="NextAt">When it is tried next; null when it needs no more work.</param>
/// <param name="HeldBy">
/// What made it wait although its time had come: <c>rate</c>, the channel's own limit, or <c>retryAfter</c>, a server that asked
/// to be left alone; null when nothing did.
/// </param>
public sealed record NoticeAttempts(int Number, int Attempts, DateTimeOffset? NextAt, string? HeldBy = null);

/// <summary>One message in the developer's outbox.</summary>
public sealed record OutboxMessage(string MessageId, Guid CaseId, DateTimeOffset AcceptedAt, string To, string Subject, string Body);
