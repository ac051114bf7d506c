using System.Text.Json;
using Escalation.Grains.Log;

namespace Escalation.Grains.Imports;

/// <summary>How far an import is.</summary>
public enum ImportState
{
    Running,
    Done,

    /// <summary>The file cannot be read on; what was taken stays.</summary>
    Failed,
}

/// <summary>What became of one line.</summary>
public enum ImportOutcome
{
    /// <summary>It opened a case, or recorded a review or its new words.</summary>
    Taken,

    /// <summary>Its case or review was there already.</summary>
    Known,

    Refused,
}

/// <summary>Why a line was not taken.</summary>
/// <param name="Field">The field; empty when it is the line as a whole.</param>
/// <param name="Reason">In a sentence.</param>
public sealed record ImportFault(string Field, string Reason);

/// <summary>One way to answer a question.</summary>
/// <param name="Say">What to put into the mapping.</param>
/// <param name="Means">What comes of it.</param>
public sealed record ImportAnswer(string Say, string Means);

/// <summary>What the file leaves open. It is asked, and nothing is taken until the mapping answers.</summary>
/// <param name="About">The field, or the part of the mapping.</param>
/// <param name="Column">The column, when it is about one.</param>
/// <param name="Question">In a sentence.</param>
/// <param name="Answers">Those that would do.</param>
public sealed record ImportQuestion(string About, string? Column, string Question, IReadOnlyList<ImportAnswer> Answers);

/// <summary>A column of the file.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Field">The field that it goes into; absent for none.</param>
/// <param name="Filled">In how many lines it says anything.</param>
/// <param name="Examples">Some of its values.</param>
public sealed record ImportColumn(string Name, string? Field, long Filled, IReadOnlyList<string> Examples);

/// <summary>A line as the case that it would open, or as the review that it is.</summary>
public sealed record ImportRow(int Line, JsonElement? Case, JsonElement? Review, IReadOnlyList<ImportFault> Errors);

/// <summary>How a file is understood. Nothing was taken.</summary>
/// <param name="Encoding">Of its text.</param>
/// <param name="Delimiter">Between its fields; absent for NDJSON.</param>
/// <param name="Lines">How many records it has.</param>
/// <param name="Mapping">The whole mapping as it is understood, what is only suggested included: to send back, changed or not.</param>
/// <param name="Columns">The file's columns.</param>
/// <param name="Questions">What has to be answered before it is taken.</param>
/// <param name="Notes">What is worth knowing.</param>
/// <param name="Rows">The first lines, as cases or reviews.</param>
public sealed record ImportPreview(
    string Encoding,
    string? Delimiter,
    long Lines,
    JsonElement Mapping,
    IReadOnlyList<ImportColumn> Columns,
    IReadOnlyList<ImportQuestion> Questions,
    IReadOnlyList<string> Notes,
    IReadOnlyList<ImportRow> Rows);

/// <summary>An import and how far it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">How far it is.</param>
/// <param name="Total">How many records the file has.</param>
/// <param name="Done">How many of them were looked at.</param>
/// <param name="Taken">How many opened a case or recorded a review.</param>
/// <param name="Known">How many cases or reviews were there already.</param>
/// <param name="Refused">How many were not taken.</param>
/// <param name="CreatedAt">When the file came.</param>
/// <param name="CreatedBy">Who sent it.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Detail">Why it failed.</param>
public sealed record ImportView(
    Guid Id,
    ImportState State,
    long Total,
    long Done,
    long Taken,
    long Known,
    long Refused,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? EndedAt,
    string? Detail);

/// <summary>What became of one line.</summary>
/// <param name="Line">Where it begins in the file, from 1.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="CaseId">Its case; absent for a review that does not complain.</param>
/// <param name="Number">Its case's number.</param>
/// <param name="ReviewId">Its review; absent for a line that is a case itself.</param>
/// <param name="Errors">Why it was not taken.</param>
public sealed record ImportLine(int Line, ImportOutcome Outcome, Guid? CaseId, long? Number, Guid? ReviewId, IReadOnlyList<ImportFault> Errors);

/// <summary>What came of sending a file: an import that runs, or what has to be answered first.</summary>
public sealed record ImportStart(ImportView? Import, ImportPreview? Asks);

/// <summary>A file, or its mapping, that cannot be used at all.</summary>
public sealed class ImportFileException(string message) : Exception(message);

/// <summary>CASE-1, REV-2: cases and reviews from files. All of it throws <see cref="LogUnavailableException"/> while the database is away.</summary>
public interface IImports
{
    /// <summary>Says how a file is understood, and takes nothing.</summary>
    /// <exception cref="ImportFileException">The file or the mapping cannot be used.</exception>
    Task<ImportPreview> PreviewAsync(Stream content, string? mapping, CancellationToken cancellationToken);

    /// <summary>Keeps the file and begins, unless something has to be answered first. The same id again is the same import.</summary>
    /// <exception cref="ImportFileException">The file or the mapping cannot be used.</exception>
    Task<ImportStart> StartAsync(Guid id, Stream content, string? mapping, string by, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<ImportView>> ReadAsync(int limit, CancellationToken cancellationToken);

    Task<ImportView?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>The lines of an import in the order of the file.</summary>
    /// <param name="outcome">Only those; null for all.</param>
    /// <param name="after">Only those after it.</param>
    Task<IReadOnlyList<ImportLine>> LinesAsync(Guid id, ImportOutcome? outcome, int after, int limit, CancellationToken cancellationToken);
}
