using System.Text.Json;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;

namespace Escalation.Grains.Desks;

/// <summary>What of a case decides on whose desk it stands, and where. A row's own text is the board's.</summary>
/// <param name="Rank">Its place among others.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Offered">At whose desk it rings.</param>
/// <param name="Owes">Who owes an apology.</param>
/// <param name="Approvals">What waits for leave, each with by when; null for nothing.</param>
internal readonly record struct DeskKeys(HarmRank Rank, string? Owner, string? Offered, string? Owes, (DateTimeOffset DecideBy, string Id)[]? Approvals)
{
    public static DeskKeys Of(BoardRow row) => new(
        HarmRank.Of(row), row.Owner, row.Offer?.Agent, row.Apology?.Owner,
        row.Approvals is { Count: > 0 } approvals ? [.. approvals.Select(approval => (approval.DecideBy, approval.Id))] : null);
}

/// <summary>Gathers the desks of all stored rows while the board reads them. One caller at a time.</summary>
public sealed class DeskLoading
{
    private readonly Dictionary<Guid, (int Version, DeskKeys Keys)> _cases = [];
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);

    internal IEnumerable<DeskKeys> Cases => _cases.Values.Select(known => known.Keys);

    /// <summary>Takes some of the stored rows; of a case that comes twice the newer counts.</summary>
    public void Add(IReadOnlyList<StoredRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var stored in rows)
        {
            var row = JsonSerializer.Deserialize<Row>(stored.Json, Wire.Json)!;
            if (!_cases.TryGetValue(row.Id, out var known) || known.Version < stored.Version)
            {
                _cases[row.Id] = (stored.Version, new DeskKeys(
                    HarmRank.Of(row.Due?.Kind, row.Heat, row.Level, row.ComplainedAt, row.Id), Same(row.Owner), Same(row.Offer?.Agent), Same(row.Apology?.Owner),
                    row.Approvals is { Count: > 0 } approvals ? [.. approvals.Select(approval => (approval.DecideBy, approval.Id))] : null));
            }
        }
    }

    /// <summary>A million rows hold few names.</summary>
    private string? Same(string? word)
    {
        if (word is null)
        {
            return null;
        }

        return _words.TryGetValue(word, out var known) ? known : _words[word] = word;
    }

    private sealed record Row(
        Guid Id, Heat Heat, Level Level, DateTimeOffset ComplainedAt, string? Owner, Due? Due, Offered? Offer, Owing? Apology, IReadOnlyList<Asked>? Approvals);

    private sealed record Due(ClockKind Kind);

    private sealed record Offered(string Agent);

    private sealed record Owing(string? Owner);

    private sealed record Asked(string Id, DateTimeOffset DecideBy);
}
