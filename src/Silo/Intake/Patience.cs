using Escalation.Grains.Log;

namespace Escalation.Silo.Intake;

/// <summary>Waits for a database that is away: every command here carries its own id, so sending it again is safe.</summary>
internal static class Patience
{
    private const int Attempts = 12;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>The answer of <paramref name="ask"/>, asked again for about a minute while the log is unavailable.</summary>
    /// <exception cref="LogUnavailableException">It still is.</exception>
    public static async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, TimeProvider time, CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask(cancellationToken);
            }
            catch (LogUnavailableException) when (attempt < Attempts)
            {
                await Task.Delay(wait, time, cancellationToken);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }
    }
}
