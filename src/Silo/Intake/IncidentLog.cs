using System.Globalization;
using System.Runtime.CompilerServices;
using CsvHelper;
using NodaTime;

namespace Escalation.Silo.Intake;

/// <summary>
/// Reads an incident event log case by case, in constant memory but for eight bytes per case (to notice one that comes
/// back). A line that cannot be read is reported and skipped.
/// </summary>
/// <param name="open">Opens the text; called once for each reading.</param>
/// <param name="zone">The zone in which the log's wall clock runs.</param>
/// <param name="notAfter">Rows later than this are dirt; null to take any.</param>
internal sealed class IncidentLog(Func<TextReader> open, DateTimeZone zone, DateTimeOffset? notAfter = null)
{
    private const string Null = "?";
    private const string DateFormat = "d/M/yyyy HH:mm";

    private static readonly string[] ColumnNames =
    [
        "number", "incident_state", "reassignment_count", "reopen_count", "sys_mod_count", "sys_updated_at", "caller_id",
        "contact_type", "location", "category", "subcategory", "u_symptom", "impact", "urgency", "assignment_group",
    ];

    /// <summary>May be missing.</summary>
    private static readonly string[] OutcomeNames = ["opened_at", "closed_at", "made_sla"];

    private static readonly Dictionary<string, IncidentState> States = new(StringComparer.OrdinalIgnoreCase)
    {
        ["New"] = IncidentState.New,
        ["Active"] = IncidentState.Active,
        ["Awaiting User Info"] = IncidentState.AwaitingUserInfo,
        ["Awaiting Vendor"] = IncidentState.AwaitingVendor,
        ["Awaiting Problem"] = IncidentState.AwaitingProblem,
        ["Awaiting Evidence"] = IncidentState.AwaitingEvidence,
        ["Resolved"] = IncidentState.Resolved,
        ["Closed"] = IncidentState.Closed,
        ["-100"] = IncidentState.Unknown,
        [Null] = IncidentState.Unknown,
    };

    // A line break ends every row, so that a stray quote costs its own line and not the rest of the file.
    private static readonly CsvReaderOptions Csv = new()
    {
        Separator = ',',
        AllowLineBreaksInQuotes = false,
        TrimWhitespace = true,
        TrackLineNumbers = true,
        PoolStrings = true,
    };

    /// <summary>The log in the file at <paramref name="path"/>, plain or <c>.gz</c>.</summary>
    public static IncidentLog Of(string path, DateTimeZone zone, DateTimeOffset? notAfter = null) =>
        new(() => SourceFile.OpenText(path), zone, notAfter);

    /// <summary>The zone in which the log's wall clock runs.</summary>
    public DateTimeZone Zone => zone;

    /// <summary>Every incident, in the order of the file.</summary>
    /// <exception cref="SourceFileException">The first line lacks columns that the log must have.</exception>
    public async IAsyncEnumerable<IncidentCase> ReadAsync(
        Action<LineFault>? onFault = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var csv = CsvReader.Create(open(), Csv);
        var columns = await ReadHeaderAsync(csv, cancellationToken);
        var seen = new HashSet<ulong>();
        var rows = new List<IncidentRow>();
        IncidentOutcome? outcome = null;
        while (await csv.ReadAsync(cancellationToken))
        {
            if (!TryRead(csv, columns, out var row, out var reason))
            {
                onFault?.Invoke(new LineFault(Line(csv), reason));
                continue;
            }

            if (rows.Count > 0 && rows[^1].Number != row.Number)
            {
                yield return new IncidentCase(rows[0].Number, rows) { Outcome = outcome };
                rows = [];
            }

            if (rows.Count == 0 && !seen.Add(DeterministicId.NumberOf(row.Number)))
            {
                onFault?.Invoke(new LineFault(
                    Line(csv), $"{row.Number} comes again after other cases; the rows of a case must stand together. Sort the file by case."));
                continue;
            }

            rows.Add(row);
            outcome = row.State == IncidentState.Closed ? ReadOutcome(csv, columns) : null;
        }

        if (rows.Count > 0)
        {
            yield return new IncidentCase(rows[0].Number, rows) { Outcome = outcome };
        }
    }

    private static async Task<Columns> ReadHeaderAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        await csv.ReadHeaderAsync(cancellationToken);
        var names = csv.Headers.ToList();
        int[] Find(string[] columns) =>
            [.. columns.Select(name => names.FindIndex(found => found.Trim().Equals(name, StringComparison.OrdinalIgnoreCase)))];

        var at = Find(ColumnNames);
        var missing = ColumnNames.Where((_, column) => at[column] < 0).ToList();
        return missing.Count == 0
            ? new Columns(names.Count, at, Find(OutcomeNames))
            : throw new SourceFileException($"This is no incident log: its first line lacks {string.Join(", ", missing)}.");
    }

    private bool TryRead(CsvReader csv, Columns columns, out IncidentRow row, out string reason)
    {
        row = null!; // Set whenever the answer is true.
        reason = "";
        if (csv.FieldCount != columns.Count)
        {
            reason = $"{csv.FieldCount} fields where the first line has {columns.Count}.";
            return false;
        }

        var number = Field(0);
        if (number is null)
        {
            reason = "no number.";
        }
        else if (!States.TryGetValue(Field(1) ?? Null, out var state))
        {
            reason = $"incident_state '{Field(1)}' is none that the log knows.";
        }
        else if (Count(2) is not { } reassignments)
        {
            reason = $"reassignment_count '{Field(2)}' is no count.";
        }
        else if (Count(3) is not { } reopens)
        {
            reason = $"reopen_count '{Field(3)}' is no count.";
        }
        else if (Count(4) is not { } update)
        {
            reason = $"sys_mod_count '{Field(4)}' is no count.";
        }
        else if (!TryReadDate(Field(5), out var local))
        {
            reason = $"sys_updated_at '{Field(5)}' is no date like 29/2/2016 01:23.";
        }
        else if (Instant(local) is var at && at > notAfter)
        {
            reason = $"sys_updated_at {Field(5)} is still to come.";
        }
        else
        {
            row = new IncidentRow(
                Line(csv), number, state, reassignments, reopens, update, at, Field(6), Field(7), Field(8), Field(9),
                Field(10), Field(11), Rank(12), Rank(13), Field(14));
            return true;
        }

        return false;

        string? Field(int column) => csv.GetString(columns.At[column]) is { Length: > 0 } text && text != Null ? text : null;

        int? Count(int column) =>
            int.TryParse(Field(column), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

        // "2 - Medium"
        int? Rank(int column) => Field(column) is [>= '1' and <= '3' and var rank, ..] ? rank - '0' : null;
    }

    /// <summary>Null when the file does not say, or not so that it can be read.</summary>
    private IncidentOutcome? ReadOutcome(CsvReader csv, Columns columns) =>
        columns.Outcome.All(column => column >= 0) &&
        TryReadDate(csv.GetString(columns.Outcome[0]), out var opened) &&
        TryReadDate(csv.GetString(columns.Outcome[1]), out var closed) &&
        bool.TryParse(csv.GetString(columns.Outcome[2]), out var madeSla)
            ? new IncidentOutcome(Instant(opened), Instant(closed), madeSla)
            : null;

    private static bool TryReadDate(string? text, out DateTime date) =>
        DateTime.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>A wall clock that was skipped or came twice: as lenient as NodaTime, always the same.</summary>
    private DateTimeOffset Instant(DateTime local) => zone == DateTimeZone.Utc
        ? new DateTimeOffset(local, TimeSpan.Zero)
        : LocalDateTime.FromDateTime(local).InZoneLeniently(zone).ToDateTimeOffset().ToUniversalTime();

    private static int Line(CsvReader csv) => (int)csv.LineNumber;

    /// <param name="Count">How many there are.</param>
    /// <param name="At">Where those stand that the log must have.</param>
    /// <param name="Outcome">Where those of the outcome stand; below 0 for one that is missing.</param>
    private sealed record Columns(int Count, int[] At, int[] Outcome);
}
