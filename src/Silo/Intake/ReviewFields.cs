using Escalation.Grains.Imports;

namespace Escalation.Silo.Intake;

/// <summary>A review, as <c>POST /api/reviews</c> has it.</summary>
internal sealed record ReviewFields(
    string? Place,
    int? Rating,
    string? Text,
    string? Author,
    string? Url,
    DateTimeOffset? At,
    string? Type,
    string? Language,
    bool? Complains,
    Guid? Customer,
    string? Key) : LineFields
{
    private const int LongText = 10_000;

    public static ReviewFields Of(MappedLine line) => new(
        line.Text("place"), line.Rating("rating"), line.Text("text"), line.Text("author"), line.Text("url"), line.Instant("at"),
        line.Text("type"), line.Text("language"), line.Flag("complains"), line.Id("customer"), line.Text("key"));

    public override List<ImportFault> Faults()
    {
        var faults = new List<ImportFault>();
        faults.Text(Place, "place", 100, required: true);
        faults.Text(Text, "text", LongText, lines: true);
        faults.Text(Author, "author", FieldChecks.Line);
        faults.Text(Url, "url", 2000);
        faults.Text(Type, "type", 100);
        faults.Text(Language, "language", 35);
        faults.Text(Key, "key", 300);
        return faults;
    }
}
