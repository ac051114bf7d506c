using System.Text.Json;
using System.Threading.Tasks.Sources;
using Escalation.Grains;
using Escalation.Grains.Log;

namespace Escalation.Silo.Log;

/// <summary>An append on its way to the disk, turned into bytes on its caller's thread. Answered once, awaited once.</summary>
internal sealed class PendingAppend : IValueTaskSource<AppendResult>
{
    private ManualResetValueTaskSourceCore<AppendResult> _answer = new() { RunContinuationsAsynchronously = true };
    private bool _answered;

    public PendingAppend(Append append)
    {
        Append = append;
        Events = new EventBytes[append.Events.Count];
        for (var i = 0; i < Events.Length; i++)
        {
            var happened = append.Events[i];
            Events[i] = new EventBytes(
                EventCodec.KindOf(happened), EventCodec.FactsOf(happened), EventCodec.PersonalOf(happened));
        }

        Board = append.Effects is { AreStored: false, Row: { } row } ? JsonSerializer.SerializeToUtf8Bytes(row, Wire.Json) : null;
    }

    public Append Append { get; }

    public EventBytes[] Events { get; }

    public byte[]? Board { get; }

    /// <summary>Position of the last event; 0 until the database has reported it.</summary>
    public long Position { get; set; }

    public ValueTask<AppendResult> Answer => new(this, _answer.Version);

    public void Done()
    {
        if (Claim())
        {
            _answer.SetResult(Position > 0 ? new AppendResult.Committed(Position) : AppendResult.Conflict.Instance);
        }
    }

    /// <summary>Does nothing when it was answered before.</summary>
    public void Failed(Exception why)
    {
        if (Claim())
        {
            _answer.SetException(why);
        }
    }

    // Only its writer answers it, so a plain field will do.
    private bool Claim() => !_answered && (_answered = true);

    AppendResult IValueTaskSource<AppendResult>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<AppendResult>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<AppendResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    internal readonly record struct EventBytes(string Kind, byte[] Facts, byte[]? Personal);
}
