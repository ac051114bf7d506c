using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>What calendars make of targets, over HTTP.</summary>
public sealed class CalendarApiTests
{
    private static readonly object Office = new
    {
        timeZone = "Europe/Chisinau",
        hours = new Dictionary<string, string[][]>
        {
            ["mon"] = [["09:00", "12:00"], ["13:00", "17:00"]],
            ["tue"] = [["09:00", "17:00"]],
            ["fri"] = [["09:00", "24:00"]],
        },
        holidays = new[] { "2026-12-29" },
        recurringHolidays = new[] { "12-25" },
        specialDays = new Dictionary<string, string[][]> { ["2026-12-24"] = [["09:00", "12:00"]] },
        versions = new[]
        {
            new { from = "2027-01-01", hours = new Dictionary<string, string[][]> { ["sat"] = [["00:00", "24:00"]] } },
        },
    };

    [Theory, Rule("CLK-2"), Rule("CLK-6")]
    [InlineData("2026-12-24T10:30:00+02:00", """{"working":"PT2H"}""", "2026-12-28T07:30:00Z", 2)] // the 25th is off
    [InlineData("2026-12-24T08:30:00Z", """{"working":"PT1H30M"}""", "2026-12-24T10:00:00Z", 1)] // due as the team closes
    [InlineData("2026-12-24T08:30:00Z", """{"workingDays":2}""", "2027-01-02T08:30:00Z", 2)]
    [InlineData("2026-12-24T08:30:00.123456Z", """{"calendarDays":3}""", "2026-12-27T08:30:00.123456Z", 1)]
    [InlineData("2026-12-24T08:30:00Z", """{"working":"PT0S"}""", "2026-12-24T08:30:00Z", 0)]
    public async Task Due_instant_comes_with_what_adds_up_to_it(string start, string target, string dueAt, int intervals)
    {
        await using var api = await ApiHost.StartAsync();

        var due = await api.PostAsync("/api/calendars/due", new
        {
            calendar = Office,
            start,
            target = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(target),
        }, Roles.Intake);

        Assert.Equal((200, dueAt), (due.Status, due.Status == 200 ? due["dueAt"] : due.Text));
        Assert.Equal(intervals, due.Json.GetProperty("intervals").GetArrayLength());
    }

    [Fact, Rule("CLK-6")]
    public async Task Intervals_name_from_to_and_what_counted()
    {
        await using var api = await ApiHost.StartAsync();

        var due = await api.PostAsync("/api/calendars/due", new { calendar = Office, start = "2026-11-23T11:00:00+02:00", target = new { working = "PT5H" } });

        Assert.Equal(
            """{"dueAt":"2026-11-23T15:00:00Z","intervals":[{"from":"2026-11-23T09:00:00Z","to":"2026-11-23T10:00:00Z","counted":"PT1H"},{"from":"2026-11-23T11:00:00Z","to":"2026-11-23T15:00:00Z","counted":"PT4H"}]}""",
            due.Text);
    }

    [Theory, Rule("CLK-2")]
    [InlineData("2026-11-23T07:00:00Z", "2026-11-23T15:00:00Z", """{"worked":"PT7H","seconds":25200}""")]
    [InlineData("2026-11-23T00:00:00Z", "2026-12-07T00:00:00Z", """{"worked":"PT60H","seconds":216000}""")]
    [InlineData("2026-11-23T07:00:00Z", "2026-11-23T07:01:00.000001Z", """{"worked":"PT1M0.000001S","seconds":60.000001}""")]
    [InlineData("2026-11-23T07:00:00Z", "2026-11-23T07:00:00Z", """{"worked":"PT0S","seconds":0}""")]
    public async Task Worked_time_is_told_in_hours_and_seconds(string from, string to, string answer)
    {
        await using var api = await ApiHost.StartAsync();

        var worked = await api.PostAsync("/api/calendars/worked", new { calendar = Office, from, to });

        Assert.Equal(answer, worked.Text);
    }

    [Fact, Rule("CLK-2")]
    public async Task Always_has_no_lost_minute()
    {
        await using var api = await ApiHost.StartAsync();

        var worked = await api.PostAsync("/api/calendars/worked", new { calendar = "always", from = "2026-01-01T00:00:00Z", to = "2027-01-01T00:00:00Z" });

        Assert.Equal("""{"worked":"PT8760H","seconds":31536000}""", worked.Text);
    }

    [Fact, Rule("CLK-2")]
    public async Task Every_invalid_field_of_a_calendar_is_named_at_once()
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync("/api/calendars/due", """
            {
              "calendar": {
                "timeZone": "Mars/Olympus",
                "hours": {"mon": [["09:00", "25:00"], 7, ["09:00"], ["09:00", 7]], "tue": [["09:00", "17:00"], ["16:00", "18:00"]], "funday": [], "wed": 7},
                "holidays": ["2026-02-30", 7], "recurringHolidays": ["13-01"],
                "specialDays": {"2026-12-23": [["12:00", "09:00"]], "2026-12-24": [], "2026-12-24": [], "tomorrow": []},
                "versions": [7, {"hours": {}}, {"from": "2027-01-01"}]
              },
              "start": "2026-11-21T10:00:00",
              "target": {"working": "-PT1H"}
            }
            """);

        Assert.Equal((422, "request.invalid"), (refused.Status, refused.Code));
        Assert.Equal(
            [
                "calendar.holidays[0]", "calendar.holidays[1]", "calendar.hours.funday", "calendar.hours.mon[0]", "calendar.hours.mon[1]",
                "calendar.hours.mon[2]", "calendar.hours.mon[3][1]", "calendar.hours.tue[1]", "calendar.hours.wed", "calendar.recurringHolidays[0]",
                "calendar.specialDays.2026-12-23[0]", "calendar.specialDays.2026-12-24", "calendar.specialDays.tomorrow", "calendar.timeZone",
                "calendar.versions[0]", "calendar.versions[1].from", "calendar.versions[2].hours", "start", "target.working",
            ],
            refused.Fields.Order(StringComparer.Ordinal));
    }

    [Theory, Rule("CLK-2")]
    [InlineData("""{"calendar": "never", "start": "2026-11-21T10:00:00Z", "target": {"working": "PT1H"}}""", "calendar")]
    [InlineData("""{"calendar": 7, "start": "2026-11-21T10:00:00Z", "target": {"working": "PT1H"}}""", "calendar")]
    [InlineData("""{"calendar": {"timeZone": "UTC", "hours": {}}, "start": "2026-11-21T10:00:00Z", "target": {"working": "PT1H"}}""", "calendar.hours")]
    [InlineData("""{"calendar": {}, "start": "2026-11-21T10:00:00Z", "target": {"working": "PT1H"}}""", "calendar.hours,calendar.timeZone")]
    [InlineData("""{"calendar": "always", "start": "2026-11-21T10:00:00Z", "target": {}}""", "target")]
    [InlineData("""{"calendar": "always", "start": "2026-11-21T10:00:00Z", "target": {"working": "PT1H", "workingDays": 1}}""", "target")]
    [InlineData("""{"calendar": "always", "start": "2026-11-21T10:00:00Z", "target": {"working": "P1M"}}""", "target.working")]
    [InlineData("""{"calendar": "always", "start": "2026-11-21T10:00:00Z", "target": {"working": 8}}""", "target.working")]
    [InlineData("""{"calendar": "always", "start": "2026-11-21T10:00:00Z", "target": {"workingDays": -1}}""", "target.workingDays")]
    [InlineData("""{"calendar": "always", "start": "2026-11-21T10:00:00Z", "target": {"calendarDays": 1.5}}""", "target.calendarDays")]
    [InlineData("""{}""", "calendar,start,target")]
    public async Task Fields_that_cannot_be_are_named(string body, string fields)
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync("/api/calendars/due", body);

        Assert.Equal((422, "request.invalid", fields), (refused.Status, refused.Code, string.Join(',', refused.Fields.Order(StringComparer.Ordinal))));
    }

    [Theory, Rule("CLK-2")]
    [InlineData("""{"timeZone": "UTC", "hours": {}, "specialDays": {"2020-01-01": [["09:00", "17:00"]]}}""", "PT1H", "calendar.noWorkingTime", "calendar")]
    [InlineData("\"always\"", "P99999D", "calendar.tooFar", "target")]
    public async Task What_is_never_due_is_refused_with_its_reason(string calendar, string target, string code, string field)
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync(
            "/api/calendars/due", $$"""{"calendar": {{calendar}}, "start": "2199-11-21T10:00:00Z", "target": {"working": "{{target}}"} }""");

        Assert.Equal((422, code, field), (refused.Status, refused.Code, Assert.Single(refused.Fields)));
    }

    [Fact, Rule("CLK-2")]
    public async Task Worked_time_does_not_run_backwards()
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync("/api/calendars/worked", new { calendar = "always", from = "2026-01-02T00:00:00Z", to = "2026-01-01T00:00:00Z" });

        Assert.Equal((422, "to"), (refused.Status, Assert.Single(refused.Fields)));
    }

    [Fact]
    public async Task Description_says_what_a_calendar_and_a_target_are()
    {
        await using var api = await ApiHost.StartAsync();

        var document = (await api.GetAsync("/openapi/v1.json", Roles.None)).Json;

        var due = document.GetProperty("paths").GetProperty("/api/calendars/due").GetProperty("post");
        Assert.Equal(
            ["200", "400", "401", "403", "413", "415", "422", "429", "503"],
            due.GetProperty("responses").EnumerateObject().Select(response => response.Name));
        var body = due.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("properties");
        Assert.Equal("string", body.GetProperty("calendar").GetProperty("oneOf")[0].GetProperty("type").GetString());
        Assert.Equal(
            ["hours", "holidays", "recurringHolidays", "specialDays", "timeZone", "versions"],
            body.GetProperty("calendar").GetProperty("oneOf")[1].GetProperty("properties").EnumerateObject().Select(member => member.Name));
        Assert.Equal(3, body.GetProperty("target").GetProperty("oneOf").GetArrayLength());
        Assert.Equal(
            "duration",
            document.GetProperty("components").GetProperty("schemas").GetProperty("WorkedView").GetProperty("properties").GetProperty("worked")
                .GetProperty("format").GetString());
    }
}
