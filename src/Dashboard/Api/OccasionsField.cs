using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Escalation.Grains.Customers;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>A day of the year, without a year: <c>03-14</c>.</summary>
internal sealed class YearDayField(string name, bool required, string about) : Field<(int Month, int Day)>(name, required, about)
{
    /// <summary>A leap year, so that 29 February is a day.</summary>
    private const string Leap = "2000-";

    public override (int Month, int Day) Read(JsonElement json, string path, Faults faults)
    {
        if (TextField.TryText(json, path, faults, out var text) &&
            DateOnly.TryParseExact(Leap + text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return (day.Month, day.Day);
        }

        faults.Add(path, "must be a month and a day, for instance 03-14");
        return default;
    }

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.String, Pattern = @"^\d{2}-\d{2}$" };
}

/// <summary>CUS-6: a customer's own dates, each <c>{name, date}</c>.</summary>
internal sealed class OwnDatesField(string name, bool required, string about) : Field<ImmutableArray<Occasion>>(name, required, about)
{
    private const int Most = 10;

    private static readonly TextField Called = new("name", 100, true, "What the customer calls it.", lines: false);
    private static readonly YearDayField Date = new("date", true, "Its day, for instance 06-01.");

    public override ImmutableArray<Occasion> Read(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > Most)
        {
            faults.Add(path, $"must be a list of at most {Most} dates");
            return [];
        }

        var dates = ImmutableArray.CreateBuilder<Occasion>();
        foreach (var item in json.EnumerateArray())
        {
            var fields = new Fields(item, $"{path}[{dates.Count}]", faults);
            var (called, (month, day)) = (fields.Get(Called), fields.Get(Date));
            dates.Add(new Occasion(OccasionKind.Own, month, day, called));
        }

        if (dates.GroupBy(date => date.Key).Any(same => same.Count() > 1))
        {
            faults.Add(path, "must not name a day twice");
        }

        return dates.ToImmutable();
    }

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.Array, MaxItems = Most, Items = ObjectField.SchemaOf([Called, Date]) };
}
