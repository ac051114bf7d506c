using Escalation.Grains.Hosting;

namespace Escalation.Silo.Cluster;

/// <summary>
/// What goes to a grain and comes back: a command, an answer, a state. Within a host it is the object itself; to another
/// one it is JSON, written when it leaves.
/// </summary>
[GenerateSerializer, Immutable, Alias("escalation.parcel")]
internal sealed class Parcel
{
    [NonSerialized]
    private object? _value;

    [NonSerialized]
    private byte[]? _json;

    [NonSerialized]
    private Func<byte[]>? _write;

    /// <summary>Which build packed it.</summary>
    [Id(0)]
    public Guid Build { get; set; } = GrainWire.Build;

    /// <summary>PERS-2: the database is away, said by the grain; null when it answered.</summary>
    [Id(1)]
    public string? Unavailable { get; set; }

    [Id(2)]
    public byte[] Json
    {
        get => _json ??= _write?.Invoke() ?? [];
        set => _json = value;
    }

    /// <summary>True when another build packed it: then nothing in it may be used.</summary>
    public bool IsForeign => Build != GrainWire.Build;

    public static Parcel Of<T>(T value)
        where T : class => new() { _value = value, _write = () => GrainWire.Write(value) };

    public T Open<T>()
        where T : class => (T)(_value ??= GrainWire.Read<T>(_json));
}
