using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Escalation.TestKit;
using YamlDotNet.RepresentationModel;

namespace Escalation.Grains.Tests.Calendars;

/// <summary>
/// Published holidays of many countries that fall on the same day each year: as recurring holidays of a calendar, checked
/// against the dated expectations that come with them.
/// </summary>
public sealed class PublishedHolidayTests
{
    [Fact, Rule("CLK-2")]
    public void Recurring_holidays_are_off_on_every_date_expected_of_them()
    {
        if (SharedData.Find("holidays.tar.gz") is not { } path)
        {
            return;
        }

        var (off, on) = (0, 0);
        using var archive = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || !entry.Name.EndsWith(".yaml", StringComparison.Ordinal))
            {
                continue;
            }

            var yaml = new YamlStream();
            yaml.Load(new StreamReader(entry.DataStream));
            var root = (YamlMappingNode)yaml.Documents[0].RootNode;
            var fixedDays = FixedDays(root);
            foreach (var (date, region, isHoliday) in Expectations(root))
            {
                var recurring = fixedDays.Where(day => day.Regions.Contains(region)).Select(day => day.MonthDay).Distinct().ToList();
                if (isHoliday && !recurring.Contains(date.ToString("MM-dd", CultureInfo.InvariantCulture)))
                {
                    // A holiday that moves; those are for an importer.
                    continue;
                }

                var calendar = Week.Calendar("UTC", Week.Always, "", string.Join(',', recurring));
                var midnight = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
                Assert.True(
                    calendar.Worked(midnight, midnight.AddDays(1)) == (isHoliday ? TimeSpan.Zero : TimeSpan.FromDays(1)),
                    $"{entry.Name}, {region}, {date:O}: a holiday is {isHoliday}.");
                _ = isHoliday ? off++ : on++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{off} holidays and {on} other days compared.");
        Assert.True(off >= 300 && on >= 200, $"Only {off} holidays and {on} other days were found.");
    }

    private static List<(string MonthDay, HashSet<string> Regions)> FixedDays(YamlMappingNode root)
    {
        var days = new List<(string MonthDay, HashSet<string> Regions)>();
        foreach (var (month, rules) in Child(root, "months") as YamlMappingNode ?? [])
        {
            foreach (var rule in (rules as YamlSequenceNode ?? []).Cast<YamlMappingNode>())
            {
                var isPlain = new[] { "function", "year_ranges", "observed" }.All(name => Child(rule, name) is null) &&
                    Child(rule, "type")?.ToString() != "informal";
                if (isPlain && Child(rule, "mday") is { } day)
                {
                    var monthDay = string.Create(CultureInfo.InvariantCulture, $"{Number(month):00}-{Number(day):00}");
                    days.Add((monthDay, Texts(Child(rule, "regions")).ToHashSet()));
                }
            }
        }

        return days;
    }

    private static IEnumerable<(DateOnly Date, string Region, bool IsHoliday)> Expectations(YamlMappingNode root) =>
        from test in (Child(root, "tests") as YamlSequenceNode ?? []).Cast<YamlMappingNode>()
        let given = (YamlMappingNode)Child(test, "given")!
        where Child(given, "options") is null
        from date in Texts(Child(given, "date"))
        from region in Texts(Child(given, "regions"))
        select (DateOnly.FromDateTime(DateTime.Parse(date, CultureInfo.InvariantCulture)), region, Child((YamlMappingNode)Child(test, "expect")!, "holiday")?.ToString() != "false");

    private static YamlNode? Child(YamlMappingNode node, string name) => node.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    private static IEnumerable<string> Texts(YamlNode? node) =>
        node is YamlSequenceNode list ? list.Select(item => item.ToString()) : node is null ? [] : [node.ToString()];

    private static int Number(YamlNode node) => int.Parse(node.ToString(), CultureInfo.InvariantCulture);
}
