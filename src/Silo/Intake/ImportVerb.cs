using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Reviews;
using NodaTime;

namespace Escalation.Silo.Intake;

/// <summary>What a file that is imported holds.</summary>
internal enum ImportKind
{
    /// <summary>An incident event log, as history.</summary>
    IncidentLog,

    /// <summary>New cases, one a line, with the fields of <c>POST /api/cases</c>.</summary>
    Cases,

    /// <summary>Reviews, one a line, with the fields of <c>POST /api/reviews</c>.</summary>
    Reviews,
}

/// <summary>How to import.</summary>
/// <param name="File">Path, plain or <c>.gz</c>.</param>
/// <param name="As">What it holds.</param>
internal sealed record ImportOptions(string File, ImportKind As)
{
    /// <summary>IANA zone of the file's wall clock. Default: UTC for incident logs; for cases and reviews it is asked when it matters.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The path of a mapping in JSON; cases and reviews only. Default: none.</summary>
    public string? Mapping { get; init; }

    /// <summary>Say how the file is understood, and take nothing; cases and reviews only.</summary>
    public bool Preview { get; init; }

    /// <summary>Another salt makes other cases of the same rows. Default: none.</summary>
    public string Salt { get; init; } = "";

    /// <summary>How many cases at once. Default: 128.</summary>
    public int InFlight { get; init; } = 128;

    /// <summary>Compare the log with the file's counters afterwards; incident logs only. Default: yes.</summary>
    public bool Check { get; init; } = true;
}

/// <summary><c>import FILE --as incident-log|cases|reviews</c>: 0 all taken, 1 something was not, 2 the file cannot be taken, 130 interrupted.</summary>
internal sealed class ImportVerb(
    IGrains grains, ICaseNumbers numbers, ICustomerDirectory directory, IOpenedCases opened, ReviewErrands reviews, IEventLog log, TimeProvider time,
    TextWriter output)
{
    private static readonly JsonSerializerOptions Indented = new(Wire.Json) { WriteIndented = true };

    public Task<int> RunAsync(ImportOptions options, CancellationToken cancellationToken) =>
        IntakeVerb.RunAsync(time, output, (tally, token) => ImportAsync(options, tally, token), cancellationToken);

    private async Task<bool> ImportAsync(ImportOptions options, ImportTally tally, CancellationToken cancellationToken)
    {
        if (options.As != ImportKind.IncidentLog)
        {
            return await ImportLinesAsync(options, options.As == ImportKind.Reviews ? ImportSubject.Reviews : ImportSubject.Cases, tally, cancellationToken);
        }

        var incidents = IncidentLog.Of(options.File, IntakeVerb.Zone(options.TimeZone ?? "UTC"), notAfter: time.GetUtcNow());
        await new IncidentImport(grains, numbers, time).RunAsync(incidents, options.Salt, options.InFlight, tally, cancellationToken);
        tally.Say(tally.ToString());
        return tally.TookAll &
            (!options.Check || (await new IncidentCheck(log, output).RunAsync(incidents, options.Salt, cancellationToken)).Agrees);
    }

    private async Task<bool> ImportLinesAsync(ImportOptions options, ImportSubject subject, ImportTally tally, CancellationToken cancellationToken)
    {
        var none = new ImportMapping { As = subject.Name };
        var mapping = options.Mapping is { } path ? ImportMapping.Parse(await File.ReadAllTextAsync(path, cancellationToken), subject) : none;
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var plan = await FileAnalysis.RunAsync(
            () => SourceFile.Open(options.File), mapping with { TimeZone = mapping.TimeZone ?? options.TimeZone }, today, cancellationToken);
        if (options.Preview)
        {
            tally.Say(JsonSerializer.Serialize(plan.Preview(), Indented));
            return plan.Questions.Count == 0;
        }

        if (plan.Questions.Count > 0)
        {
            throw new SourceFileException(plan.Asks());
        }

        foreach (var note in plan.Notes)
        {
            tally.Say(note);
        }

        var import = new LineImport(grains, numbers, directory, opened, reviews, time);
        await foreach (var answer in import.RunAsync(plan.ReadAsync(cancellationToken), options.Salt + plan.Mapping.Source, options.InFlight, tally, cancellationToken))
        {
            tally.Say(answer.ToString());
        }

        return tally.TookAll;
    }
}

/// <summary>How to replay.</summary>
/// <param name="File">Path of an incident log, plain or <c>.gz</c>.</param>
/// <param name="Speed">How many times faster than it happened; null for as fast as possible.</param>
internal sealed record ReplayOptions(string File, double? Speed)
{
    /// <summary>IANA zone of the log's wall clock. Default: UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Another salt plays the same rows again as new cases. Default: "replay", so that it is not the import's.</summary>
    public string Salt { get; init; } = "replay";

    /// <summary>How many commands at once. Default: 128.</summary>
    public int InFlight { get; init; } = 128;

    /// <summary>Compare the log with the file's counters afterwards. Default: yes.</summary>
    public bool Check { get; init; } = true;
}

/// <summary><c>replay FILE --speed N|max</c>: an incident log as live traffic. Exit codes as <see cref="ImportVerb"/>.</summary>
internal sealed class ReplayVerb(IGrains grains, ICaseNumbers numbers, IEventLog log, TimeProvider time, TextWriter output)
{
    public Task<int> RunAsync(ReplayOptions options, CancellationToken cancellationToken) =>
        IntakeVerb.RunAsync(time, output, (tally, token) => ReplayAsync(options, tally, token), cancellationToken);

    private async Task<bool> ReplayAsync(ReplayOptions options, ImportTally tally, CancellationToken cancellationToken)
    {
        var incidents = IncidentLog.Of(options.File, IntakeVerb.Zone(options.TimeZone));
        var late = await new IncidentReplay(grains, numbers, time)
            .RunAsync(incidents, options.Salt, options.Speed, options.InFlight, tally, cancellationToken);
        tally.Say(FormattableString.Invariant($"{tally}; the latest row was {late.TotalSeconds:N1} s behind its time"));
        return tally.TookAll &
            (!options.Check || (await new IncidentCheck(log, output).RunAsync(incidents, options.Salt, cancellationToken)).Agrees);
    }
}

/// <summary>What the verbs share: progress, exit codes, and what is said when something is wrong.</summary>
internal static class IntakeVerb
{
    public static async Task<int> RunAsync(
        TimeProvider time, TextWriter output, Func<ImportTally, CancellationToken, Task<bool>> run, CancellationToken cancellationToken)
    {
        var tally = new ImportTally(time, output);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = tally.ReportAsync(ended.Token);
        try
        {
            return await run(tally, cancellationToken) ? 0 : 1;
        }
        catch (Exception e) when (e is SourceFileException or FileNotFoundException or DirectoryNotFoundException or InvalidDataException)
        {
            tally.Say(e.Message);
            return 2;
        }
        catch (LogUnavailableException e)
        {
            tally.Say($"The database went away: {e.Message} What was written stays; run it again to go on.");
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            tally.Say($"Interrupted: {tally}. What was written stays; run it again to go on.");
            return 130;
        }
        finally
        {
            await ended.CancelAsync();
            await progress;
        }
    }

    /// <exception cref="SourceFileException">There is no such zone.</exception>
    public static DateTimeZone Zone(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id)
        ?? throw new SourceFileException($"'{id}' is no IANA time zone; one is Europe/Chisinau.");
}
