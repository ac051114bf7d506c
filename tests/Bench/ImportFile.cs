using System.Globalization;

namespace Escalation.Bench;

/// <summary>
/// A file of complaints as a shop's old system might hand over: every third line is of a customer who came before, one in a hundred cannot
/// be taken, one in fifty stands there twice, and everybody complained within the last hours.
/// </summary>
internal sealed class ImportFile(int lines, int hours, DateTimeOffset now)
{
    /// <summary>"Date received" only sounds like a field, and "Town" is none: both are asked about.</summary>
    private const string Headings = "key,customer.name,customer.email,customer.phone,customer.language,customer.timeZone,type,summary,channel,Date received,Town";

    private static readonly string[] Languages = ["ru", "ro", "en"];
    private static readonly string[] Channels = ["email", "phone", "web", "chat"];

    public int Lines => lines;

    /// <summary>Lines of a kind of complaint that there is not.</summary>
    public int Refused { get; private set; }

    /// <summary>Lines that stand in the file before.</summary>
    public int Repeated { get; private set; }

    public int Taken => lines - Refused - Repeated;

    public async Task WriteAsync(string path)
    {
        await using var file = new StreamWriter(path) { NewLine = "\n" };
        await file.WriteLineAsync(Headings);
        for (var line = 0; line < lines; line++)
        {
            var (text, isRefused, isRepeated) = Line(line);
            Refused += isRefused ? 1 : 0;
            Repeated += isRepeated ? 1 : 0;
            await file.WriteLineAsync(text);
        }
    }

    private (string Text, bool IsRefused, bool IsRepeated) Line(int line)
    {
        if (line % 50 == 49)
        {
            // Those that are repeated are neither refused nor repeats themselves.
            return (Text(new Random(line).Next(line / 50) * 50, isRefused: false), false, true);
        }

        var isRefused = line % 100 == 77;
        return (Text(line, isRefused), isRefused, false);
    }

    private string Text(int line, bool isRefused)
    {
        var random = new Random(line);
        var customer = line % 3 == 2 ? random.Next(line / 3) * 3 : line;
        var phone = customer % 2 == 0 ? string.Create(CultureInfo.InvariantCulture, $"+3736{customer:0000000}") : "";
        var at = now - TimeSpan.FromSeconds(random.Next(60, hours * 3_600));
        var trouble = BoardStock.Troubles[random.Next(BoardStock.Troubles.Length)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"T-{line},{BoardStock.Names[customer % BoardStock.Names.Length]} {BoardStock.Surnames[customer / 7 % BoardStock.Surnames.Length]},c{customer}@example.org,{phone},{Languages[customer % 3]},Europe/Chisinau,{(isRefused ? "rain" : BoardStock.Types[random.Next(BoardStock.Types.Length)])},\"The {BoardStock.Things[random.Next(BoardStock.Things.Length)]} {line} {trouble}.\",{Channels[random.Next(Channels.Length)]},{at:yyyy-MM-dd'T'HH:mm:ss'Z'},Town {line % 40}");
    }
}
