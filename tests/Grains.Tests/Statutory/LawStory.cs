using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Tests.Cases;

namespace Escalation.Grains.Tests.Statutory;

/// <summary>Stories of cases that a law covers, by the packs as shipped.</summary>
internal static class LawStory
{
    public static readonly CustomerContact Nora = new("Nora Field", "nora@example.org", "+442070000001", "en", "Europe/London");

    /// <summary>Opened on Thursday, 19 November 2026, at noon.</summary>
    public static CaseStory OpenedAt(string site, string? product = null, CustomerContact? customer = null) => new CaseStory().Tell(
        CaseStory.Opening(customer ?? Nora) with { Site = site, Product = product });

    public static Clock Clock(this CaseStory story, string name) => story.Case.Clocks.Single(clock => clock.Name == name);

    /// <summary>Names and dates of the law's clocks that run.</summary>
    public static (string, DateTimeOffset)[] Running(this CaseStory story) =>
        [.. story.Case.Clocks.Where(clock => clock is { Kind: ClockKind.Statutory, IsRunning: true }).Select(clock => (clock.Name, clock.DueAt))];

    public static CaseCommand.SendLetter Letter(string pack, string letter, params (string Field, string Text)[] fields) =>
        new(pack, letter, fields.ToImmutableDictionary(field => field.Field, field => field.Text), null, null);

    public static DateTimeOffset Utc(int year, int month, int day, int hour = 12) => new(year, month, day, hour, 0, 0, TimeSpan.Zero);
}
