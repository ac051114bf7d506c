using System.Globalization;
using System.Text;
using Escalation.Grains.Escalations;
using Escalation.Silo.Policy;

namespace Escalation.Silo.Ladder;

/// <summary>ESC-3, LNG-1: what a mail says to somebody on duty, in their language.</summary>
/// <param name="person">Who is told.</param>
/// <param name="policy">Whose names and calendars.</param>
/// <param name="address">Where the pages are.</param>
internal sealed class DutyLetter(DutyPerson person, Grains.Policies.Policy policy, string address)
{
    private const int MostListed = 20;

    private readonly StaffTexts _texts = StaffTexts.For(person.Language);

    public string Language => _texts.Language;

    public string SubjectOf(IReadOnlyList<TellingJob.Item> items) => items.Count == 1
        ? _texts.Say("duty.subject", [.. About(items[0]), ("due", DueOf(items[0]))])
        : _texts.Say("duty.subjectOfMany", ("count", Number(items.Count)), ("due", DueOf(items.MinBy(item => item.Escalation.DueAt)!)));

    public string BodyOf(IReadOnlyList<TellingJob.Item> items)
    {
        var text = new StringBuilder().Append(_texts.Say("duty.onDuty", ("name", person.Name))).Append('\n');
        foreach (var item in items.OrderBy(item => item.Escalation.DueAt).Take(MostListed))
        {
            text.Append('\n').Append(_texts.Say(item.Telling.Round > 1 ? "duty.itemAgain" : "duty.item", [.. About(item), ("round", Number(item.Telling.Round))])).Append('\n')
                .Append(_texts.Say("duty.acknowledge", ("due", DueOf(item)), ("link", $"{address}/case/{item.Case.Id}"))).Append('\n');
        }

        return items.Count > MostListed
            ? text.Append('\n').Append(_texts.Say("duty.more", ("count", Number(items.Count - MostListed)), ("link", $"{address}/"))).Append('\n').ToString()
            : text.ToString();
    }

    private (string, string)[] About(TellingJob.Item item) =>
    [
        ("level", Capital(_texts.Say($"shared.level.{YamlPart.CamelCase(item.Escalation.Level)}"))),
        ("number", Number(item.Case.Opening!.Number)),
        ("cause", CauseOf(item.Escalation)),
    ];

    /// <summary>In the zone of the calendar that counts it.</summary>
    private string DueOf(TellingJob.Item item) => policy.Texts.For(_texts.Language)
        .Due(item.Escalation.DueAt, policy.Sla.Calendars.GetValueOrDefault(item.Escalation.Plan.Calendar)?.TimeZone ?? "UTC");

    /// <summary><c>clock.breached:acknowledge</c> as "a clock was breached: contact after complaint".</summary>
    private string CauseOf(CaseEscalation escalation)
    {
        var (code, about) = escalation.Cause.Split(':', 2) is [var kind, var what] ? (kind, what) : (escalation.Cause, null);
        var words = _texts.Find($"board.cause.{code}") ?? Plain(code);
        return about is null ? words : $"{words}: {ClockName(about)}";
    }

    private string ClockName(string clock) => _texts.Find($"shared.clock.{clock}")
        ?? policy.Packs.Packs.Values.SelectMany(pack => pack.Clocks.Where(one => pack.NameOf(one.Id) == clock).Select(one => one.Name ?? one.Title)).FirstOrDefault()?.For(_texts.Language)
        ?? policy.Sla.Statutory.FirstOrDefault(law => law.Id == clock)?.Name?.For(_texts.Language)
        ?? Plain(clock);

    /// <summary><c>firstContact</c> as "first contact".</summary>
    private static string Plain(string code) => string.Concat(code.Select(letter =>
        letter == '.' ? " " : char.IsAsciiLetterUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter.ToString()));

    private static string Capital(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
