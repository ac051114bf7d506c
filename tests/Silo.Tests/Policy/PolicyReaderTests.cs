using Escalation.Grains.Clocks;
using Escalation.Silo.Policy;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

/// <summary>What is read from a policy's files, and what is said when they cannot be used.</summary>
public sealed class PolicyReaderTests
{
    private readonly PolicyFiles _shipped = PolicyFiles.In(Path.Combine(AppContext.BaseDirectory, "Policy"));

    [Fact, Rule("PRM-3")]
    public void As_shipped_it_speaks_three_languages_with_a_reason_for_every_type()
    {
        var policy = PolicyReader.Read(_shipped);

        Assert.Equal(["en", "ro", "ru"], policy.Texts.Languages.Order());
        Assert.All(policy.Texts.Languages, language =>
            Assert.Equal(
                policy.ConflictTypes.Count, policy.ConflictTypes.Select(policy.Texts.For(language).ReasonFor).Distinct().Count()));
    }

    [Fact]
    public void Every_problem_is_told_at_once_with_its_file_and_line()
    {
        var files = Change(Change(Change(Change(Change(
            _shipped,
            "sla.yaml", "acknowledge: {working: PT1H, warn: [0.75]}", "acknowledge: {working: soon, warn: [7]}"),
            "sla.yaml", "heat: [aggressive, public]", "heet: [aggressive, public]"),
            "calendars/office.yaml", "wed: [\"09:00-18:00\"]", "wed: [\"18:00-9:00\"]"),
            "texts/ru.yaml", "({zone})", ""),
            "texts/ro.yaml", "  quality:", "  qualityy:");

        var problems = Assert.Throws<PolicyException>(() => PolicyReader.Read(files)).Problems;

        Assert.Contains(problems, problem => IsAt(problem, files, "sla.yaml", "working: soon") && problem.Contains("'soon'", StringComparison.Ordinal));
        Assert.Contains(problems, problem => IsAt(problem, files, "sla.yaml", "warn: [7]") && problem.Contains("'7'", StringComparison.Ordinal));
        Assert.Contains(problems, problem => IsAt(problem, files, "sla.yaml", "heet") && problem.Contains("heet is unknown here", StringComparison.Ordinal));
        Assert.Contains(problems, problem => IsAt(problem, files, "calendars/office.yaml", "wed:"));
        Assert.Contains(problems, problem => IsAt(problem, files, "texts/ru.yaml", "date:"));
        Assert.Contains(problems, problem => problem.Contains("reasons.quality is missing", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("reasons.qualityy is unknown here", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("  - id: standard\n", "  - id: standard\n    when: {site: [north]}\n", "must end with a policy without conditions")]
    [InlineData("    when:\n      heat: [aggressive, public]\n", "", "would never judge a case")]
    [InlineData("id: standard", "id: urgent", "has the id 'urgent' twice")]
    [InlineData("silence: {working: PT24H, warn: [0.75]}", "", "silence is missing")]
    [InlineData("calendar: office", "calendar: offfice", "'offfice'; known are always, office")]
    [InlineData("clocks: [silence, stage, resolution]", "clocks: [finalResponse]", "only internal clocks pause")]
    [InlineData("clarify: {workingDays: 1, calendar: office}", "clarify: {workingDays: 1, calendarDays: 2}", "needs one of working")]
    [InlineData("clarify: {workingDays: 1, calendar: office}", "closed: {workingDays: 1}", "is no stage that a case can be at")]
    public void A_policy_that_would_judge_nothing_or_wrongly_is_refused(string was, string now, string because)
    {
        var problems = Assert.Throws<PolicyException>(() => PolicyReader.Read(Change(_shipped, "sla.yaml", was, now))).Problems;

        Assert.Contains(problems, problem => problem.Contains(because, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Matches("^sla.yaml:[0-9]+: ", problem));
    }

    [Theory, Rule("ESC-1"), Rule("ESC-3")]
    [InlineData("calendar: always, acknowledge: PT15M", "calendar: nowhere, acknowledge: PT15M", "levels.head.calendar is 'nowhere'")]
    [InlineData("acknowledge: PT15M, hold: PT20M", "hold: PT20M", "levels.head.acknowledge is missing")]
    [InlineData("rosters: [heads]", "rosters: [tails]", "names 'tails', which is no roster")]
    [InlineData("promiseLapsed: head", "promiseLapsed: specialist", "must be head or management")]
    [InlineData("callMe: specialist", "callMe: boss", "causes.callMe is 'boss'; known are none, next, specialist, head, management")]
    [InlineData("heat: {public: head}", "heat: {boiling: head}", "causes.heat.boiling is no heat")]
    [InlineData("round: {2: specialist}", "round: {1: specialist}", "must be a round from 2 on")]
    [InlineData("clockBreached: {silence: specialist}", "clockBreached: {finalResponse: head}", "finalResponse is no clock of ours")]
    [InlineData("\nrosters:", "\npeople: {irina: {name: Irina}}\nrosters:", "people stand in people.yaml: move them there")]
    [InlineData("timeZone: Europe/Chisinau", "timeZone: Mars/Olympus", "must be an IANA time zone")]
    [InlineData("day: mon", "day: monday", "must be one of mon, tue")]
    [InlineData("rotation: [irina]", "rotation: [irena]", "names 'irena', who is none of the people")]
    [InlineData("to: \"2026-12-28T09:00\"", "to: \"2026-12-24T09:00\"", "overrides[0].to must be later than from")]
    [InlineData("rotation: [irina]\n    fallback: irina", "rotation: []", "nobody would ever be on duty")]
    public void A_ladder_that_would_tell_nobody_or_the_wrong_ones_is_refused(string was, string now, string because)
    {
        const string Ladder =
            """
            levels:
              specialist: {calendar: office, acknowledge: PT10M, hold: PT20M}
              head: {calendar: always, acknowledge: PT15M, hold: PT20M, rosters: [heads]}
              management: {calendar: office, acknowledge: PT10M, hold: PT20M}
            causes:
              promiseLapsed: head
              callMe: specialist
              heat: {public: head}
              round: {2: specialist}
              clockBreached: {silence: specialist}
            rosters:
              heads:
                timeZone: Europe/Chisinau
                start: "2026-01-05"
                handOver: {day: mon, at: "09:00"}
                rotation: [irina]
                fallback: irina
                overrides: [{from: "2026-12-24T09:00", to: "2026-12-28T09:00", person: irina}]
            """;
        static PolicyFiles With(PolicyFiles files, string ladder) => files with
        {
            Judging = new Dictionary<string, string>(files.Judging) { ["ladder.yaml"] = ladder },
        };
        Assert.Equal("irina", PolicyReader.Read(With(_shipped, Ladder)).Ladder.Rosters["heads"].Fallback);

        var problems = Assert.Throws<PolicyException>(() => PolicyReader.Read(With(_shipped, Ladder.Replace(was, now, StringComparison.Ordinal)))).Problems;

        Assert.Contains(problems, problem => problem.Contains(because, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Matches("^ladder.yaml:[0-9]+: ", problem));
    }

    [Theory, Rule("CLM-1"), Rule("CLM-3"), Rule("CLM-4")]
    [InlineData("authority.yaml", "    head: 500\n    # The same", "    # The same", "limits[0].head is missing")]
    [InlineData("authority.yaml", "  - currency: EUR", "  - currency: euro", "currency is 'euro'; a currency of ISO 4217")]
    [InlineData("authority.yaml", "head: 500\n    # The same", "head: 5\n    # The same", "limits[0].head is 5, less than the limit of a lower level")]
    [InlineData("authority.yaml", "agent: 100, head: 1000}\n\n  - currency: MDL", "agent: 100, head: 10}\n\n  - currency: MDL", "less than the limit of a lower level")]
    [InlineData("authority.yaml", "  head: PT2H", "  head: soon", "'soon'")]
    [InlineData("authority.yaml", "approvals:\n  calendar: office", "approvals:\n  calendar: nowhere", "approvals.calendar is 'nowhere'")]
    [InlineData("authority.yaml", "  within: PT8H", "  within: PT8H\n  owner: head", "owner is unknown here")]
    [InlineData("authority.yaml", "# substitutes:", "substitutes: [{person: irina, by: irina}]\n#", "nobody stands in for themselves")]
    [InlineData("authority.yaml", "# substitutes:", "substitutes: [{person: irina, by: vlad}]\n#", "is irina, who is not among people")]
    [InlineData("authority.yaml", "# people:", "people: {management: [irina], head: [irina]}\n#", "who is named for another level already")]
    [InlineData("authority.yaml", "thinMargin: 0.15", "thinMargin: 0.4", "must be less than goodMargin")]
    [InlineData("authority.yaml", "complexity: simple", "complexity: hard", "complexity is 'hard'")]
    [InlineData("goodwill.yaml", "id: freeDelivery", "id: coffeeVoucher", "is coffeeVoucher, which is there already")]
    [InlineData("goodwill.yaml", "value: {amount: 5, currency: EUR}", "value: {amount: 5, currency: points}", "currency is 'points'")]
    [InlineData("goodwill.yaml", "stock: 20", "stock: -1", "stock")]
    [InlineData("goodwill.yaml", "customerPerYear: 1", "customerPerDay: 1", "customerPerDay is unknown here")]
    public void Authority_and_gifts_that_cannot_be_meant_are_refused_with_their_line(string file, string was, string now, string because)
    {
        var problems = Assert.Throws<PolicyException>(() => PolicyReader.Read(Change(_shipped, file, was, now))).Problems;

        Assert.Contains(problems, problem => problem.Contains(because, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Matches($"^{file}:[0-9]+: ", problem));
    }

    [Fact, Rule("ESC-3")]
    public void A_policy_from_before_the_ladder_still_judges_the_cases_that_know_it()
    {
        var old = _shipped with { Judging = _shipped.Judging.Where(file => file.Key != "ladder.yaml").ToDictionary() };

        Assert.Equal(TimeSpan.FromMinutes(15), PolicyReader.Read(old).Ladder.RungOf(Grains.Cases.Level.Head).Acknowledge);
        Assert.Equal("office", PolicyReader.Read(_shipped).Ladder.RungOf(Grains.Cases.Level.Head).Calendar);
    }

    [Fact, Rule("CLK-2")]
    public void A_target_that_its_calendar_never_reaches_is_refused()
    {
        var files = _shipped with
        {
            Judging = new Dictionary<string, string>(_shipped.Judging) { ["calendars/never.yaml"] = "timeZone: UTC\nhours: {mon: [\"09:00-10:00\"]}\nrecurringHolidays: []\nversions: [{from: \"2026-02-01\", hours: {}}]\n" },
        };

        var problems = Assert.Throws<PolicyException>(
            () => PolicyReader.Read(Change(files, "sla.yaml", "options: {workingDays: 2, calendar: office}", "options: {working: PT40H, calendar: never}"))).Problems;

        Assert.Contains("is never reached on calendar 'never'", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact, Rule("CLK-2")]
    public void A_calendar_takes_a_countrys_holidays_by_its_rules()
    {
        var office = PolicyReader.Read(_shipped).Sla.Calendars["office"];

        // Orthodox Easter Monday of 2026 and 2027, and an ordinary Monday.
        Assert.Equal(
            [false, false, true],
            new[] { "2026-04-13", "2027-05-03", "2026-04-27" }.Select(day => office.IsWorking(DateTimeOffset.Parse($"{day}T09:00:00Z", System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("file: md.yaml", "file: xx.yaml", "'xx.yaml', which is not in the folder countries")]
    [InlineData("regions: [md]", "regions: [xx]", "no rule holds in the region 'xx'")]
    [InlineData("to: 2060", "to: 2400", "is not before the year 2300")]
    public void Holidays_that_cannot_be_had_are_told(string was, string now, string because) => Assert.Contains(
        Assert.Throws<PolicyException>(() => PolicyReader.Read(Change(_shipped, "calendars/office.yaml", was, now))).Problems,
        problem => IsAt(problem, _shipped, "calendars/office.yaml", "holidaysFrom: {") && problem.Contains(because, StringComparison.Ordinal));

    [Fact]
    public void Broken_yaml_is_told_with_its_line()
    {
        var problems = Assert.Throws<PolicyException>(
            () => PolicyReader.Read(Change(_shipped, "policy.yaml", "moveLimit: 2", "moveLimit: [2"))).Problems;

        Assert.Contains(problems, problem => problem.StartsWith("policy.yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public void The_version_follows_the_rules_and_not_the_words()
    {
        var version = PolicyReader.Read(_shipped).Version;

        Assert.Equal(version, PolicyReader.Read(_shipped with { Texts = Changed(_shipped.Texts, "texts/en.yaml", "Dear {name}", "Hello {name}") }).Version);
        Assert.NotEqual(version, PolicyReader.Read(Change(_shipped, "sla.yaml", "PT72H", "PT71H")).Version);
        Assert.StartsWith("1-", version, StringComparison.Ordinal);
    }

    [Fact, Rule("CLK-3")]
    public void As_shipped_waiting_for_the_customer_stops_what_the_customer_holds_up() =>
        Assert.Equal(
            [Clock.Silence, Clock.Stage, Clock.Resolution],
            PolicyReader.Read(_shipped).Sla.PauseReasons["waitingForCustomer"].Clocks);

    private static bool IsAt(string problem, PolicyFiles files, string file, string text)
    {
        var lines = (file.StartsWith("texts/", StringComparison.Ordinal) ? files.Texts : files.Judging)[file].Split('\n');
        var line = Array.FindIndex(lines, candidate => candidate.Contains(text, StringComparison.Ordinal)) + 1;
        return problem.StartsWith($"{file}:{line}: ", StringComparison.Ordinal);
    }

    private static PolicyFiles Change(PolicyFiles files, string name, string was, string now) => name.StartsWith("texts/", StringComparison.Ordinal)
        ? files with { Texts = Changed(files.Texts, name, was, now) }
        : files with { Judging = Changed(files.Judging, name, was, now) };

    private static Dictionary<string, string> Changed(IReadOnlyDictionary<string, string> files, string name, string was, string now)
    {
        Assert.Contains(was, files[name], StringComparison.Ordinal);
        return new Dictionary<string, string>(files) { [name] = files[name].Replace(was, now, StringComparison.Ordinal) };
    }
}
