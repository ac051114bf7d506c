using Escalation.Grains.Calendars;
using Escalation.Grains.Calendars.Holidays;
using Escalation.Silo.Policy.Holidays;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy.Holidays;

/// <summary>What the rules of a file mean, one by one.</summary>
public sealed class HolidayFileTests
{
    [Theory, Rule("CLK-2")]
    [InlineData("mday: 24", "2026-05-24")]
    [InlineData("week: 1\n      wday: 1", "2026-05-04")]
    [InlineData("week: 5\n      wday: 0", "2026-05-31")]
    [InlineData("week: 5\n      wday: 1", "")]
    [InlineData("week: -1\n      wday: 1", "2026-05-25")]
    [InlineData("week: -2\n      wday: 0", "2026-05-24")]
    [InlineData("function: easter(year)\n      function_modifier: -2", "2026-04-03")]
    [InlineData("function: orthodox_easter(year)\n      function_modifier: 49", "2026-05-31")]
    [InlineData("mday: 31\n      function: to_weekday_if_weekend(date)", "2026-06-01")]
    public void A_day_is_written_in_one_of_four_ways(string day, string expected) =>
        Assert.Equal(expected, Dates(May(day), 2026, 2026));

    [Theory, Rule("CLK-2")]
    [InlineData("from: 2024", "2024-05-24,2025-05-24,2026-05-24")]
    [InlineData("until: 2023", "2022-05-24,2023-05-24")]
    [InlineData("limited: [2022, 2025]", "2022-05-24,2025-05-24")]
    [InlineData("limited: 2025", "2025-05-24")]
    [InlineData("between:\n          start: 2023\n          end: 2024", "2023-05-24,2024-05-24")]
    public void A_rule_may_hold_in_some_years_only(string years, string expected) =>
        Assert.Equal(expected, Dates(May($"mday: 24\n      year_ranges:\n        {years}"), 2022, 2026));

    [Theory, Rule("CLK-2")]
    [InlineData("to_monday_if_sunday", 2024, "2024-05-25")]
    [InlineData("to_monday_if_sunday", 2025, "2025-05-26")]
    [InlineData("to_monday_if_weekend", 2024, "2024-05-27")]
    [InlineData("to_weekday_if_weekend", 2024, "2024-05-24")]
    [InlineData("to_weekday_if_weekend", 2025, "2025-05-26")]
    [InlineData("to_weekday_if_boxing_weekend", 2026, "2026-05-26")]
    [InlineData("to_tuesday_if_sunday_or_monday_if_saturday", 2025, "2025-05-27")]
    [InlineData("to_weekday_if_weekend", 2027, "2027-05-25")]
    public void A_holiday_on_a_weekend_moves_as_its_rule_says_and_stays_when_asked(string function, int year, string expected)
    {
        var yaml = May($"mday: 25\n      observed: {function}(date)");

        Assert.Equal(expected, Dates(yaml, year, year));
        Assert.Equal($"{year}-05-25", string.Join(',', Import(yaml, new HolidayQuery(["xx"], year, year) { Observed = false }).Dates));
    }

    [Fact, Rule("CLK-2")]
    public void A_day_off_that_moves_into_another_year_is_that_year_s()
    {
        const string NewYear = """
            months:
              1:
                - name: New Year
                  regions: [xx]
                  mday: 1
                  observed: to_weekday_if_weekend(date)
            """;

        Assert.Equal("2021-01-01,2021-12-31", Dates(NewYear, 2021, 2021)); // 1 January 2022 is a Saturday.
        Assert.Equal("", Dates(NewYear, 2022, 2022));
    }

    [Theory, Rule("CLK-2")]
    [InlineData("xx", "All")]
    [InlineData("xx_a", "All, In A")]
    [InlineData("xx_a_1", "All, In A, In a part of A")]
    [InlineData("xx_b", "All")]
    [InlineData("xx_", "All, In A, In a part of A")]
    public void A_part_of_a_country_has_what_the_whole_has(string region, string expected)
    {
        const string Yaml = """
            months:
              5:
                - { name: All, regions: [xx, yy], mday: 1 }
                - { name: In A, regions: [xx_a], mday: 2 }
                - { name: In a part of A, regions: [xx_a_1], mday: 3 }
                - { name: Elsewhere, regions: [yy, xxx], mday: 4 }
                - { name: Worked, regions: [xx], mday: 5, type: informal }
            """;

        Assert.Equal(expected, string.Join(", ", Import(Yaml, new HolidayQuery([region], 2026, 2026)).Days.Select(day => day.Name)));
        Assert.Contains(
            Import(Yaml, new HolidayQuery([region], 2026, 2026) { Informal = true }).Days, day => day.Name == "Worked");
    }

    [Fact, Rule("CLK-2")]
    public void What_is_not_supported_is_named_and_the_rest_is_taken()
    {
        var list = Import(
            """
            months:
              0:
                - { name: Moon, regions: [xx], function: moon(year) }
                - { name: Feast, regions: [xx], function: feast(year), function_modifier: 1 }
                - { name: Thanks, regions: [xx], function: easter(year), observed: to_harvest(date) }
              9:
                - { name: Tet, regions: [xx], function: "lunar_to_solar(year, month, day, region)", mday: 1 }
                - { name: Fair, regions: [xx], mday: 1 }
            methods:
              moon:
                arguments: year
                ruby: |
                  Date.civil(year, 1, 1) + rand(300)
              feast:
                arguments: year
                ruby: |
                  dates = {
                    '2024' => Date.civil(2024, 4, 10), # as announced
                    '2025' => Date.civil(2025, 3, 30)
                  }
                  dates[year.to_s]
            """,
            new HolidayQuery(["xx"], 2024, 2027));

        Assert.Equal("2024-04-11,2024-09-01,2025-03-31,2025-09-01,2026-09-01,2027-09-01", string.Join(',', list.Dates));
        Assert.Equal(
            [
                "xx.yaml:3: 'Moon' is left out: the function 'moon' is not supported.",
                "xx.yaml:4: 'Feast' has no date for 2026 to 2027: 'feast' does not know of them.",
                "xx.yaml:5: 'Thanks' is left out: the function 'to_harvest' is not supported.",
                "xx.yaml:7: 'Tet' is left out: the function 'lunar_to_solar' is not supported.",
            ],
            list.LeftOut.Select(left => left.ToString()));
    }

    [Fact, Rule("CLK-2")]
    public void Everything_wrong_with_a_file_is_said_at_once_with_its_line()
    {
        var read = HolidayFile.TryRead(
            "xx.yaml",
            """
            months:
              13:
                - { name: Never, regions: [xx], mday: 1 }
              2:
                - { regions: [xx], mday: 30 }
                - { name: Two ways, mday: 1, week: 1, wday: 1 }
                - name: Misspelt
                  regions: [xx]
                  mday: 1
                  year_range: { from: 2020 }
                - { name: Since when, regions: [xx], mday: 1, year_ranges: { since: 2020 } }
                - { name: No call, regions: [xx], function: easter }
            """,
            out _,
            out var faults);

        Assert.False(read);
        Assert.Equal(
            [
                "xx.yaml:2: a month is '13'; a number from 0 to 12 is expected.",
                "xx.yaml:5: needs a name.",
                "xx.yaml:5: mday is '30'; a number from 1 to 29 is expected.",
                "xx.yaml:6: needs regions, such as [us, us_ca].",
                "xx.yaml:6: must say which day in one way: mday, or week with wday, of a month; or function.",
                "xx.yaml:10: 'year_range' is not known here.",
                "xx.yaml:11: year_ranges must be one of: from, until, limited: [2022, 2023], between: {start: 2013, end: 2018}.",
                "xx.yaml:12: 'easter' is no function such as easter(year).",
            ],
            faults);
        Assert.False(HolidayFile.TryRead("xx.yaml", "months: [", out _, out faults));
        Assert.StartsWith("xx.yaml:2: ", Assert.Single(faults), StringComparison.Ordinal);
        Assert.Null(HolidayFile.Import("xx.yaml", May("mday: 1"), new HolidayQuery(["zz"], 2026, 2026), out faults));
        Assert.Equal(["xx.yaml: no rule holds in the region 'zz'; there are xx."], faults);
    }

    [Fact, Rule("CLK-2")]
    public void Imported_holidays_are_a_calendar_s()
    {
        var holidays = Import(May("mday: 1"), new HolidayQuery(["xx"], 2026, 2026)).Dates;
        var text = new CalendarText
        {
            Base = new CalendarVersionText
            {
                Hours = new Dictionary<string, IReadOnlyList<OpeningText>> { ["fri"] = [new OpeningText("09:00", "17:00")] },
                Holidays = holidays,
            },
        };

        Assert.True(WorkCalendar.TryRead(text, out var calendar, out _));
        Assert.False(calendar.IsWorking(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero)));
        Assert.True(calendar.IsWorking(new DateTimeOffset(2026, 5, 8, 12, 0, 0, TimeSpan.Zero)));
    }

    [Fact, Rule("CLK-2")]
    public async Task The_verb_prints_a_list_to_paste_and_says_aside_what_is_missing()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var path = Path.Combine(Directory.CreateTempSubdirectory("escalation-holidays-").FullName, "xx.yaml");
        await File.WriteAllTextAsync(
            path,
            """
            months:
              0:
                - { name: Moon, regions: [xx], function: moon(year) }
              5:
                - { name: Spring, regions: [xx], mday: 1 }
                - { name: Labour, regions: [xx], mday: 1 }
            tests:
              - given: { date: ['2026-5-1', '2027-5-1'], regions: [xx] }
                expect: { name: Spring }
              - given: { date: '2026-5-1', regions: [xx] }
                expect: { holiday: false }
            """,
            TestContext.Current.CancellationToken);
        var verb = new HolidaysVerb(output, error);

        Assert.Equal(1, await verb.RunAsync(path, new HolidayQuery(["xx"], 2026, 2027), TestContext.Current.CancellationToken));

        Assert.Equal("holidays:\n  - 2026-05-01 # Labour / Spring\n  - 2027-05-01 # Labour / Spring\n", output.ToString());
        Assert.Equal(
            """
            xx.yaml:3: 'Moon' is left out: the function 'moon' is not supported.
            xx.yaml:10: 2026-05-01 is Labour, Spring; the file expects none.
            2 of the 3 dates that the file expects came out so.

            """,
            error.ToString());
        Assert.Equal(2, await verb.RunAsync(path, new HolidayQuery(["xx"], 2027, 2026), TestContext.Current.CancellationToken));
        Assert.Equal(2, await verb.RunAsync(path, new HolidayQuery(["zz"], 2026, 2026), TestContext.Current.CancellationToken));
        Assert.Equal(2, await verb.RunAsync($"{path}.gone", new HolidayQuery(["xx"], 2026, 2026), TestContext.Current.CancellationToken));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact, Rule("CLK-2")]
    public void The_countries_that_are_shipped_have_the_days_that_they_expect()
    {
        var shipped = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Policy", "countries"), "*.yaml");

        Assert.NotEmpty(shipped);
        foreach (var path in shipped)
        {
            Assert.True(HolidayFile.TryRead(Path.GetFileName(path), File.ReadAllText(path), out var file, out var faults), string.Join("; ", faults));
            var check = new HolidayCheck(file.Rules);
            Assert.NotEmpty(file.Expectations);
            Assert.All(file.Expectations, expected => Assert.All(expected.Dates, date =>
                Assert.Equal((HolidayVerdict.Matched, file.Name, date), (check.Ask(expected, date).Verdict, file.Name, date))));
        }
    }

    private static string May(string day) => $"months:\n  5:\n    - name: Day\n      regions: [xx]\n      {day}\n";

    private static string Dates(string yaml, int from, int to) => string.Join(',', Import(yaml, new HolidayQuery(["xx"], from, to)).Dates);

    private static HolidayList Import(string yaml, HolidayQuery query)
    {
        var list = HolidayFile.Import("xx.yaml", yaml, query, out var faults);
        Assert.Empty(faults);
        return list!;
    }
}
