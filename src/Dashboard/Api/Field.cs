using System.Text.Json;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>A member of a request body: read by this, checked by this, and described by this in the OpenAPI document.</summary>
internal abstract class Field(string name, bool required, string about)
{
    public string Name { get; } = name;

    /// <summary>Must be there and, unless <see cref="Nullable"/>, not be null.</summary>
    public bool Required { get; } = required;

    /// <summary>Null is a value of its own, and is read as default.</summary>
    public bool Nullable { get; init; }

    /// <summary>What it is for, in a sentence.</summary>
    public string About { get; } = about;

    /// <summary>Its JSON schema, without the description.</summary>
    public abstract OpenApiSchema Schema();
}

/// <summary>A field whose value is a <typeparamref name="T"/>.</summary>
internal abstract class Field<T>(string name, bool required, string about) : Field(name, required, about)
{
    /// <summary>The value, or default with the reason in <paramref name="faults"/>.</summary>
    /// <param name="json">Not null, not undefined.</param>
    /// <param name="path">Where it stands, for faults.</param>
    public abstract T? Read(JsonElement json, string path, Faults faults);
}

/// <summary>The members of one JSON object of a request.</summary>
internal readonly struct Fields(JsonElement json, string prefix, Faults faults)
{
    /// <summary>What is wrong so far, with this object and all others of the request.</summary>
    public Faults Faults => faults;

    /// <summary>The value; default, with a fault, when it is required and missing, or not as it must be.</summary>
    public T Get<T>(Field<T> field) => TryFind(field, out var value) ? field.Read(value, Path(field), faults)! : default!;

    /// <summary>The value, or null when it is not there or not as it must be.</summary>
    public T? GetOptional<T>(Field<T> field)
        where T : struct
    {
        if (!TryFind(field, out var value))
        {
            return null;
        }

        var before = faults.Count;
        var read = field.Read(value, Path(field), faults);
        return faults.Count == before ? read : null;
    }

    /// <summary>Adds a fault that concerns <paramref name="field"/>.</summary>
    public void Fault(Field field, string sentence) => faults.Add(Path(field), sentence);

    private bool TryFind(Field field, out JsonElement value)
    {
        var isThere = false;
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(field.Name, out value))
        {
            if (value.ValueKind != JsonValueKind.Null)
            {
                return true;
            }

            isThere = field.Nullable;
        }

        if (field.Required && !isThere)
        {
            faults.Add(Path(field), "is required");
        }

        value = default;
        return false;
    }

    private string Path(Field field) => prefix.Length == 0 ? field.Name : $"{prefix}.{field.Name}";
}
