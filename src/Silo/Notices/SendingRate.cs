namespace Escalation.Silo.Notices;

/// <summary>How many messages may go out now: so many a minute, never more than a second's worth at once.</summary>
internal sealed class SendingRate(int perMinute, TimeProvider time)
{
    /// <summary>The channel's own limit holds messages back.</summary>
    public const string Rate = "rate";

    /// <summary>The server asked to be left alone.</summary>
    public const string RetryAfter = "retryAfter";

    /// <summary>What adding up fractions may lose: a timer for the next message must not come a moment too early.</summary>
    private const double Rounding = 1e-6;

    private readonly Lock _taking = new();
    private readonly double _most = Math.Max(1, perMinute / 60.0);
    private double _tokens = Math.Max(1, perMinute / 60.0);
    private long _at = time.GetTimestamp();
    private DateTimeOffset _pausedUntil = DateTimeOffset.MinValue;

    /// <summary>At most <paramref name="wanted"/>; what is not used afterwards is to be given back.</summary>
    public int Take(int wanted)
    {
        lock (_taking)
        {
            if (time.GetUtcNow() < _pausedUntil)
            {
                return 0;
            }

            if (perMinute == 0)
            {
                return wanted;
            }

            var now = time.GetTimestamp();
            _tokens = Math.Min(_most, _tokens + (time.GetElapsedTime(_at, now).TotalMinutes * perMinute));
            _at = now;
            var taken = Math.Min(wanted, (int)(_tokens + Rounding));
            _tokens -= taken;
            return taken;
        }
    }

    public void GiveBack(int unused)
    {
        lock (_taking)
        {
            _tokens = Math.Min(_most, _tokens + unused);
        }
    }

    /// <summary>The server wants to be left alone for a while.</summary>
    public void Pause(TimeSpan wait)
    {
        lock (_taking)
        {
            var until = time.GetUtcNow() + wait;
            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
        }
    }

    /// <summary>How long until the next message may go out, and why; null when that is now. In whole milliseconds, never too short.</summary>
    public (TimeSpan For, string By)? Held
    {
        get
        {
            lock (_taking)
            {
                var paused = _pausedUntil - time.GetUtcNow();
                return paused > TimeSpan.Zero ? (paused, RetryAfter)
                    : perMinute > 0 && _tokens < 1 ? (TimeSpan.FromMilliseconds(Math.Ceiling((1 - _tokens) * 60_000 / perMinute)), Rate)
                    : null;
            }
        }
    }
}
