using System.Globalization;
using System.Text.Json;

namespace Escalation.Bench;

/// <summary>One benchmark's run: how large, and where its figures go.</summary>
internal sealed class BenchRun(string name, bool json, bool small, IReadOnlyDictionary<string, string> settings)
{
    /// <summary>A short run, to see that the benchmark works.</summary>
    public bool Small => small;

    /// <summary>A setting of the command line; null when it was not given.</summary>
    public string? Text(string setting) => settings.GetValueOrDefault(setting);

    /// <summary>A number of the command line.</summary>
    public int Number(string setting, int unless) =>
        Text(setting) is { } text ? int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : unless;

    /// <summary>Prints a figure; with a limit or peer measured in the same run, its ratio too.</summary>
    public void Report(string figure, double value, string unit, string? against = null, double? limit = null)
    {
        double? ratio = limit is > 0 ? value / limit : null;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                bench = name,
                figure,
                value = Math.Round(value, 3),
                unit,
                against,
                limit = limit is null ? (double?)null : Math.Round(limit.Value, 3),
                ratio = ratio is null ? (double?)null : Math.Round(ratio.Value, 3),
            }));
            return;
        }

        var beside = against is null ? "" : string.Create(CultureInfo.InvariantCulture, $"   {against}: {limit:#,0.##}   ratio {ratio:0.00}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10} {figure,-14} {value,14:#,0.##} {unit}{beside}"));
    }

    /// <summary>A word on what is going on, not a figure.</summary>
    public void Say(string what)
    {
        if (!json)
        {
            Console.Error.WriteLine($"{name}: {what}");
        }
    }

    public static double Percentile(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}

/// <summary>A folder that is gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("escalation-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
