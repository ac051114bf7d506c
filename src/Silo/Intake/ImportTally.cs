using System.Globalization;

namespace Escalation.Silo.Intake;

/// <summary>What an import has done so far, counted by many hands, and its voice: lines of progress, faults and the report.</summary>
internal sealed class ImportTally(TimeProvider time, TextWriter output)
{
    private readonly long _startedAt = time.GetTimestamp();
    private readonly Lock _voice = new();
    private long _cases;
    private long _rows;
    private long _events;
    private long _known;
    private long _faults;
    private long _refused;

    /// <summary>Cases of which every row was sent.</summary>
    public long Cases => Volatile.Read(ref _cases);

    /// <summary>Rows sent and answered.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Events written by this run.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Rows that an earlier run had brought in.</summary>
    public long Known => Volatile.Read(ref _known);

    /// <summary>Lines that could not be read.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>Rows that a rule refused.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    /// <summary>True when every line of the file was taken.</summary>
    public bool TookAll => Faults == 0 && Refused == 0;

    public void CaseDone() => Interlocked.Increment(ref _cases);

    /// <param name="events">How many events the row wrote; none when it was known.</param>
    public void RowDone(int events)
    {
        Interlocked.Increment(ref _rows);
        Interlocked.Add(ref _events, events);
        if (events == 0)
        {
            Interlocked.Increment(ref _known);
        }
    }

    public void Fault(LineFault fault)
    {
        Interlocked.Increment(ref _faults);
        Say($"line {fault.Line}: skipped: {fault.Reason}");
    }

    public void Refuse(int line, string reason)
    {
        Interlocked.Increment(ref _refused);
        Say($"line {line}: refused: {reason}");
    }

    /// <summary>Counts a row that was not taken, where someone else says so.</summary>
    public void RefuseQuietly() => Interlocked.Increment(ref _refused);

    public void Say(string line)
    {
        lock (_voice)
        {
            output.WriteLine(line);
        }
    }

    /// <summary>One line on how far it is, each second until cancelled.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Say(ToString());
            }
        }
        catch (OperationCanceledException)
        {
            // The import has ended, or was interrupted: whoever cancelled says so.
        }
    }

    /// <summary>"1,204 cases, 7,310 rows, 15,877 events, 2 lines skipped; 12.1 s, 604 rows/s".</summary>
    public override string ToString()
    {
        var seconds = Math.Max(Elapsed.TotalSeconds, 0.001);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Cases:N0} cases, {Rows:N0} rows, {Events:N0} events{Some(Known, "rows known already")}{Some(Faults, "lines skipped")}{Some(Refused, "rows refused")}; {seconds:N1} s, {Rows / seconds:N0} rows/s");
    }

    private static string Some(long count, string what) =>
        count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {count:N0} {what}");
}
