using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Grains.Proofs;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.Proof;

/// <summary>
/// Reads the whole log, one grain after another, and checks the invariants; then holds what is stored beside the events
/// (version, due instant, board row) against what the events say.
/// </summary>
internal sealed class Prover(NpgsqlDataSource dataSource)
{
    private const int MostFaultsKept = 100;

    /// <summary>Proves the log. Constant memory: one grain at a time.</summary>
    /// <param name="onPromise">Is told of each promise, case by case.</param>
    /// <returns>The counts, how many faults there are, and the first hundred of them.</returns>
    public async Task<(ProofCounts Counts, long Faults, IReadOnlyList<Fault> First)> ProveAsync(
        CancellationToken cancellationToken, Action<PromiseFate>? onPromise = null)
    {
        var counts = new ProofCounts();
        var first = new List<Fault>();
        long faults = 0;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);

        // One snapshot for everything, so that a host may go on working meanwhile.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            select {EntryReader.Columns}, stored_version, due_at, board
            from event
            left join (select id, version as stored_version, due_at, board from grain) as stored on stored.id = stream
            order by stream, version
            """,
            connection, snapshot) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<Entry>();
        Stored stored = default;
        while (await reader.ReadAsync(cancellationToken))
        {
            var entry = EntryReader.Read(reader);
            if (entries.Count > 0 && entries[0].Stream != entry.Stream)
            {
                Conclude();
            }

            if (entries.Count == 0)
            {
                stored = Read(reader);
            }

            entries.Add(entry);
        }

        if (entries.Count > 0)
        {
            Conclude();
        }

        return (counts, faults, first);

        void Conclude()
        {
            foreach (var fate in onPromise is null ? [] : PromiseFate.Of(entries))
            {
                onPromise!(fate);
            }

            foreach (var fault in StreamProof.Check(entries, counts).Concat(CheckStored(entries, stored)))
            {
                faults++;
                if (first.Count < MostFaultsKept)
                {
                    first.Add(fault);
                }
            }

            entries.Clear();
        }
    }

    private static Stored Read(NpgsqlDataReader reader) => new(
        reader.IsDBNull(EntryReader.Width) ? null : reader.GetInt32(EntryReader.Width),
        reader.IsDBNull(EntryReader.Width + 1) ? null : reader.GetFieldValue<DateTimeOffset>(EntryReader.Width + 1),
        EntryReader.ReadRow(reader, EntryReader.Width + 2, EntryReader.Width));

    private static IEnumerable<Fault> CheckStored(List<Entry> entries, Stored stored)
    {
        var stream = entries[0].Stream;
        if (stored.Version != entries[^1].Version)
        {
            yield return new Fault(stream, "LOG", $"The history ends at version {entries[^1].Version}, but its row says {stored.Version}.");
        }

        if (entries[0].Category != Case.Category)
        {
            yield break;
        }

        var state = entries.Aggregate(Case.Empty(stream), (folded, e) => folded.Evolve((CaseEvent)e.Event, e.At, e.By));
        if (state.NextDue()?.At != stored.DueAt)
        {
            yield return new Fault(stream, "CLK-7", $"The next due instant is {state.NextDue()?.At:o}, but its row says {stored.DueAt:o}.");
        }

        var row = state.IsOpen ? BoardRow.Of(state, entries[^1].Version) : null;
        if (JsonSerializer.Serialize(row, Wire.Json) != JsonSerializer.Serialize(stored.Row, Wire.Json))
        {
            yield return new Fault(stream, "BRD-2", "The stored board row differs from what the events say.");
        }
    }

    private readonly record struct Stored(int? Version, DateTimeOffset? DueAt, BoardRow? Row);
}
