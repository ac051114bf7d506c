using System.Globalization;
using System.Text.Json;
using Escalation.Grains.Calendars;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Calendars;

/// <summary>Expectations of two published libraries for working time.</summary>
public sealed class PublishedVectorTests
{
    [Theory, Rule("CLK-2"), Rule("CLK-5")]
    [InlineData("working_hours.vectors.json", 40)]
    [InlineData("business_time.vectors.json", 18)]
    public void Others_come_to_the_same(string file, int count)
    {
        var path = SharedData.Find(file);
        Assert.SkipWhen(path is null, SharedData.Missing(file));
        using var document = JsonDocument.Parse(File.ReadAllBytes(path!));
        var cases = document.RootElement.GetProperty("cases").EnumerateArray().ToList();
        Assert.Equal(count, cases.Count);
        Assert.All(cases, Check);
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases.Count} cases of {file} compared.");
    }

    private static void Check(JsonElement vector)
    {
        var id = vector.GetProperty("id").GetString()!;
        var calendar = Week.Read(new CalendarText
        {
            TimeZone = vector.GetProperty("timezone").GetString()!,
            Base = new CalendarVersionText
            {
                Hours = Openings(vector.GetProperty("hours")),
                Holidays = [.. vector.GetProperty("holidays").EnumerateArray().Select(day => day.GetString()!)],
                SpecialDays = Openings(vector.GetProperty("special_hours")),
            },
        });
        var start = vector.GetProperty("start_utc").GetDateTimeOffset();
        switch (vector.GetProperty("op").GetString())
        {
            case "add":
                var target = Target.Working(TimeSpan.FromSeconds(vector.GetProperty("add_seconds").GetInt64()));
                Same(vector.GetProperty("expect_utc").GetDateTimeOffset(), calendar.Due(start, target).At);
                break;
            case "roll_forward":
                Same(vector.GetProperty("expect_utc").GetDateTimeOffset(), calendar.Due(start, Target.Working(TimeSpan.Zero)).At);
                break;
            case "between":
                // The one that its publisher calls a choice: we count time that really passes, so a day with a repeated hour has 25.
                var seconds = id.EndsWith("-DISAGREES", StringComparison.Ordinal) ? 25 * 3600 : vector.GetProperty("expect_seconds").GetInt64();
                Same(TimeSpan.FromSeconds(seconds), calendar.Worked(start, vector.GetProperty("end_utc").GetDateTimeOffset()));
                break;
            default:
                Assert.Fail($"{id}: there is no such operation.");
                break;
        }

        void Same<T>(T expected, T actual) =>
            Assert.True(Equals(expected, actual), string.Create(CultureInfo.InvariantCulture, $"{id}: expected {expected}, was {actual}"));
    }

    private static Dictionary<string, IReadOnlyList<OpeningText>> Openings(JsonElement days) => days.EnumerateObject().ToDictionary(
        day => day.Name,
        IReadOnlyList<OpeningText> (day) =>
            [.. day.Value.EnumerateArray().Select(opening => new OpeningText(opening[0].GetString()!, opening[1].GetString()!))]);
}
