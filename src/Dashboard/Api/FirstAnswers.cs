using System.Collections.Concurrent;
using Escalation.Grains.Hosting;

namespace Escalation.Dashboard.Api;

/// <summary>
/// CASE-5: answers to keyed commands that left no trace in the log, because a rule said no or there was nothing to
/// change. Without this a repeat, sent by a network that lost the answer, could do what its sender was told was not done.
/// Bounded: a repeat within ten minutes on the same host gets the first answer; committed commands do for ever.
/// </summary>
internal sealed class FirstAnswers(TimeProvider time)
{
    private const int MostPerGeneration = 20_000;

    private static readonly TimeSpan Generation = TimeSpan.FromMinutes(10);

    private readonly Lock _turning = new();
    private ConcurrentDictionary<Guid, Answer> _young = new();
    private ConcurrentDictionary<Guid, Answer> _old = new();
    private int _count;
    private long _since = time.GetTimestamp();

    public Answer? Find(Guid command) =>
        _young.TryGetValue(command, out var answer) || _old.TryGetValue(command, out answer) ? answer : null;

    /// <summary>The first answer to <paramref name="command"/>: this one, or another that came before it.</summary>
    public Answer Remember(Guid command, Answer answer)
    {
        if (Interlocked.Increment(ref _count) > MostPerGeneration || time.GetElapsedTime(_since) > Generation)
        {
            Turn();
        }

        return _young.GetOrAdd(command, answer);
    }

    private void Turn()
    {
        lock (_turning)
        {
            if (_count > MostPerGeneration || time.GetElapsedTime(_since) > Generation)
            {
                _old = _young;
                _young = new();
                _count = 0;
                _since = time.GetTimestamp();
            }
        }
    }
}
