using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Escalation.Grains.Log;

/// <summary>
/// CUS-7: marks what names a person, or may (free text). It is stored apart from the facts, so that it can be erased
/// while the history still proves what happened; an erased property reads as null.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PersonalAttribute : Attribute;

/// <summary>Events to JSON and back: the kind's name, the facts, and what is personal, apart.</summary>
public static class EventCodec
{
    private static readonly FrozenDictionary<string, Type> TypesByKind = typeof(EventCodec).Assembly.GetTypes()
        .Where(type => type is { IsSealed: true, IsAbstract: false } && typeof(IEvent).IsAssignableFrom(type))
        .ToFrozenDictionary(type => JsonNamingPolicy.CamelCase.ConvertName(type.Name));

    private static readonly FrozenDictionary<Type, string> KindsByType =
        TypesByKind.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    private static readonly FrozenSet<Type> WithPersonal = KindsByType.Keys.Where(HasPersonal).ToFrozenSet();

    private static readonly JsonSerializerOptions Facts = Filtered(personal: false);

    private static readonly JsonSerializerOptions Personal = Filtered(personal: true);

    /// <summary>Every kind of event there is, by its name in the log.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds => TypesByKind;

    /// <summary>The name of the event's kind in the log and on the wire: <c>promiseMade</c>.</summary>
    public static string KindOf(IEvent happened) => KindsByType[happened.GetType()];

    /// <summary>The event's facts, as a JSON object.</summary>
    public static byte[] FactsOf(IEvent happened) =>
        JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), Facts);

    /// <summary>What of the event is personal, as a JSON object, or null when nothing is.</summary>
    public static byte[]? PersonalOf(IEvent happened)
    {
        var type = happened.GetType();
        if (!WithPersonal.Contains(type))
        {
            return null;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(happened, type, Personal);
        return json.Length > 2 ? json : null;
    }

    /// <summary>The event again. <paramref name="personal"/> is null when it had none, or when it was erased.</summary>
    /// <exception cref="NotSupportedException">The log holds a kind that this build does not know.</exception>
    public static IEvent Read(string kind, ReadOnlySpan<byte> facts, ReadOnlySpan<byte> personal)
    {
        if (!TypesByKind.TryGetValue(kind, out var type))
        {
            throw new NotSupportedException(
                $"The log holds an event of kind '{kind}', which this version of the platform does not know. " +
                "Run the version that wrote it, or a newer one.");
        }

        return (IEvent)JsonSerializer.Deserialize(Merge(facts, personal), type, Wire.Json)!;
    }

    /// <summary>The event's facts and personal parts as one JSON object, as the history shows it.</summary>
    public static JsonElement ToJson(IEvent happened) =>
        JsonSerializer.SerializeToElement(happened, happened.GetType(), Wire.Json);

    /// <summary>Two JSON objects of different properties as one: {a} and {b} make {a,b}.</summary>
    private static ReadOnlySpan<byte> Merge(ReadOnlySpan<byte> facts, ReadOnlySpan<byte> personal)
    {
        if (personal.Length <= 2)
        {
            return facts;
        }

        if (facts.Length <= 2)
        {
            return personal;
        }

        var merged = new byte[facts.Length + personal.Length - 1];
        facts[..^1].CopyTo(merged);
        merged[facts.Length - 1] = (byte)',';
        personal[1..].CopyTo(merged.AsSpan(facts.Length));
        return merged;
    }

    private static bool HasPersonal(Type type) => type.GetProperties().Any(IsPersonal);

    private static bool IsPersonal(PropertyInfo property) =>
        property.IsDefined(typeof(PersonalAttribute)) ||
        property.DeclaringType!.GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .Any(parameter => parameter.Name == property.Name && parameter.IsDefined(typeof(PersonalAttribute)));

    private static JsonSerializerOptions Filtered(bool personal) => new(Wire.Json)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers =
            {
                info =>
                {
                    if (info.Kind != JsonTypeInfoKind.Object || !typeof(IEvent).IsAssignableFrom(info.Type))
                    {
                        return;
                    }

                    foreach (var property in info.Properties.ToList())
                    {
                        var reflected = property.AttributeProvider as PropertyInfo;
                        if (reflected is not null && IsPersonal(reflected) != personal)
                        {
                            info.Properties.Remove(property);
                        }
                    }
                },
            },
        },
    };
}
