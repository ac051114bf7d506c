using Escalation.Dashboard.Access;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using NodaTime;
using NodaTime.Text;

namespace Escalation.Dashboard.Api;

/// <summary>PRM-1: times that may be promised on a day of the customer's.</summary>
/// <param name="Day">On the customer's calendar.</param>
/// <param name="TimeZone">The customer's zone.</param>
/// <param name="OurTimeZone">The zone of the calendar on which promises are kept.</param>
/// <param name="Closed">Of the six weeks from the month's first day on: the customer's days on which none of us works.</param>
/// <param name="Owner">Whose promises are counted.</param>
/// <param name="Promised">Of the same weeks: the customer's days on which promises in the owner's cases are due already.</param>
/// <param name="Times">Full hours that are still ahead.</param>
public sealed record PromiseTimesView(
    string Day, string TimeZone, string OurTimeZone, IReadOnlyList<string> Closed, string Owner, IReadOnlyList<PromisedDayView> Promised,
    IReadOnlyList<PromiseTimeView> Times);

/// <summary>A day on which promises are due.</summary>
/// <param name="Day">On the customer's calendar.</param>
/// <param name="Promises">How many are still to be kept then.</param>
public sealed record PromisedDayView(string Day, int Promises);

/// <summary>A time that may be promised.</summary>
/// <param name="DueAt">The instant.</param>
/// <param name="Outside">None of us works then.</param>
/// <param name="Quiet">The customer is not to be disturbed then.</param>
/// <param name="Promises">How many promises of the owner's are due within that hour already.</param>
public sealed record PromiseTimeView(DateTimeOffset DueAt, bool Outside, bool Quiet, int Promises);

/// <summary>PRM-1, PRM-2: what a promise would be like, were it made now.</summary>
/// <param name="DueAt">When it would be due.</param>
/// <param name="SendBy">By when the customer would be told if it were late.</param>
/// <param name="TimeZone">The customer's zone.</param>
/// <param name="OurTimeZone">The zone of the calendar on which promises are kept.</param>
/// <param name="Warnings">What should make one think again.</param>
/// <param name="Better">A time shortly before at which someone works and nobody is disturbed; absent when it is good as it is, or none is near.</param>
/// <param name="Language">The language of the letter.</param>
/// <param name="Letter">What the customer would read; absent when they would not be told.</param>
public sealed record PromisePreviewView(
    DateTimeOffset DueAt,
    DateTimeOffset SendBy,
    string TimeZone,
    string OurTimeZone,
    IReadOnlyList<WarningView> Warnings,
    DateTimeOffset? Better,
    string Language,
    string? Letter);

/// <summary>PRM-1: helps to choose a date that can be kept. Nothing is changed.</summary>
internal sealed class PromiseDateRoutes
{
    private const int FirstHour = 7;
    private const int LastHour = 21;
    private const int DaysShown = 42;
    private const int LongText = 4000;
    private const string Link = "https://…";

    /// <summary>How far before the asked hour a better one is looked for.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromDays(4);

    private static readonly QueryParameter Day =
        new("day", "A date on the customer's calendar, for instance 2026-11-20. Default: today.", false, new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" });

    private static readonly QueryParameter Owner =
        new("owner", "Whose promises are counted. Default: the case's owner, or who asks.", false, new OpenApiSchema { Type = JsonSchemaType.String });

    private static readonly QueryParameter DueAt =
        new("dueAt", "When it would be due.", true, new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" });

    private static readonly QueryParameter Text =
        new("text", "What would be promised.", false, new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = LongText });

    private readonly CaseDesk _desk;
    private readonly DeskBook _desks;
    private readonly IPolicySource _policies;
    private readonly TimeProvider _time;

    private PromiseDateRoutes(IServiceProvider services) =>
        (_desk, _desks, _policies, _time) = (
            services.GetRequiredService<CaseDesk>(), services.GetRequiredService<DeskBook>(), services.GetRequiredService<IPolicySource>(), services.GetRequiredService<TimeProvider>());

    public static void Map(Routes routes, IServiceProvider services)
    {
        var answers = new PromiseDateRoutes(services);
        var times = new Operation("promises.times", Rights.CasesRead, "PRM-1: at which hours of a day something may be promised, and what is promised already.")
        {
            Tag = "Promises",
            Answer = typeof(PromiseTimesView),
            Query = [Day, Owner],
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/cases/{id}/promises/times", times, answers.TimesAsync);
        routes.Get("/api/cases/{id}/promises/preview", times with
        {
            Name = "promises.preview",
            Summary = "PRM-1, PRM-2: the send-by, the warnings and the letter of a promise that is not made yet.",
            Answer = typeof(PromisePreviewView),
            Query = [DueAt, Text],
        }, answers.PreviewAsync);
    }

    private async Task TimesAsync(HttpContext context)
    {
        if (await _desk.FindAsync(context) is not var (state, _))
        {
            return;
        }

        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(state.TimeZone) ?? DateTimeZone.Utc;
        var now = _time.GetUtcNow();
        var day = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        if (context.Request.Query.TryGetValue(Day.Name, out var asked))
        {
            if (LocalDatePattern.Iso.Parse(asked.ToString()) is not { Success: true, Value: { Year: >= 1990 and < 2190 } date })
            {
                await InvalidAsync(context, Day, "must be a date such as 2026-11-20");
                return;
            }

            day = date;
        }

        var policy = _policies.Current.Promises;
        var first = new LocalDate(day.Year, day.Month, 1);
        var closed = Enumerable.Range(0, DaysShown).Select(first.PlusDays)
            .Where(each => policy.Calendar.Worked(At(each, 0), At(each.PlusDays(1), 0)) == TimeSpan.Zero);
        var owner = context.Request.Query[Owner.Name].ToString() is { Length: > 0 } named ? named : state.Owner ?? ActorPrincipal.Of(context.User)!.Id;
        var promised = _desks.PromisedIn(owner);
        var days = promised.Select(at => Instant.FromDateTimeOffset(at).InZone(zone).Date).Where(date => date >= first && date < first.PlusDays(DaysShown));
        var times = Enumerable.Range(FirstHour, LastHour - FirstHour + 1).Select(hour => At(day, hour)).Where(at => at > now);
        await JsonAnswer.WriteAsync(context, new PromiseTimesView(
            LocalDatePattern.Iso.Format(day), state.TimeZone, policy.Calendar.TimeZone,
            [.. closed.Select(LocalDatePattern.Iso.Format)],
            owner,
            [.. days.GroupBy(date => date).OrderBy(same => same.Key).Select(same => new PromisedDayView(LocalDatePattern.Iso.Format(same.Key), same.Count()))],
            [
                .. times.Select(at => new PromiseTimeView(
                    at, !policy.Calendar.IsWorking(at), SendBy.IsQuiet(at, state.TimeZone, policy),
                    promised.Count(due => due >= at && due < at + TimeSpan.FromHours(1)))),
            ]));

        DateTimeOffset At(LocalDate date, int hour) => date.At(new LocalTime(hour, 0)).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();
    }

    private async Task PreviewAsync(HttpContext context)
    {
        var (text, now) = (context.Request.Query[Text.Name].ToString(), _time.GetUtcNow());
        if (!DutyRoute.TryInstant(context.Request.Query[DueAt.Name], out var dueAt))
        {
            await InvalidAsync(context, DueAt, "must be an instant with an offset between the years 1900 and 2200, for instance 2026-11-21T16:30:00Z");
        }
        else if (dueAt <= now)
        {
            await InvalidAsync(context, DueAt, "must be in the future");
        }
        else if (text.Length > LongText)
        {
            await InvalidAsync(context, Text, $"must have at most {LongText} characters");
        }
        else if (await _desk.FindAsync(context) is var (state, _))
        {
            await JsonAnswer.WriteAsync(context, Preview(state, dueAt, text, now, ActorPrincipal.Of(context.User)!.Id));
        }
    }

    private PromisePreviewView Preview(Case state, DateTimeOffset dueAt, string text, DateTimeOffset now, string by)
    {
        var policy = _policies.Current;
        var texts = policy.Texts.For(state.Language);
        var warnings = PromiseWarnings.Of(dueAt, state.TimeZone, policy.Promises);
        return new PromisePreviewView(
            dueAt,
            SendBy.Of(now, dueAt, state.TimeZone, policy.Promises),
            state.TimeZone,
            policy.Promises.Calendar.TimeZone,
            warnings,
            warnings.Count == 0 ? null : Better(dueAt, now, state.TimeZone, policy.Promises),
            texts.Language,
            NoticeDraft.BodyOf(state, policy, NoticeKind.Promise, state.Owner ?? by, new()
            {
                ["promise"] = text,
                ["date"] = texts.Due(dueAt, state.TimeZone),
                ["status"] = Link,
            }));
    }

    /// <summary>The last full hour before <paramref name="dueAt"/> at which someone works and the customer is awake.</summary>
    private static DateTimeOffset? Better(DateTimeOffset dueAt, DateTimeOffset now, string timeZone, PromisePolicy policy)
    {
        var least = now + policy.LeadMinimum > dueAt - Near ? now + policy.LeadMinimum : dueAt - Near;
        for (var at = new DateTimeOffset(dueAt.UtcTicks - (dueAt.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero); at > least; at -= TimeSpan.FromHours(1))
        {
            if (policy.Calendar.IsWorking(at) && !SendBy.IsQuiet(at, timeZone, policy))
            {
                return at;
            }
        }

        return null;
    }

    private static Task InvalidAsync(HttpContext context, QueryParameter parameter, string fault)
    {
        var faults = new Faults();
        faults.Add(parameter.Name, fault);
        return Problems.Invalid(faults).WriteAsync(context);
    }
}
