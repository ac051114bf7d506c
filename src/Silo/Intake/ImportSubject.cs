using Escalation.Grains.Cases;
using Escalation.Grains.Imports;
using Escalation.Grains.Reviews;

namespace Escalation.Silo.Intake;

/// <summary>What one line of a file says, in the API's words.</summary>
internal abstract record LineFields
{
    /// <summary>Everything that is wrong with it; the rules may find more.</summary>
    public abstract List<ImportFault> Faults();
}

/// <summary>What the lines of a file are: which fields they have, and which of them have to be understood.</summary>
internal sealed class ImportSubject
{
    private ImportSubject(string name, HeaderNames names, Func<MappedLine, LineFields> read)
    {
        Name = name;
        Names = names;
        Read = read;
    }

    /// <summary>CASE-1: each line opens a case.</summary>
    public static ImportSubject Cases { get; } = new("cases", HeaderNames.Cases, CaseFields.Of)
    {
        Noun = "case",
        Required = ["customer.name", "type", "summary"],
        Date = "complainedAt",
        Undated = "every clock runs from now",
        Amount = "claim.amount",
        Words = new Dictionary<string, Predicate<string>>
        {
            ["channel"] = word => MappedLine.WordOf<Channel>(word) is not null,
            ["heat"] = word => MappedLine.WordOf<Heat>(word) is not null,
        },
    };

    /// <summary>REV-2: each line is a review.</summary>
    public static ImportSubject Reviews { get; } = new("reviews", HeaderNames.Reviews, ReviewFields.Of)
    {
        Noun = "review",
        Required = ["place"],
        Date = "at",
        Undated = "every review is taken as written now",
        Words = new Dictionary<string, Predicate<string>>
        {
            ["rating"] = word => Stars.TryRead(word) is not null,
            ["complains"] = word => bool.TryParse(word, out _),
        },
    };

    public static IReadOnlyList<ImportSubject> All { get; } = [Cases, Reviews];

    /// <summary>As a mapping names it.</summary>
    public string Name { get; }

    public HeaderNames Names { get; }

    /// <summary>A line as it would be taken.</summary>
    public Func<MappedLine, LineFields> Read { get; }

    /// <summary>For people: what every line is.</summary>
    public required string Noun { get; init; }

    /// <summary>Fields without which no line can be taken.</summary>
    public required IReadOnlyList<string> Required { get; init; }

    /// <summary>The field that holds an instant.</summary>
    public required string Date { get; init; }

    /// <summary>What comes of a file without dates.</summary>
    public required string Undated { get; init; }

    /// <summary>The field that holds an amount; null without one.</summary>
    public string? Amount { get; init; }

    /// <summary>Fields that take certain words only, and which those are.</summary>
    public required IReadOnlyDictionary<string, Predicate<string>> Words { get; init; }

    /// <summary>Cases, where nothing is said; null for a word that is none.</summary>
    public static ImportSubject? Of(string? name) => name is null ? Cases : All.FirstOrDefault(subject => subject.Name == name);
}
