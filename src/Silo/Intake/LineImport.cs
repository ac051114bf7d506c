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
/// the same key, again is the same case or review. What is known of the lines is asked for some hundred at a time, while those before are on
/// their way.
/// </summary>
internal sealed class LineImport(CaseImport cases, ReviewImport reviews)
{
    /// <summary>How many lines are looked up at once.</summary>
    private const int Together = 256;

    public LineImport(
        IGrains grains, ICaseNumbers numbers, ICustomerDirectory directory, IOpenedCases opened, Grains.Reviews.ReviewErrands errands, TimeProvider time)
        : this(new CaseImport(grains, numbers, directory, opened, time), new ReviewImport(grains, errands, time))
    {
    }

    /// <summary>
    /// One answer for each line, in the order of the file; up to <paramref name="inFlight"/> lines on their way at once, and those of one
    /// customer one after the other.
    /// </summary>
    public async IAsyncEnumerable<LineAnswer> RunAsync(
        IAsyncEnumerable<ReadLine> lines, string salt, int inFlight, ImportTally tally, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What is taken waits here for whoever writes down the answers, and so does not stop while they write.
        var answers = Channel.CreateBounded<Task<LineAnswer>>(Together * 4);
        var prepared = Channel.CreateBounded<IReadOnlyList<PreparedLine>>(1);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = EndingAsync(PrepareAllAsync(lines, salt, prepared.Writer, stopping.Token), prepared.Writer);
        var starting = EndingAsync(StartAllAsync(prepared.Reader, inFlight, tally, answers.Writer, stopping.Token), answers.Writer);
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
            await Task.WhenAll(reading, starting);
        }
    }

    /// <summary>Whatever ended the work ends what comes of it, for those who wait for more.</summary>
    private static async Task EndingAsync<T>(Task work, ChannelWriter<T> results)
    {
        Exception? failure = null;
        try
        {
            await work;
        }
        catch (Exception e)
        {
            failure = e;
        }

        results.Complete(failure);
    }

    private async Task PrepareAllAsync(
        IAsyncEnumerable<ReadLine> lines, string salt, ChannelWriter<IReadOnlyList<PreparedLine>> prepared, CancellationToken cancellationToken)
    {
        var page = new List<ReadLine>(Together);
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            page.Add(line);
            if (page.Count == Together)
            {
                await prepared.WriteAsync(await PrepareAsync(page, salt, cancellationToken), cancellationToken);
                page.Clear();
            }
        }

        await prepared.WriteAsync(await PrepareAsync(page, salt, cancellationToken), cancellationToken);
    }

    private async Task<IReadOnlyList<PreparedLine>> PrepareAsync(IReadOnlyList<ReadLine> page, string salt, CancellationToken cancellationToken)
    {
        var faults = page.Select(line => (IReadOnlyList<ImportFault>)[.. line.Faults, .. line.Fields?.Faults() ?? []]).ToList();
        var known = new Queue<CaseLine>(await cases.PrepareAsync(
            [.. page.Where((line, i) => faults[i].Count == 0).Where(line => line.Fields is CaseFields)
                .Select(line => (line.Line, (CaseFields)line.Fields!, ((CaseFields)line.Fields!).Key ?? line.Identity))],
            salt, cancellationToken));
        return [.. page.Select((line, i) => new PreparedLine(line, faults[i], faults[i].Count == 0 && line.Fields is CaseFields ? known.Dequeue() : null))];
    }

    private async Task StartAllAsync(
        ChannelReader<IReadOnlyList<PreparedLine>> prepared, int inFlight, ImportTally tally, ChannelWriter<Task<LineAnswer>> answers, CancellationToken cancellationToken)
    {
        using var room = new SemaphoreSlim(inFlight);
        var latest = new Dictionary<Guid, Task>();
        try
        {
            await foreach (var page in prepared.ReadAllAsync(cancellationToken))
            {
                foreach (var customer in latest.Where(one => one.Value.IsCompleted).Select(one => one.Key).ToList())
                {
                    latest.Remove(customer);
                }

                foreach (var line in page)
                {
                    await room.WaitAsync(cancellationToken);
                    var before = line.Case is { } known && latest.TryGetValue(known.Customer, out var last) ? last : Task.CompletedTask;
                    var taking = TakeAsync(line, before, room, tally, cancellationToken);
                    if (line.Case is { } theirs)
                    {
                        latest[theirs.Customer] = taking;
                    }

                    await answers.WriteAsync(taking, cancellationToken);
                }
            }
        }
        finally
        {
            // Until each has given back its room.
            for (var i = 0; i < inFlight; i++)
            {
                await room.WaitAsync(CancellationToken.None);
            }
        }
    }

    private async Task<LineAnswer> TakeAsync(PreparedLine line, Task before, SemaphoreSlim room, ImportTally tally, CancellationToken cancellationToken)
    {
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var answer = await TakeAsync(line, cancellationToken);
            if (answer.Refusal is not null)
            {
                tally.RefuseQuietly();
                return answer;
            }

            tally.CaseDone();
            tally.RowDone(answer.Known ? 0 : 1);
            return answer;
        }
        finally
        {
            room.Release();
        }
    }

    private async Task<LineAnswer> TakeAsync(PreparedLine line, CancellationToken cancellationToken) => line switch
    {
        { Faults.Count: > 0 } => LineAnswer.No(line.Read.Line, line.Faults),
        { Case: { } known } => await cases.TakeAsync(known, cancellationToken),
        { Read.Fields: ReviewFields fields } => await reviews.TakeAsync(line.Read.Line, fields, line.Read.Identity, cancellationToken),
        _ => throw new NotSupportedException($"Nothing takes {line.Read.Fields?.GetType().Name ?? "a line without fields"}."),
    };

    private sealed record PreparedLine(ReadLine Read, IReadOnlyList<ImportFault> Faults, CaseLine? Case);
}
