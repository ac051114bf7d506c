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
public sealed record NoticeAttempts(int Number, int Attempts, DateTimeOffset? NextAt);

/// <summary>One message in the developer's outbox.</summary>
public sealed record OutboxMessage(string MessageId, Guid CaseId, DateTimeOffset AcceptedAt, string To, string Subject, string Body);
