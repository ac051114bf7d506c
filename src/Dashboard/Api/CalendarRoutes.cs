using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Escalation.Dashboard.Access;
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
internal static class CalendarRoutes
{
    private static readonly CalendarField Calendar = new("calendar", true, "The id of a calendar (always: true 24/7), or one written out.");
    private static readonly InstantField Start = new("start", true, "Where the target begins to run.");
    private static readonly TargetField Target = new("target", true, "How long it runs.");
    private static readonly InstantField From = new("from", true, "Where counting begins.");
    private static readonly InstantField To = new("to", true, "Where counting ends; not before from.");

    private static readonly Operation Due = new("calendars.due", Rights.CalendarsUse, "CLK-2, CLK-6: when a target is used up, and why then.")
    {
        Tag = "Calendars",
        Body = [Calendar, Start, Target],
        Answer = typeof(DueView),
    };

    private static readonly Operation Worked = new("calendars.worked", Rights.CalendarsUse, "CLK-2: working time between two instants.")
    {
        Tag = "Calendars",
        Body = [Calendar, From, To],
        Answer = typeof(WorkedView),
    };

    public static void Map(Routes routes)
    {
        routes.Post("/api/calendars/due", Due, DueAsync);
        routes.Post("/api/calendars/worked", Worked, WorkedAsync);
    }

    private static async Task DueAsync(HttpContext context)
    {
        var (asked, problem) = await JsonBody.ReadAsync(
            context, new Faults(), mayBeEmpty: false, 0, (f, _) => (Calendar: f.Get(Calendar), Start: f.Get(Start), Target: f.Get(Target)));
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

    private static async Task WorkedAsync(HttpContext context)
    {
        var (asked, problem) = await JsonBody.ReadAsync(context, new Faults(), mayBeEmpty: false, 0, (f, _) =>
        {
            var read = (Calendar: f.Get(Calendar), From: f.GetOptional(From), To: f.GetOptional(To));
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
