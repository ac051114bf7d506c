using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Escalation.Grains.Hosting;

/// <summary>A grain's state and version, as one answer.</summary>
public sealed record Seen<TState>(TState State, int Version);

/// <summary>
/// Commands, answers and states as JSON between hosts of the same <see cref="Build"/>. Never stored: hosts of different
/// builds share the log and nothing else.
/// </summary>
public static class GrainWire
{
    /// <summary>Names which record it is, where only its base is declared.</summary>
    private const string Kind = "$kind";

    /// <summary>Which build of the rules this is: only the same one folds a history into the same state.</summary>
    public static Guid Build { get; } = typeof(GrainWire).Module.ModuleVersionId;

    private static readonly Type[] Concrete =
        [.. typeof(GrainWire).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false })];

    private static readonly JsonSerializerOptions Json = Configure();

    /// <summary>The value as JSON, read again by <see cref="Read{T}"/> with the same type.</summary>
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Json);

    /// <summary>The value that <see cref="Write{T}"/> wrote.</summary>
    /// <exception cref="JsonException">It is not what was written as a <typeparamref name="T"/>.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<T>(json, Json) ?? throw new JsonException($"A {typeof(T).Name} is expected, not null.");

    private static JsonSerializerOptions Configure()
    {
        var options = new JsonSerializerOptions(Wire.Json)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds, LeaveOutComputed } },

            // A pair of values has fields.
            IncludeFields = true,
        };
        options.Converters.Add(new ImmutableArrays());
        return options;
    }

    private static void NameKinds(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || !info.Type.IsAbstract || info.Type.Assembly != typeof(GrainWire).Assembly)
        {
            return;
        }

        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = Kind };
        foreach (var type in Concrete.Where(info.Type.IsAssignableFrom))
        {
            info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(type, JsonNamingPolicy.CamelCase.ConvertName(type.Name)));
        }
    }

    /// <summary>What a record works out from the rest is worked out again at the other end.</summary>
    private static void LeaveOutComputed(JsonTypeInfo info)
    {
        if (info.Kind == JsonTypeInfoKind.Object)
        {
            foreach (var property in info.Properties.Where(property => property is { Set: null, AssociatedParameter: null }).ToList())
            {
                info.Properties.Remove(property);
            }
        }
    }

    /// <summary>An array that was never set stays one that was never set.</summary>
    private sealed class ImmutableArrays : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

        private sealed class Of<T> : JsonConverter<ImmutableArray<T>>
        {
            public override bool HandleNull => true;

            public override ImmutableArray<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
                JsonSerializer.Deserialize<T[]>(ref reader, options) is { } items ? [.. items] : default;

            public override void Write(Utf8JsonWriter writer, ImmutableArray<T> value, JsonSerializerOptions options) =>
                JsonSerializer.Serialize(writer, value.IsDefault ? null : value.ToArray(), options);
        }
    }
}
