using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Escalation.Grains.Calendars.Holidays;
using Escalation.Silo.Policy.Holidays;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy.Holidays;

/// <summary>Published holiday rules of many countries, against the dated expectations that come with them.</summary>
public sealed class PublishedHolidayTests
{
    private const string Archive = "holidays.tar.gz";

    /// <summary>Must be complete, whatever else is. There is no file for Moldova.</summary>
    private static readonly string[] Complete = ["ro.yaml", "ru.yaml", "gb.yaml", "de.yaml", "us.yaml"];

    [Fact, Rule("CLK-2")]
    public void On_every_date_that_a_country_s_file_expects_there_is_no_working_time()
    {
        var path = SharedData.Find(Archive);
        Assert.SkipWhen(path is null, SharedData.Missing(Archive));

        var files = ReadAll(path!);
        var check = new HolidayCheck(HolidayRules.Together(files.Select(file => file.Rules)));
        var total = new Dictionary<HolidayVerdict, int>();
        var faults = new List<string>();
        foreach (var file in files)
        {
            var answers = (
                from expected in file.Expectations
                from date in expected.Dates
                let answer = check.Ask(expected, date)
                select (expected, date, answer.Verdict, answer.Found)).ToList();
            var counts = answers.CountBy(answer => answer.Verdict).ToDictionary();
            Say($"{file.Name,-28} {Of(HolidayVerdict.Matched),5} matched {Of(HolidayVerdict.NotSupported),4} not supported {Of(HolidayVerdict.Wrong),4} wrong");
            file.Unread.ToList().ForEach(line => Say($"  unread: {line}"));
            foreach (var (verdict, count) in counts)
            {
                total[verdict] = total.GetValueOrDefault(verdict) + count;
            }

            foreach (var (expected, date, verdict, found) in answers.Where(answer => answer.Verdict != HolidayVerdict.Matched))
            {
                var line = FormattableString.Invariant(
                    $"  {expected.Place}: {string.Join(' ', expected.Regions)} {date:yyyy-MM-dd} is {found}, expected {expected.Name ?? "none"}: {verdict}");
                Say(line);
                if (verdict == HolidayVerdict.Wrong || Complete.Contains(file.Name))
                {
                    faults.Add(line);
                }
            }

            int Of(HolidayVerdict verdict) => counts.GetValueOrDefault(verdict);
        }

        Say($"{files.Count} files: {string.Join(", ", total.Select(pair => $"{pair.Value} {pair.Key}"))}");
        Assert.Empty(faults);
        Assert.All(Complete, name => Assert.Contains(files, file => file.Name == name && file.Expectations.Count > 0));
        Assert.True(total[HolidayVerdict.Matched] >= 2352);
    }

    private static List<HolidayFile> ReadAll(string path)
    {
        var files = new List<HolidayFile>();
        using var archive = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (archive.GetNextEntry() is { } entry)
        {
            var name = Path.GetFileName(entry.Name);
            if (entry.DataStream is null || !name.EndsWith(".yaml", StringComparison.Ordinal) || name == "index.yaml")
            {
                continue;
            }

            using var text = new StreamReader(entry.DataStream);
            Assert.True(HolidayFile.TryRead(name, text.ReadToEnd(), out var file, out var faults), string.Join(Environment.NewLine, faults));
            files.Add(file);
        }

        return [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
    }

    private static void Say(FormattableString line) => Say(line.ToString(CultureInfo.InvariantCulture));

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
