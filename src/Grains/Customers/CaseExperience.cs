using Escalation.Grains.Cases;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Customers;

/// <summary>CUS-2: what one case was like for its customer.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Rounds">How often it was begun.</param>
/// <param name="Kept">Promises kept in time, by the date that held.</param>
/// <param name="Moved">How often promises were moved, in all.</param>
/// <param name="Lapsed">Promises not kept by the date that held, whether kept later or not.</param>
/// <param name="Withdrawn">Promises taken back, by us or by the customer.</param>
/// <param name="Expected">What the customer expected, 1 to 5, as they said when it was closed; null for no answer.</param>
/// <param name="Got">What they got, likewise.</param>
/// <param name="ClosedAt">When it was closed last; null while it is worked on.</param>
public sealed record CaseExperience(
    Guid CaseId, int Rounds, int Kept, int Moved, int Lapsed, int Withdrawn, int? Expected, int? Got, DateTimeOffset? ClosedAt)
{
    /// <summary>True when the customer answered both questions.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsRated => Expected is not null && Got is not null;

    /// <summary>
    /// Counts a case. Of a case that was merged (CASE-8), what stood open then counts where it ended, and so does what the customer says.
    /// </summary>
    public static CaseExperience Of(Case state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(
            state.Id,
            state.Round,
            state.Promises.Count(promise => promise.State == PromiseState.Kept),
            state.Promises.Where(promise => promise.State != PromiseState.Merged).Sum(promise => promise.Moves.Length),
            state.Promises.Count(promise => promise.State == PromiseState.Lapsed),
            state.Promises.Count(promise => promise.State == PromiseState.Withdrawn),
            state.Survey?.Expected,
            state.Survey?.Got,
            state.IsOpen ? null : state.ClosedAt);
    }
}
