using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Escalation.Grains;

/// <summary>
/// A rule that says no: a stable <paramref name="Code"/> (<c>case.closed</c>), a sentence for a person, and the field
/// of the request that would have to change, if it is one.
/// </summary>
/// <param name="Code">Stable dotted code; <c>*.notFound</c> is answered with 404, all others with 409 or 422.</param>
/// <param name="Detail">What happened, which value, what to change.</param>
/// <param name="Field">Name of the offending field on the wire; a refusal with a field is answered with 422.</param>
public sealed record Refused(string Code, string Detail, string? Field = null)
{
    /// <summary>What the sentence names, for readers of other languages, as in <see cref="CodedSentence"/>; null where it names nothing that matters.</summary>
    public ImmutableDictionary<string, string>? Values { get; init; }

    /// <summary>The same with what its sentence names.</summary>
    public Refused Naming(params ReadOnlySpan<(string Name, string Value)> values) => this with { Values = CodedSentence.Named(values) };
}

/// <summary>What a rule decided: events to record (none when a repeat changes nothing), or one refusal.</summary>
[CollectionBuilder(typeof(Decision), nameof(Decision.Of))]
public readonly struct Decision<TEvent> : IEnumerable<TEvent>
{
    private readonly IReadOnlyList<TEvent>? _events;

    internal Decision(IReadOnlyList<TEvent> events) => _events = events;

    private Decision(Refused refusal) => Refusal = refusal;

    /// <summary>Why the command was refused, or null.</summary>
    public Refused? Refusal { get; }

    /// <summary>The events in the order in which they happened; empty when refused.</summary>
    public IReadOnlyList<TEvent> Events => _events ?? [];

    /// <summary>True when the command was refused.</summary>
    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    public static implicit operator Decision<TEvent>(Refused refusal) => new(refusal);

    public IEnumerator<TEvent> GetEnumerator() => Events.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Builds a <see cref="Decision{TEvent}"/> from a collection expression.</summary>
public static class Decision
{
    public static Decision<TEvent> Of<TEvent>(ReadOnlySpan<TEvent> events) => new(events.ToArray());

    public static Decision<TEvent> Of<TEvent>(IReadOnlyList<TEvent> events) => new(events);
}
