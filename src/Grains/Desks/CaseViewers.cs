namespace Escalation.Grains.Desks;

/// <summary>BRD-5: someone who looks at a case.</summary>
/// <param name="Id">The name they sign in with.</param>
/// <param name="Name">As people call them.</param>
/// <param name="Editing">True while they change something in it.</param>
public sealed record CaseViewer(string Id, string Name, bool Editing);

/// <summary>
/// BRD-5: who looks at which case, and who edits it, on this host and on others as far as they told. Nothing of it is kept: it is
/// true while connections last.
/// </summary>
public sealed class CaseViewers
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Looked> _cases = [];
    private TaskCompletionSource _anyChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who looks at a case on this host has changed. Called by whoever changed it: be quick, and throw nothing.</summary>
    public event Action<Guid>? ChangedHere;

    /// <summary>The cases that someone on this host looks at.</summary>
    public IReadOnlyList<Guid> LookedAtHere
    {
        get
        {
            lock (_lock)
            {
                return [.. _cases.Where(pair => pair.Value.Here.Count > 0).Select(pair => pair.Key)];
            }
        }
    }

    /// <summary>A connection looks at a case from now on.</summary>
    public void Join(Guid caseId, string connection, string person) => Change(caseId, looked => looked.Here[connection] = (person, false));

    /// <summary>A connection that looks at a case edits it, or no more.</summary>
    public void Edit(Guid caseId, string connection, bool editing) => Change(caseId, looked =>
    {
        if (looked.Here.TryGetValue(connection, out var viewer))
        {
            looked.Here[connection] = (viewer.Person, editing);
        }
    });

    /// <summary>A connection has gone, or looks at something else.</summary>
    public void Leave(Guid caseId, string connection) => Change(caseId, looked => looked.Here.Remove(connection));

    /// <summary>Who looks at the case on this host.</summary>
    public IReadOnlyList<(string Person, bool Editing)> Here(Guid caseId)
    {
        lock (_lock)
        {
            return _cases.TryGetValue(caseId, out var looked) ? Merged(looked.Here.Values) : [];
        }
    }

    /// <summary>Everyone who looks at the case, and a task that completes when that changes.</summary>
    public (IReadOnlyList<(string Person, bool Editing)> Viewers, Task Changed) Read(Guid caseId)
    {
        lock (_lock)
        {
            var looked = Of(caseId);
            return (Merged([.. looked.Here.Values, .. looked.Elsewhere.Values.SelectMany(told => told.Viewers)]), looked.Changed.Task);
        }
    }

    /// <summary>Every case that someone looks at, with who does, and a task that completes when any of it changes.</summary>
    public (IReadOnlyDictionary<Guid, IReadOnlyList<(string Person, bool Editing)>> Cases, Task Changed) ReadAll()
    {
        lock (_lock)
        {
            var cases = _cases.Where(pair => pair.Value.Here.Count + pair.Value.Elsewhere.Count > 0)
                .ToDictionary(pair => pair.Key, pair => Merged([.. pair.Value.Here.Values, .. pair.Value.Elsewhere.Values.SelectMany(told => told.Viewers)]));
            return (cases, _anyChanged.Task);
        }
    }

    /// <summary>Another host told who looks at the case there; it holds until <paramref name="until"/> unless it is told again.</summary>
    public void Told(string host, Guid caseId, IReadOnlyList<(string Person, bool Editing)> viewers, DateTimeOffset until)
    {
        lock (_lock)
        {
            var looked = Of(caseId);
            var was = looked.Elsewhere.TryGetValue(host, out var told) ? told.Viewers : [];
            if (viewers.Count > 0)
            {
                looked.Elsewhere[host] = (viewers, until);
            }
            else
            {
                looked.Elsewhere.Remove(host);
            }

            if (!was.SequenceEqual(viewers))
            {
                Signal(caseId, looked);
            }
        }
    }

    /// <summary>Forgets what other hosts have not told again.</summary>
    public void Forget(DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var (caseId, looked) in _cases.ToList())
            {
                var old = looked.Elsewhere.Where(told => told.Value.Until <= now).Select(told => told.Key).ToList();
                old.ForEach(host => looked.Elsewhere.Remove(host));
                if (old.Count > 0)
                {
                    Signal(caseId, looked);
                }
            }
        }
    }

    private void Change(Guid caseId, Action<Looked> change)
    {
        lock (_lock)
        {
            var looked = Of(caseId);
            change(looked);
            Signal(caseId, looked);
        }

        ChangedHere?.Invoke(caseId);
    }

    private Looked Of(Guid caseId)
    {
        if (!_cases.TryGetValue(caseId, out var looked))
        {
            _cases[caseId] = looked = new Looked();
        }

        return looked;
    }

    private void Signal(Guid caseId, Looked looked)
    {
        var changed = looked.Changed;
        looked.Changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (looked.Here.Count + looked.Elsewhere.Count == 0)
        {
            _cases.Remove(caseId);
        }

        changed.TrySetResult();
        _anyChanged.TrySetResult();
        _anyChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Whoever looks twice is one person.</summary>
    private static IReadOnlyList<(string Person, bool Editing)> Merged(IEnumerable<(string Person, bool Editing)> viewers) =>
    [
        .. viewers.GroupBy(viewer => viewer.Person, StringComparer.OrdinalIgnoreCase)
            .Select(same => (same.First().Person, same.Any(viewer => viewer.Editing)))
            .OrderBy(viewer => viewer.Person, StringComparer.Ordinal),
    ];

    private sealed class Looked
    {
        public Dictionary<string, (string Person, bool Editing)> Here { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, (IReadOnlyList<(string Person, bool Editing)> Viewers, DateTimeOffset Until)> Elsewhere { get; } = new(StringComparer.Ordinal);

        public TaskCompletionSource Changed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
