using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Silo.Policy;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

/// <summary>REG-1: laws as data: what is shipped, what is refused, and what a reader of docs/PACKS.md writes.</summary>
public sealed partial class PackYamlTests
{
    private const string Disp = "packs/uk-disp.yaml";
    private const string Ftc = "packs/us-ftc.yaml";

    private readonly PolicyFiles _shipped = PolicyFiles.In(Path.Combine(AppContext.BaseDirectory, "Policy"));

    [Fact, Rule("REG-1")]
    public void As_shipped_there_are_two_and_each_clock_of_theirs_is_met_by_a_letter()
    {
        var book = PolicyReader.Read(_shipped).Packs;

        Assert.Equal(["uk-disp", "us-ftc"], book.Packs.Keys.Order());
        Assert.All(book.Packs.Values, pack => Assert.All(pack.Clocks, clock => Assert.Contains(pack.Letters, letter => letter.Meets.Contains(clock.Id))));
        Assert.Equal("gb", book.Sites["london"]);
    }

    [Fact, Rule("CLK-2")]
    public void Business_days_leave_out_the_countrys_holidays()
    {
        var calendars = PolicyReader.Read(_shipped).Sla.Calendars;

        Assert.All(
            new[] { "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28", "2027-01-01", "2027-12-27", "2027-12-28" },
            day => Assert.False(IsWorked("uk", day), day));
        Assert.All(new[] { "2026-12-24", "2026-12-29", "2027-12-29" }, day => Assert.True(IsWorked("uk", day), day));
        Assert.All(
            new[] { "2026-01-19", "2026-07-03", "2026-11-26", "2027-06-18", "2027-12-24", "2027-12-31" }, day => Assert.False(IsWorked("us", day), day));
        Assert.True(IsWorked("us", "2026-11-27"));

        bool IsWorked(string calendar, string day) => calendars[calendar].Worked(
            DateTimeOffset.Parse($"{day}T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture),
            DateTimeOffset.Parse($"{day}T13:00:00Z", System.Globalization.CultureInfo.InvariantCulture)) > TimeSpan.Zero;
    }

    [Theory, Rule("REG-1")]
    [InlineData(Disp, "meets: [acknowledgement, finalResponse]", "meets: [acknowledgement, finalReply]", "letters.holding.meets names 'finalReply', which is no clock of this pack")]
    [InlineData(Disp, "says: {en: [eight weeks]}", "says: {en: [nine weeks]}", "must say 'nine weeks' in en, and does not say it itself")]
    [InlineData(Disp, "by {due.finalResponse}", "by {due.final}", "names {due.final} in en, which nobody fills")]
    [InlineData(Disp, "country: [gb]", "country: [UK]", "is 'UK'; a country such as gb is expected")]
    [InlineData(Disp, "    window: true", "    window: yes", "clocks.summaryResolution.window is 'yes'")]
    [InlineData(Disp, "notAfter: paymentFinal", "notAfter: paymentLast", "is 'paymentLast'; a date may name a clock of this pack")]
    [InlineData(Disp, "promises: {field: expected,", "promises: {field: reasons,", "is 'reasons', which is no date among the letter's fields")]
    [InlineData(Disp, "        rule: DISP 1.5.4R(2)\n        says: {en: [Financial Ombudsman Service]}", "        rule: DISP 1.5.4R(2)", "has a rule, and so needs what a letter in someone's own words must say in en")]
    [InlineData(Disp, "  country: [gb]\n  product: [account, card, payment, eMoney, savings, loan, mortgage, insurance, investment]", "  {}", "names no condition")]
    [InlineData(Ftc, "    meets: [refund]\n", "", "clocks.refund is met by no letter")]
    [InlineData(Ftc, "letter: renewedDelay", "letter: nextDelay", "is 'nextDelay', which is no letter of this pack")]
    [InlineData(Ftc, "silence: consents", "silence: agrees", "is 'agrees'; known are consents, cancels")]
    [InlineData(Ftc, "type: [brokenPromise, longWait]", "type: [broken]", "is 'broken', which is no conflict type of policy.yaml")]
    [InlineData(Ftc, "languages: [en, ro, ru]", "languages: [ro, ru]", "must name en")]
    [InlineData(Ftc, "languages: [en, ro, ru]", "languages: [en, ro, ru, fr]", "rights.fr is missing")]
    public void A_pack_that_would_say_nothing_or_the_wrong_thing_is_refused(string file, string was, string now, string because)
    {
        Assert.Contains(was, _shipped.Judging[file], StringComparison.Ordinal);
        var problems = Assert.Throws<PolicyException>(() => PolicyReader.Read(With(file, _shipped.Judging[file].Replace(was, now, StringComparison.Ordinal)))).Problems;

        Assert.Contains(problems, problem => problem.Contains(because, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Matches($"^{file}:[0-9]+: ", problem));
    }

    /// <summary>What a user writes by the page alone is taken, and covers a case.</summary>
    [Fact, Rule("REG-1")]
    public void The_third_pack_that_docs_PACKS_shows_is_taken_and_does_what_the_page_says()
    {
        var page = File.ReadAllText(Path.Combine(ArchitectureTests.Root(), "docs", "PACKS.md"));
        var pack = CodeBlock().Matches(page).Select(match => match.Groups[1].Value).Single(block => block.StartsWith("name: ", StringComparison.Ordinal));
        var policies = TestPolicy.With(
            ("packs/md-example.yaml", pack), (TestPolicy.LadderFile, TestPolicy.PatientLadder),
            ("policy.yaml", _shipped.Judging["policy.yaml"] + "  chisinau: md\n"));
        var now = new DateTimeOffset(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);
        var story = Case.Empty(Guid.Parse("0197f3c0-0000-7000-8000-000000000001"));

        Tell(new CaseCommand.OpenCase(
            20418, Guid.Parse("0197f3c0-0000-7000-8000-0000000000ff"), new CustomerContact("Ioana", "ioana@example.org", null, "ro", "Europe/Chisinau"), "quality",
            "The kettle leaks.", Channel.Email, Heat.Calm, null, "kettle", "chisinau", null));
        Assert.Equal(
            [("md-example.received", now.AddDays(7)), ("md-example.answer", now.AddDays(14))],
            story.Clocks.Where(clock => clock.Kind == ClockKind.Statutory).Select(clock => (clock.Name, clock.DueAt)));
        Assert.Contains("Primiți răspunsul nostru până la 3 decembrie 2026.", story.Notices[0].Body, StringComparison.Ordinal);

        var lacking = new CaseCommand.SendLetter("md-example", "answer", ImmutableDictionary<string, string>.Empty.Add("decision", "Îl înlocuim."), "{decision}", null);
        Assert.Contains("agenția pentru consumatori", story.Decide(lacking, Context()).Refusal!.Detail, StringComparison.Ordinal);
        Tell(lacking with { Body = null });
        Tell(new CaseCommand.RecordNoticeAccepted(2, now, 1));
        Assert.DoesNotContain(story.Clocks, clock => clock is { Kind: ClockKind.Statutory, IsRunning: true });

        void Tell(CaseCommand command)
        {
            var decision = story.Decide(command, Context());
            Assert.Null(decision.Refusal);
            story = decision.Events.Aggregate(story, (state, happened) => state.Evolve(happened, now, "ana"));
        }

        Context Context() => new(now, new Actor("ana", Roles.Agent), policies.Current, policies);
    }

    private PolicyFiles With(string file, string text) => _shipped with
    {
        Judging = _shipped.Judging.ToDictionary(each => each.Key, each => each.Key == file ? text : each.Value, StringComparer.Ordinal),
    };

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
