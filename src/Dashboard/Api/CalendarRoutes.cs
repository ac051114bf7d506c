using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Escalation.Dashboard.Access;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>CLK-6: a due instant with what adds up to it.</summary>
/// <param name="DueAt">When the target is used up.</param>
/// <param name="Intervals">What counted, in order; sums exactly to the target. Very many are put together by months or years.</param>
public sealed record DueView(DateTimeOffset DueAt, IReadOnlyList<IntervalView> Intervals);

/// <summary>Working time between two instants.</summary>
/// <param name="Worked">In hours, minutes and seconds: a day of work has no fixed length.</param>
/// <param name="Seconds">The same in seconds.</param>
public sealed record WorkedView([property: JsonConverter(typeof(HoursConverter))] TimeSpan Worked, decimal Seconds);

/// <summary>CLK-2: what calendars make of a target, and of two instants. Nothing is changed.</summary>
internal sealed class CalendarRoutes
{
    private static readonly InstantField Start = new("start", true, "Where the target begins to run.");
    private static readonly TargetField Target = new("target", true, "How long it runs.");
    private static readonly InstantField From = new("from", true, "Where counting begins.");
    private static readonly InstantField To = new("to", true, "Where counting ends; not before from.");

    private readonly CalendarField _calendar;

    private CalendarRoutes(IPolicySource policies) =>
        _calendar = new CalendarField("calendar", true, "The id of one of the policy's calendars (always: true 24/7), or one written out.", policies);

    public static void Map(Routes routes, IPolicySource policies)
    {
        var answers = new CalendarRoutes(policies);
        var due = new Operation("calendars.due", Rights.CalendarsUse, "CLK-2, CLK-6: when a target is used up, and why then.")
        {
            Tag = "Calendars",
            Body = [answers._calendar, Start, Target],
            Answer = typeof(DueView),
        };
        var worked = new Operation("calendars.worked", Rights.CalendarsUse, "CLK-2: working time between two instants.")
        {
            Tag = "Calendars",
            Body = [answers._calendar, From, To],
            Answer = typeof(WorkedView),
        };
        routes.Post("/api/calendars/due", due, answers.DueAsync);
        routes.Post("/api/calendars/worked", worked, answers.WorkedAsync);
    }

    private async Task DueAsync(HttpContext context)
    {
        var (asked, problem) = await JsonBody.ReadAsync(
            context, new Faults(), mayBeEmpty: false, 0, (f, _) => (Calendar: f.Get(_calendar), Start: f.Get(Start), Target: f.Get(Target)));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var (due, intervals) = asked.Calendar.Explain(asked.Start, asked.Target);
        await (due.IsRefused
            ? Problems.Of(due.Refusal).WriteAsync(context)
            : JsonAnswer.WriteAsync(context, new DueView(
                due.At, [.. intervals.Select(interval => new IntervalView(interval.From, interval.To, interval.Counted))])));
    }

    private async Task WorkedAsync(HttpContext context)
    {
        var (asked, problem) = await JsonBody.ReadAsync(context, new Faults(), mayBeEmpty: false, 0, (f, _) =>
        {
            var read = (Calendar: f.Get(_calendar), From: f.GetOptional(From), To: f.GetOptional(To));
            if (read.To < read.From)
            {
                f.Fault(To, "is before from");
            }

            return read;
        });
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var worked = asked.Calendar.Worked(asked.From!.Value, asked.To!.Value);
        await JsonAnswer.WriteAsync(context, new WorkedView(worked, worked.Ticks / (decimal)TimeSpan.TicksPerSecond));
    }
}

/// <summary>A duration without days: <c>PT40H30M</c>.</summary>
internal sealed class HoursConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Only answers hold such durations.");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        var text = new StringBuilder("PT");
        var hours = value.Ticks / TimeSpan.TicksPerHour;
        var seconds = value.Ticks % TimeSpan.TicksPerMinute / (decimal)TimeSpan.TicksPerSecond;
        Append(hours, 'H');
        Append(value.Minutes, 'M');
        if (seconds > 0 || text.Length == 2)
        {
            Append(seconds, 'S', always: true);
        }

        writer.WriteStringValue(text.ToString());

        void Append(decimal number, char unit, bool always = false)
        {
            if (number > 0 || always)
            {
                text.Append(number.ToString(CultureInfo.InvariantCulture)).Append(unit);
            }
        }
    }
}
