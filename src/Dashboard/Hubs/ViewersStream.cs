using System.Runtime.CompilerServices;
using Escalation.Grains.Desks;
using Escalation.Grains.Policies;

namespace Escalation.Dashboard.Hubs;

/// <summary>BRD-5: who looks at cases.</summary>
/// <param name="Cases">The first time every case that someone looks at, then those where it has changed.</param>
public sealed record ViewersMessage(IReadOnlyList<ViewedCase> Cases);

/// <summary>A case and who looks at it; nobody when all have gone.</summary>
public sealed record ViewedCase(Guid Case, IReadOnlyList<CaseViewer> Viewers);

/// <summary>One watcher's stream of who looks at which case: changes within half a second go together.</summary>
internal sealed class ViewersStream(CaseViewers viewers, IPolicySource policies, TimeProvider time)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    public async IAsyncEnumerable<ViewersMessage> Follow([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (known, changed) = viewers.ReadAll();
        yield return new ViewersMessage([.. known.Select(looked => Named(looked.Key, looked.Value))]);
        while (true)
        {
            await changed.WaitAsync(cancellationToken);
            await Task.Delay(Rest, time, cancellationToken);
            (var now, changed) = viewers.ReadAll();
            ViewedCase[] news =
            [
                .. now.Where(looked => !known.TryGetValue(looked.Key, out var was) || !was.SequenceEqual(looked.Value)).Select(looked => Named(looked.Key, looked.Value)),
                .. known.Keys.Where(id => !now.ContainsKey(id)).Select(id => new ViewedCase(id, [])),
            ];
            known = now;
            if (news.Length > 0)
            {
                yield return new ViewersMessage(news);
            }
        }
    }

    private ViewedCase Named(Guid id, IReadOnlyList<(string Person, bool Editing)> looking) =>
        new(id, [.. looking.Select(one => new CaseViewer(one.Person, policies.Current.NameOf(one.Person), one.Editing))]);
}
