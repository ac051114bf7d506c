using Escalation.Grains.Log;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Hosting;

/// <summary>How a command was answered.</summary>
public abstract record Answer
{
    /// <summary>Committed, or nothing to change.</summary>
    /// <param name="Version">The grain's version after the command.</param>
    /// <param name="Events">What the command caused; empty when it changed nothing.</param>
    /// <param name="Position">Position in the log; 0 when nothing was written now.</param>
    public sealed record Done(int Version, IReadOnlyList<IEvent> Events, long Position) : Answer;

    /// <summary>A rule said no.</summary>
    public sealed record No(Refused Refusal) : Answer;

    /// <summary>CASE-5: the grain is no longer at the version that the command expects.</summary>
    public sealed record Stale(int Expected, int Actual) : Answer;

    private Answer()
    {
    }
}

/// <summary>
/// A grain in memory: load, decide, append, evolve, answer. The host sees to it that only one turn runs at a time;
/// the log sees to it that a second activation elsewhere can do no harm.
/// </summary>
public sealed class Activation<TState, TCommand, TEvent>(Guid id, IEventLog log, TimeProvider time, IPolicySource policies)
    where TState : class, IAggregate<TState, TCommand, TEvent>
    where TEvent : class, IEvent
{
    private static readonly string TurnName = $"{TState.Category} turn";

    private readonly Dictionary<Guid, (int First, int Last)> _commands = [];
    private TState? _state;
    private Effects? _effects;
    private int _version;
    private bool _loading;
    private string? _foreign;

    /// <summary>Takes one command. CASE-5: an id seen before gets its first answer.</summary>
    /// <exception cref="LogUnavailableException">The database is away; the command may be sent again with the same id.</exception>
    public async ValueTask<Answer> TellAsync(Envelope<TCommand> envelope, CancellationToken cancellationToken)
    {
        using var turn = Telemetry.Spans.StartActivity(TurnName);
        turn?.SetTag("escalation.grain", id).SetTag("escalation.command", envelope.Command?.GetType().Name);
        var answer = await DecideAsync(envelope, cancellationToken);
        if (turn is not null)
        {
            turn.SetTag("escalation.answer", answer is Answer.No no ? no.Refusal.Code : answer.GetType().Name);
        }

        return answer;
    }

    private async ValueTask<Answer> DecideAsync(Envelope<TCommand> envelope, CancellationToken cancellationToken)
    {
        if (_state is null && envelope.ExpectedVersion == 0 && await TryBeginAsync(envelope, cancellationToken) is { } begun)
        {
            return begun;
        }

        while (true)
        {
            var state = await LoadAsync(cancellationToken);
            if (_foreign is not null)
            {
                return new Answer.No(new Refused($"{TState.Category}.notFound", $"{id} is the id of a {_foreign}, not of a {TState.Category}."));
            }

            if (_commands.TryGetValue(envelope.CommandId, out var span))
            {
                return await FirstAnswerAsync(span, cancellationToken);
            }

            if (envelope.ExpectedVersion is { } expected && expected != _version)
            {
                return new Answer.Stale(expected, _version);
            }

            var now = (envelope.At ?? time.GetUtcNow()).ToMicroseconds();
            var decision = state.Decide(envelope.Command, new Context(now, envelope.By, policies.Current, policies));
            if (decision.IsRefused)
            {
                return new Answer.No(decision.Refusal);
            }

            if (decision.Events.Count == 0)
            {
                return new Answer.Done(_version, [], 0);
            }

            if (await TryAppendAsync(state, envelope, decision.Events, now, cancellationToken) is { } done)
            {
                return done;
            }
        }
    }

    /// <summary>
    /// Whoever expects that nothing has happened yet is believed without a look at the log, which does not take the events otherwise. Null
    /// when it did not, or when there is no event to ask it by.
    /// </summary>
    private async ValueTask<Answer?> TryBeginAsync(Envelope<TCommand> envelope, CancellationToken cancellationToken)
    {
        Forget();
        var now = (envelope.At ?? time.GetUtcNow()).ToMicroseconds();
        var state = TState.Empty(id);
        var decision = state.Decide(envelope.Command, new Context(now, envelope.By, policies.Current, policies));
        return decision.IsRefused || decision.Events.Count == 0 ? null : await TryAppendAsync(state, envelope, decision.Events, now, cancellationToken);
    }

    /// <summary>The state and version now; <see cref="IAggregate{TSelf,TCommand,TEvent}.Empty"/> and 0 when nothing happened yet.</summary>
    public async ValueTask<(TState State, int Version)> GetAsync(CancellationToken cancellationToken) =>
        (await LoadAsync(cancellationToken), _version);

    /// <summary>The state and version now, read again when memory is older than <paramref name="version"/>, which is in the log.</summary>
    public ValueTask<(TState State, int Version)> GetAtLeastAsync(int version, CancellationToken cancellationToken)
    {
        if (_version < version)
        {
            Forget();
        }

        return GetAsync(cancellationToken);
    }

    /// <summary>The state as it was at <paramref name="version"/>.</summary>
    public async ValueTask<TState> GetAtAsync(int version, CancellationToken cancellationToken)
    {
        var state = await LoadAsync(cancellationToken);
        return version == _version || _foreign is not null
            ? state
            : Fold(TState.Empty(id), (await log.ReadAsync(id, 0, cancellationToken)).TakeWhile(entry => entry.Version <= version));
    }

    /// <summary>True when the log holds a later event than this memory; may be asked outside a turn, as a hint.</summary>
    public bool IsBehind(int version)
    {
        // What is being read now may have been read before that event: whoever asks has to ask again once it is there.
        if (Volatile.Read(ref _loading))
        {
            return true;
        }

        var known = Volatile.Read(ref _version);
        return known > 0 && known < version;
    }

    /// <summary>Forgets what is in memory; the next turn reads the log again.</summary>
    public void Forget()
    {
        _state = null;
        _effects = null;
        _version = 0;
        _foreign = null;
        _commands.Clear();
    }

    private async ValueTask<Answer?> TryAppendAsync(
        TState state, Envelope<TCommand> envelope, IReadOnlyList<TEvent> events, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var next = events.Aggregate(state, (folded, happened) => folded.Evolve(happened, now, envelope.By.Id));
        var version = _version + events.Count;

        // Events that leave the state alone, as a note does, leave alone what is stored beside them.
        var effects = ReferenceEquals(next, state) && _effects is not null ? _effects.At(version) : next.EffectsOf(events, version);
        var append = new Append(id, TState.Category, _version, envelope.CommandId, now, envelope.By.Id, events, effects);

        // From here until the answer, what is in memory may be behind the log.
        _state = null;
        AppendResult result;
        using (Telemetry.Spans.StartActivity("log append"))
        {
            result = await log.AppendAsync(append, cancellationToken);
        }

        switch (result)
        {
            case AppendResult.Committed committed:
                _commands[envelope.CommandId] = (_version + 1, version);
                _version = version;
                _effects = effects;
                _state = next;
                return new Answer.Done(version, events, committed.Position);
            default:
                return null;
        }
    }

    private async ValueTask<TState> LoadAsync(CancellationToken cancellationToken)
    {
        if (_state is not null)
        {
            return _state;
        }

        Forget();
        IReadOnlyList<Entry> entries;
        Volatile.Write(ref _loading, true);
        try
        {
            entries = TState.Checkpoint is { } kind
                ? await log.ReadFromLatestAsync(id, kind, cancellationToken)
                : await log.ReadAsync(id, 0, cancellationToken);
            Volatile.Write(ref _version, entries is [.., var last] ? last.Version : 0);
        }
        finally
        {
            Volatile.Write(ref _loading, false);
        }

        if (entries is [{ Category: var category }, ..] && category != TState.Category)
        {
            // Callers may name any id: one of another kind of grain is as good as unknown here.
            _foreign = category;
            _version = 0;
            return _state = TState.Empty(id);
        }

        foreach (var entry in entries)
        {
            _commands[entry.CommandId] = _commands.TryGetValue(entry.CommandId, out var span)
                ? (span.First, entry.Version)
                : (entry.Version, entry.Version);
        }

        return _state = Fold(TState.Empty(id), entries);
    }

    private async ValueTask<Answer> FirstAnswerAsync((int First, int Last) span, CancellationToken cancellationToken)
    {
        var entries = await log.ReadAsync(id, span.First - 1, cancellationToken);
        return new Answer.Done(
            span.Last, [.. entries.TakeWhile(entry => entry.Version <= span.Last).Select(entry => entry.Event)], 0);
    }

    private static TState Fold(TState state, IEnumerable<Entry> entries) =>
        entries.Aggregate(state, (folded, entry) => folded.Evolve((TEvent)entry.Event, entry.At, entry.By));
}
