using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Escalation.Grains;

/// <summary>Something the platform says: in an English sentence, and as a code with what the sentence names, for readers of other languages.</summary>
/// <param name="Code">Stable: <c>claim.above</c>; pages have their words for it.</param>
/// <param name="Text">In a sentence.</param>
/// <param name="Values">What the sentence names: amounts as <c>320 EUR</c>, shares as <c>12 %</c>, instants in UTC, others by their code.</param>
public sealed record CodedSentence(string Code, string Text, ImmutableDictionary<string, string> Values)
{
    public static CodedSentence Of(string code, string text, params ReadOnlySpan<(string Name, string Value)> values) =>
        new(code, text, Named(values));

    /// <summary>An instant as a value: RFC 3339 in UTC.</summary>
    public static string At(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A member of an enum as a value: its name as on the wire.</summary>
    public static string Of<T>(T member)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(member.ToString());

    /// <summary>Values by name.</summary>
    public static ImmutableDictionary<string, string> Named(params ReadOnlySpan<(string Name, string Value)> values)
    {
        var named = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            named.Add(name, value);
        }

        return named.ToImmutable();
    }
}
