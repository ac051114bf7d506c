using Escalation.Grains.Board;
using Escalation.Grains.Cases;

namespace Escalation.Silo.Notices;

/// <summary>
/// Whether a channel's server can be reached: down after so many messages in a row found nobody, then tried with one message
/// at a time after growing waits, and back with the first that gets an answer.
/// </summary>
internal sealed class ChannelHealth(Channel channel, int failuresUntilDown, TimeProvider time)
{
    private static readonly TimeSpan FirstProbeAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestProbeWait = TimeSpan.FromMinutes(1);

    private readonly Lock _changing = new();
    private int _failures;
    private string _reason = "";
    private DateTimeOffset? _downSince;
    private DateTimeOffset _firstFailureAt;
    private DateTimeOffset _probeAt;
    private TimeSpan _probeWait;

    public bool IsDown => _downSince is not null;

    public ChannelFigures Figures
    {
        get
        {
            lock (_changing)
            {
                return _downSince is { } since
                    ? new ChannelFigures(channel, ChannelState.Down, since, _reason)
                    : new ChannelFigures(channel, ChannelState.Up, null, null);
            }
        }
    }

    /// <summary>True when, being down, the channel may be tried with one message now.</summary>
    public bool MayProbe
    {
        get
        {
            lock (_changing)
            {
                return time.GetUtcNow() >= _probeAt;
            }
        }
    }

    /// <summary>Somebody answered, whatever they said. True when the channel was down until now; since when.</summary>
    public bool Reached(out DateTimeOffset downSince)
    {
        lock (_changing)
        {
            var wasDown = _downSince is not null;
            downSince = _downSince ?? default;
            _failures = 0;
            _downSince = null;
            return wasDown;
        }
    }

    /// <summary>Nobody answered. True when that makes the channel go down.</summary>
    public bool Missed(string reason)
    {
        lock (_changing)
        {
            var now = time.GetUtcNow();
            _reason = reason;
            if (_downSince is not null)
            {
                // Messages that were on their way when it went down say nothing new.
                if (now >= _probeAt)
                {
                    _probeWait = _probeWait * 2 < LongestProbeWait ? _probeWait * 2 : LongestProbeWait;
                    _probeAt = now + _probeWait;
                }

                return false;
            }

            _firstFailureAt = _failures == 0 ? now : _firstFailureAt;
            if (++_failures < failuresUntilDown)
            {
                return false;
            }

            _downSince = _firstFailureAt;
            _probeWait = FirstProbeAfter;
            _probeAt = now + _probeWait;
            return true;
        }
    }
}
