using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Imports;

namespace Escalation.Silo.Intake;

/// <summary>What became of one line: a case, a review, or why neither.</summary>
/// <param name="CaseId">The case that it opened, by itself or through its review.</param>
/// <param name="Number">That case's number for people.</param>
/// <param name="Known">It was there already, as it is.</param>
internal sealed record LineAnswer(int Line, Guid? CaseId, long? Number, bool Known, IReadOnlyList<ImportFault> Faults, Guid? ReviewId = null)
{
    /// <summary>Why it was not taken; null when it was.</summary>
    public string? Refusal => Faults.Count == 0 ? null : string.Join(" ", Faults.Select(fault => fault.Reason));

    public static LineAnswer No(int line, params IReadOnlyList<ImportFault> faults) => new(line, null, null, Known: false, faults);

    public static LineAnswer No(int line, Refused refusal) => No(line, new ImportFault(refusal.Field ?? "", refusal.Detail));

    public override string ToString() => Refusal is null
        ? $"line {Line}: {string.Join(", ", Taken())}{(Known ? ", there already" : "")}"
        : $"line {Line}: not taken: {Refusal}";

    private IEnumerable<string> Taken()
    {
        if (ReviewId is { } review)
        {
            yield return $"review {review:D}";
        }

        if (Number is { } number)
        {
            yield return $"case {number}";
        }
    }
}

/// <summary>
/// Takes a file's lines, many at once, and answers them in their order. Good lines are taken whatever the bad ones say; the same line, or
/// the same key, again is the same case or review.
/// </summary>
internal sealed class LineImport(CaseImport cases, ReviewImport reviews)
{
    public LineImport(IGrains grains, ICaseNumbers numbers, ICustomerDirectory directory, Grains.Reviews.ReviewErrands errands, TimeProvider time)
        : this(new CaseImport(grains, numbers, directory, time), new ReviewImport(grains, errands, time))
    {
    }

    /// <summary>One answer for each line, in the order of the file; up to <paramref name="inFlight"/> lines on their way at once.</summary>
    public async IAsyncEnumerable<LineAnswer> RunAsync(
        IAsyncEnumerable<ReadLine> lines, string salt, int inFlight, ImportTally tally, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answers = Channel.CreateBounded<Task<LineAnswer>>(inFlight);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = StartAsync(lines, salt, tally, answers.Writer, stopping.Token);
        try
        {
            await foreach (var answer in answers.Reader.ReadAllAsync(cancellationToken))
            {
                yield return await answer;
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await reading;
        }
    }

    private async Task StartAsync(
        IAsyncEnumerable<ReadLine> lines, string salt, ImportTally tally, ChannelWriter<Task<LineAnswer>> answers, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await foreach (var line in lines.WithCancellation(cancellationToken))
            {
                await answers.WriteAsync(TakeAsync(line, salt, tally, cancellationToken), cancellationToken);
            }
        }
        // Whatever ended the reading ends the answers, for those who wait for them.
        catch (Exception e)
        {
            failure = e;
        }

        answers.Complete(failure);
    }

    private async Task<LineAnswer> TakeAsync(ReadLine line, string salt, ImportTally tally, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImportFault> faults = [.. line.Faults, .. line.Fields?.Faults() ?? []];
        var answer = faults.Count > 0
            ? LineAnswer.No(line.Line, faults)
            : line.Fields switch
            {
                CaseFields fields => await cases.TakeAsync(line.Line, fields, fields.Key ?? line.Identity, salt, cancellationToken),
                ReviewFields fields => await reviews.TakeAsync(line.Line, fields, line.Identity, cancellationToken),
                var other => throw new NotSupportedException($"Nothing takes {other?.GetType().Name ?? "a line without fields"}."),
            };
        if (answer.Refusal is not null)
        {
            tally.RefuseQuietly();
            return answer;
        }

        tally.CaseDone();
        tally.RowDone(answer.Known ? 0 : 1);
        return answer;
    }
}
