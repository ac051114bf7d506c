namespace Escalation.Grains.Reviews;

/// <summary>Reviews in the order in which they were recorded, the newest first.</summary>
public interface IReviewList
{
    /// <summary>At most <paramref name="limit"/> of those recorded before <paramref name="before"/>.</summary>
    /// <param name="place">Only of that place; null for all.</param>
    /// <param name="awaitingReply">Only complaints that nobody has answered in public.</param>
    /// <param name="before">A position in the log; <see cref="long.MaxValue"/> for the newest.</param>
    /// <param name="limit">From 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    Task<IReadOnlyList<ListedReview>> ReadAsync(string? place, bool awaitingReply, long before, int limit, CancellationToken cancellationToken);
}

/// <summary>A review in a list.</summary>
/// <param name="Review">As it is now.</param>
/// <param name="Version">Its version.</param>
/// <param name="Position">Where in the log it was recorded.</param>
public sealed record ListedReview(Review Review, int Version, long Position);
