using Escalation.Silo.Intake;
using NodaTime;
using static Escalation.Silo.Tests.Intake.Incidents;

namespace Escalation.Silo.Tests.Intake;

public sealed class IncidentLogTests
{
    [Fact]
    public async Task Rows_are_read_case_by_case_in_the_order_of_the_file()
    {
        var (cases, faults) = await ReadAllAsync(Read(Small));

        Assert.Empty(faults);
        Assert.Equal(["INC1 8", "INC2 4", "INC3 5"], cases.Select(incident => $"{incident.Number} {incident.Rows.Count}"));
        Assert.Equal(
            new IncidentRow(
                2, "INC1", IncidentState.New, 0, 0, 0, new DateTimeOffset(2016, 3, 1, 8, 0, 0, TimeSpan.Zero), "Caller A", "Phone",
                "Location A", "Category A", "Subcategory A", "Symptom A", 2, 2, "Group A"),
            cases[0].Rows[0]);
    }

    [Fact]
    public async Task A_question_mark_is_nothing_and_minus_one_hundred_is_no_state()
    {
        var (cases, _) = await ReadAllAsync(Read(Small));

        Assert.Null(cases[1].Rows[0].Caller);
        var dirt = cases[0].Rows[5];
        Assert.Equal((IncidentState.Unknown, null, null, null), (dirt.State, dirt.Impact, dirt.Urgency, dirt.Group));
    }

    [Theory]
    [InlineData("INC1,New", "2 fields where the first line has 36.")]
    [InlineData("", "")]
    [InlineData("?", "no number.")]
    [InlineData("Sleeping", "incident_state 'Sleeping' is none that the log knows.")]
    [InlineData("31/2/2016 08:00", "sys_updated_at '31/2/2016 08:00' is no date like 29/2/2016 01:23.")]
    [InlineData("1/3/2027 08:00", "sys_updated_at 1/3/2027 08:00 is still to come.")]
    [InlineData("many", "reopen_count '' is no count.")]
    public async Task A_line_that_cannot_be_read_is_named_and_skipped(string dirt, string reason)
    {
        var good = Line("INC1", "New", "1/3/2016 08:00", 0);
        var bad = dirt switch
        {
            "?" => Line("?", "New", "1/3/2016 08:01", 1),
            "Sleeping" => Line("INC1", dirt, "1/3/2016 08:01", 1),
            "many" => Line("INC1", "New", "1/3/2016 08:01", 1).Replace("true,0,0,", "true,0,?,", StringComparison.Ordinal),
            _ when dirt.Contains('/', StringComparison.Ordinal) => Line("INC1", "New", dirt, 1),
            _ => dirt,
        };
        var log = Read(Csv(good, bad, Line("INC1", "Active", "1/3/2016 08:02", 2)), notAfter: new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero));

        var (cases, faults) = await ReadAllAsync(log);

        Assert.Equal([0, 2], Assert.Single(cases).Rows.Select(row => row.Update));
        Assert.Equal(reason.Length == 0 ? [] : [new LineFault(3, reason)], faults);
    }

    [Fact]
    public async Task A_stray_quote_costs_its_own_line_only()
    {
        var log = Read(Csv(
            Line("INC1", "New", "1/3/2016 08:00", 0, group: "\"Group"),
            Line("INC1", "New", "1/3/2016 08:01", 1, group: "\"Group, with comma\""),
            Line("INC1", "New", "1/3/2016 08:02", 2)));

        var (cases, faults) = await ReadAllAsync(log);

        Assert.Equal([1, 2], Assert.Single(cases).Rows.Select(row => row.Update));
        Assert.Equal("Group, with comma", cases[0].Rows[0].Group);
        Assert.Equal(2, Assert.Single(faults).Line);
    }

    [Fact]
    public async Task A_case_that_comes_back_after_others_is_a_fault()
    {
        var (cases, faults) = await ReadAllAsync(Read(Csv(
            Line("INC1", "New", "1/3/2016 08:00", 0), Line("INC2", "New", "1/3/2016 08:00", 0), Line("INC1", "Active", "1/3/2016 08:02", 1))));

        Assert.Equal(["INC1", "INC2"], cases.Select(incident => incident.Number));
        Assert.Equal(4, Assert.Single(faults).Line);
    }

    [Theory]
    [InlineData("UTC", "1/7/2016 12:00", "2016-07-01T12:00:00Z")]
    [InlineData("Europe/Chisinau", "1/7/2016 12:00", "2016-07-01T09:00:00Z")]
    [InlineData("Europe/Chisinau", "1/12/2016 12:00", "2016-12-01T10:00:00Z")]
    [InlineData("Europe/Chisinau", "27/3/2016 02:30", "2016-03-27T00:30:00Z")]
    public async Task The_wall_clock_is_read_in_its_zone(string zone, string local, string instant)
    {
        var (cases, _) = await ReadAllAsync(Read(Csv(Line("INC1", "New", local, 0)), DateTimeZoneProviders.Tzdb[zone]));

        Assert.Equal(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), cases[0].Rows[0].At);
    }

    [Theory]
    [InlineData("")]
    [InlineData("number,incident_state\nINC1,New\n")]
    public async Task A_file_of_another_form_is_refused_with_what_it_lacks(string text)
    {
        var e = await Assert.ThrowsAsync<SourceFileException>(() => ReadAllAsync(Read(text)));

        Assert.Contains("sys_updated_at", e.Message, StringComparison.Ordinal);
    }
}
