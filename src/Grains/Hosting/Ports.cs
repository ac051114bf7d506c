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
    /// The customer known by any of <paramref name="contactPoints"/> (normalised: <c>mailto:…</c>, <c>tel:…</c>), or
    /// <paramref name="candidate"/>, who from now on is known by them. Two callers at once get the same answer.
    /// </summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    ValueTask<Guid> FindOrClaimAsync(IReadOnlyList<string> contactPoints, Guid candidate, CancellationToken cancellationToken);
}

/// <summary>The stored board rows, from which a host's board starts.</summary>
public interface IBoardRows
{
    /// <summary>All rows, and the place in the log from which the tail has to go on. Rows may be newer than the place.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<(IReadOnlyList<BoardRow> Rows, TailCursor Cursor)> LoadAsync(CancellationToken cancellationToken);
}

/// <summary>Messages that were not really sent, because no mail server is configured: for a developer to read.</summary>
public interface IOutbox
{
    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<OutboxMessage>> ReadAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>One message in the developer's outbox.</summary>
public sealed record OutboxMessage(string MessageId, Guid CaseId, DateTimeOffset AcceptedAt, string To, string Subject, string Body);
