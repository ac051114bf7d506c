using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>Text that PostgreSQL can keep and a person can read. Only text with several lines may hold line breaks and tabs.</summary>
internal sealed class TextField(string name, int max, bool required, string about, bool lines = true, Func<string, string?>? check = null)
    : Field<string>(name, required, about)
{
    /// <summary>Says what is wrong with a text's form, or null.</summary>
    public static string? FaultOf(string text, int max, bool lines)
    {
        if (text.Length > max)
        {
            return $"has {text.Length} characters, at most {max} are taken";
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return "must not be blank";
        }

        foreach (var letter in text)
        {
            if (letter == '\0')
            {
                return "must not hold a NUL character";
            }

            if (!lines && char.IsControl(letter))
            {
                return "must be a single line without control characters";
            }
        }

        return null;
    }

    public override string? Read(JsonElement json, string path, Faults faults)
    {
        if (!TryText(json, path, faults, out var text))
        {
            return null;
        }

        if ((FaultOf(text, max, lines) ?? check?.Invoke(text)) is not { } fault)
        {
            return text;
        }

        faults.Add(path, fault);
        return null;
    }

    public override OpenApiSchema Schema() => new()
    {
        Type = Nullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String,
        MinLength = 1,
        MaxLength = max,
    };

    /// <summary>The string as .NET has it; unpaired surrogates and bytes that are not UTF-8 are faults.</summary>
    internal static bool TryText(JsonElement json, string path, Faults faults, out string text)
    {
        text = "";
        if (json.ValueKind != JsonValueKind.String)
        {
            faults.Add(path, "must be text in quotes");
            return false;
        }

        try
        {
            text = json.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // How the reader says that the text is not Unicode.
            faults.Add(path, "is not valid Unicode text");
            return false;
        }
    }
}

/// <summary>One of an enum's words.</summary>
internal sealed class WordField<TEnum>(string name, bool required, string about) : Field<TEnum>(name, required, about)
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<string, TEnum> ByWord = Enum.GetValues<TEnum>().ToFrozenDictionary(Words.Of);

    public override TEnum Read(JsonElement json, string path, Faults faults)
    {
        if (!TextField.TryText(json, path, faults, out var word))
        {
            return default;
        }

        if (!ByWord.TryGetValue(word, out var value))
        {
            faults.Add(path, $"must be one of: {string.Join(", ", Enum.GetValues<TEnum>().Select(Words.Of))}");
        }

        return value;
    }

    public override OpenApiSchema Schema() =>
        new() { Type = JsonSchemaType.String, Enum = [.. Enum.GetValues<TEnum>().Select(value => (JsonNode)Words.Of(value))] };
}

/// <summary>An instant with its offset, of a time in which people live.</summary>
internal sealed class InstantField(string name, bool required, string about) : Field<DateTimeOffset>(name, required, about)
{
    private static readonly DateTimeOffset Earliest = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset Read(JsonElement json, string path, Faults faults)
    {
        if (!TextField.TryText(json, path, faults, out var text))
        {
            return default;
        }

        if (!json.TryGetDateTimeOffset(out var instant) || !HasOffset(text))
        {
            faults.Add(path, "must be an instant as RFC 3339 with an offset, for instance 2026-11-21T16:30:00Z");
            return default;
        }

        if (instant >= Earliest && instant < Latest)
        {
            return instant.ToMicroseconds();
        }

        faults.Add(path, "must lie between the years 1970 and 2200");
        return default;
    }

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text.Contains('T', StringComparison.Ordinal));
}

/// <summary>Yes or no.</summary>
internal sealed class BooleanField(string name, bool required, string about) : Field<bool>(name, required, about)
{
    public override bool Read(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            faults.Add(path, "must be true or false");
            return false;
        }

        return json.GetBoolean();
    }

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.Boolean };
}

/// <summary>A whole number within bounds.</summary>
internal sealed class WholeField(string name, int least, int most, bool required, string about) : Field<int>(name, required, about)
{
    public override int Read(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }

        faults.Add(path, $"must be a whole number from {least} to {most}");
        return 0;
    }

    public override OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Integer,
        Minimum = least.ToString(CultureInfo.InvariantCulture),
        Maximum = most.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>Numbers of things within a case, from 1.</summary>
internal sealed class NumbersField(string name, bool required, string about) : Field<IReadOnlyList<int>>(name, required, about)
{
    private const int Most = 100;

    public override IReadOnlyList<int>? Read(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > Most)
        {
            faults.Add(path, $"must be a list of at most {Most} numbers");
            return null;
        }

        var numbers = new List<int>(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) && number > 0)
            {
                numbers.Add(number);
            }
            else
            {
                faults.Add($"{path}[{numbers.Count}]", "must be a whole number from 1");
                return null;
            }
        }

        return numbers;
    }

    public override OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Array,
        MaxItems = Most,
        Items = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
    };
}

/// <summary>An amount of money.</summary>
internal sealed class MoneyField(string name, bool required, string about) : Field<Money>(name, required, about)
{
    private const decimal Most = 1_000_000_000_000m;
    private const int Decimals = 4;

    public override Money? Read(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, "must be an object {amount, currency}");
            return null;
        }

        var amount = Amount(json, $"{path}.amount", faults);
        var currency = Currency(json, $"{path}.currency", faults);
        return amount is null || currency is null ? null : new Money(amount.Value, currency);
    }

    public override OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "amount", "currency" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["amount"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Number,
                Minimum = "0",
                Maximum = Most.ToString(CultureInfo.InvariantCulture),
                Description = "At most four decimals.",
            },
            ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Z]{3}$", Description = "ISO 4217." },
        },
    };

    private static decimal? Amount(JsonElement json, string path, Faults faults)
    {
        if (!json.TryGetProperty("amount", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            faults.Add(path, "is required");
        }
        else if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var amount))
        {
            faults.Add(path, "must be a number");
        }
        else if (amount is < 0 or > Most)
        {
            faults.Add(path, string.Create(CultureInfo.InvariantCulture, $"must lie between 0 and {Most}"));
        }
        else if (decimal.Round(amount, Decimals) != amount)
        {
            faults.Add(path, $"has more than {Decimals} decimals");
        }
        else
        {
            return amount.Scale > Decimals ? decimal.Round(amount, Decimals) : amount;
        }

        return null;
    }

    private static string? Currency(JsonElement json, string path, Faults faults)
    {
        if (!json.TryGetProperty("currency", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            faults.Add(path, "is required");
            return null;
        }

        if (!TextField.TryText(value, path, faults, out var currency))
        {
            return null;
        }

        if (currency.Length == 3 && currency.All(char.IsAsciiLetterUpper))
        {
            return currency;
        }

        faults.Add(path, "must be three capital letters as in ISO 4217, for instance EUR");
        return null;
    }
}

/// <summary>An id of ours.</summary>
internal sealed class UuidField(string name, bool required, string about) : Field<Guid>(name, required, about)
{
    public override Guid Read(JsonElement json, string path, Faults faults)
    {
        if (!TextField.TryText(json, path, faults, out var text))
        {
            return default;
        }

        if (Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty)
        {
            return id;
        }

        faults.Add(path, "must be a UUID");
        return default;
    }

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.String, Format = "uuid" };
}

/// <summary>An object within the body.</summary>
internal sealed class ObjectField(string name, bool required, string about, params IReadOnlyList<Field> members)
    : Field<JsonElement>(name, required, about)
{
    public override JsonElement Read(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, "must be an object");
            return default;
        }

        return json;
    }

    public override OpenApiSchema Schema() => SchemaOf(members);

    /// <summary>The schema of an object with these members. Others are ignored.</summary>
    public static OpenApiSchema SchemaOf(IReadOnlyList<Field> members) => new()
    {
        Type = JsonSchemaType.Object,
        Required = members.Where(member => member.Required).Select(member => member.Name).ToHashSet(),
        Properties = members.ToDictionary(member => member.Name, IOpenApiSchema (member) =>
        {
            var schema = member.Schema();
            schema.Description = member.About;
            return schema;
        }),
    };
}

/// <summary>Enum members as words on the wire.</summary>
internal static class Words
{
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
