using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Imports;
using Escalation.Grains.Log;
using Escalation.Grains.Reviews;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Intake;

/// <summary>
/// Takes kept files line by line, one host at a time, one file after the other. How far it is stands in the database beside what
/// became of each line; a host that takes over reads on from there. Lines on their way when the other one died are taken again,
/// and are the same cases and reviews.
/// </summary>
internal sealed class ImportRunner(
    NpgsqlDataSource dataSource, IGrains grains, ICaseNumbers numbers, ICustomerDirectory directory, IOpenedCases opened,
    ReviewErrands reviews, ImportSignal signal, TimeProvider time, ILogger<ImportRunner> logger) : LeaderService(dataSource, LeaderWork.Imports, logger)
{
    /// <summary>
    /// How many lines are on their way at once, and so how many of an import's appends may stand before anybody else's: about ten
    /// milliseconds of the database.
    /// </summary>
    private const int InFlight = 64;

    private const int Batch = 500;

    private static readonly TimeSpan LongestBatch = TimeSpan.FromSeconds(1);

    protected override Task AgainAsync(CancellationToken stoppingToken) => Task.WhenAny(signal.Next, base.AgainAsync(stoppingToken));

    protected override async Task LeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (await NextAsync(connection, cancellationToken) is { } running)
        {
            await RunAsync(connection, running, cancellationToken);
        }
    }

    private async Task RunAsync(NpgsqlConnection connection, Running running, CancellationToken cancellationToken)
    {
        string? detail = null;
        try
        {
            var plan = new ImportPlan(() => new PartStream(DataSource, running.Id), ImportMapping.Parse(running.Mapping), running.Total, running.IsJson, running.Latest);
            var import = new LineImport(grains, numbers, directory, opened, reviews, time);
            var lines = plan.ReadAsync(running.Done, cancellationToken);
            await SaveAllAsync(
                connection, running, import.RunAsync(lines, plan.Mapping.Source ?? "", InFlight, new ImportTally(time, TextWriter.Null), cancellationToken),
                cancellationToken);
        }
        catch (SourceFileException e)
        {
            detail = e.Message;
        }
        catch (Exception e) when (e is not (OperationCanceledException or LogUnavailableException) && !LogFailures.IsAway(e))
        {
            LogFailure(e);
            detail = "The file could not be read on; the host's log says why.";
        }

        await EndAsync(connection, running.Id, detail, cancellationToken);
    }

    /// <summary>The lines go on while what became of those before is written down.</summary>
    private static async Task SaveAllAsync(NpgsqlConnection connection, Running running, IAsyncEnumerable<LineAnswer> taken, CancellationToken cancellationToken)
    {
        var answers = new List<LineAnswer>(Batch);
        var (record, since) = (running.Done, TimeProvider.System.GetTimestamp());
        var saving = Task.CompletedTask;
        try
        {
            await foreach (var answer in taken)
            {
                answers.Add(answer);
                if (answers.Count >= Batch || TimeProvider.System.GetElapsedTime(since) > LongestBatch)
                {
                    await saving;
                    saving = SaveAsync(connection, running.Id, record, answers, cancellationToken);
                    record += answers.Count;
                    answers = new List<LineAnswer>(Batch);
                    since = TimeProvider.System.GetTimestamp();
                }
            }
        }
        finally
        {
            await saving;
        }

        await SaveAsync(connection, running.Id, record, answers, cancellationToken);
    }

    /// <summary>What became of the lines, and how far the import is, in one step.</summary>
    private static async Task SaveAsync(NpgsqlConnection connection, Guid id, long done, List<LineAnswer> answers, CancellationToken cancellationToken)
    {
        if (answers.Count == 0)
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy import_line (import, record, line, outcome, case_id, case_number, review_id, errors) from stdin (format binary)", cancellationToken))
        {
            for (var i = 0; i < answers.Count; i++)
            {
                var answer = answers[i];
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(done + i, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(answer.Line, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync((short)OutcomeOf(answer), NpgsqlDbType.Smallint, cancellationToken);
                await copy.WriteAsync(answer.CaseId, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(answer.Number, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(answer.ReviewId, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(answer.Faults.Count == 0 ? null : JsonSerializer.Serialize(answer.Faults, Wire.Json), NpgsqlDbType.Json, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await using var move = new NpgsqlCommand(
            "update import set done = done + $2, taken = taken + $3, known = known + $4, refused = refused + $5 where id = $1", connection, transaction);
        move.Parameters.Add(new() { Value = id });
        move.Parameters.Add(new() { Value = (long)answers.Count });
        foreach (var outcome in new[] { ImportOutcome.Taken, ImportOutcome.Known, ImportOutcome.Refused })
        {
            move.Parameters.Add(new() { Value = answers.LongCount(answer => OutcomeOf(answer) == outcome) });
        }

        await move.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static ImportOutcome OutcomeOf(LineAnswer answer) =>
        answer.Faults.Count > 0 ? ImportOutcome.Refused : answer.Known ? ImportOutcome.Known : ImportOutcome.Taken;

    /// <summary>The file is not needed any more.</summary>
    private async Task EndAsync(NpgsqlConnection connection, Guid id, string? detail, CancellationToken cancellationToken)
    {
        await using var end = new NpgsqlCommand(
            """
            with parts as (delete from import_part where import = $1)
            update import
            set ended_at = $2, detail = $3
            where id = $1
            """,
            connection);
        end.Parameters.Add(new() { Value = id });
        end.Parameters.Add(new() { Value = time.GetUtcNow() });
        end.Parameters.Add(new() { Value = (object?)detail ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await end.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Running?> NextAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select id, mapping, is_json, latest, total, done from import where ended_at is null order by created_at limit 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static Running Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetString(1), reader.GetBoolean(2), reader.GetFieldValue<DateOnly>(3), reader.GetInt64(4), reader.GetInt64(5));

    private sealed record Running(Guid Id, string Mapping, bool IsJson, DateOnly Latest, long Total, long Done);
}
