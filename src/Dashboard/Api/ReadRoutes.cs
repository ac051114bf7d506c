using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains.Clocks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>Everything of a case that is only looked at: the case, its history, clocks and notices.</summary>
internal sealed class ReadRoutes(IGrains grains, IEventLog log, IPolicySource policies, CaseDesk desk)
{
    private static readonly QueryParameter CaseParameter =
        new("case", "The case whose notices are asked for.", true, new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" });

    public void Map(Routes routes)
    {
        var read = new Operation("cases.get", Rights.CasesRead, "The case as it is now.")
        {
            Tag = "Cases",
            Answer = typeof(CaseView),
            HasETag = true,
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/cases/{id}", read, CaseAsync);
        routes.Get("/api/cases/{id}/history", read with
        {
            Name = "cases.history",
            Summary = "Every event, oldest first; all of them unless a limit is given.",
            Answer = typeof(Page<HistoryView>),
            Query = Paging.Parameters,
            HasETag = false,
        }, HistoryAsync);
        routes.Get("/api/cases/{id}/clocks/{name}/why", read with
        {
            Name = "cases.clocks.why",
            Summary = "CLK-6: everything that adds up to the clock's due instant.",
            Answer = typeof(WhyView),
            HasETag = false,
        }, WhyAsync);
        routes.Get("/api/escalations/{id}/why", read with
        {
            Name = "escalations.why",
            Tag = "Escalations",
            Summary = "CLK-6: the intervals and policy that add up to when an escalation goes on by itself: not acknowledged, or held without contact.",
            Answer = typeof(WhyView),
            HasETag = false,
        }, WhyEscalatedAsync);
        routes.Get("/api/notices", read with
        {
            Name = "notices.list",
            Tag = "Notices",
            Summary = "PRM-5: what a case's customer was told, and how far each notice has come; oldest first.",
            Answer = typeof(Page<NoticeView>),
            Query = [CaseParameter, .. Paging.Parameters],
            HasETag = false,
        }, NoticesAsync);
    }

    private async Task CaseAsync(HttpContext context)
    {
        if (await desk.FindAsync(context) is var (state, version) && !IsKnown(context, version))
        {
            await JsonAnswer.WriteAsync(context, CaseView.Of(state, version));
        }
    }

    private async Task HistoryAsync(HttpContext context)
    {
        var faults = new Faults();
        var page = Paging.Of(context, faults, int.MaxValue);
        if (faults.Any)
        {
            await Problems.Invalid(faults).WriteAsync(context);
        }
        else if (await desk.FindAsync(context) is var (state, _))
        {
            var entries = await log.ReadAsync(state.Id, page.After, context.RequestAborted);
            await JsonAnswer.WriteAsync(context, page.Take(entries, HistoryView.Of, entry => entry.Version));
        }
    }

    private async Task WhyAsync(HttpContext context)
    {
        if (await desk.FindAsync(context) is var (state, _))
        {
            var name = CaseDesk.RouteText(context, "name");
            if (state.Clocks.FirstOrDefault(clock => clock.Name == name) is not { } clock)
            {
                await Problems.NotFound("clock", name).WriteAsync(context);
                return;
            }

            var history = await log.ReadAsync(state.Id, 0, context.RequestAborted);
            await JsonAnswer.WriteAsync(context, WhyView.Of(ClockExplanation.Of(clock, history, PolicyOf), PolicyOf));
        }
    }

    private async Task WhyEscalatedAsync(HttpContext context)
    {
        var id = CaseDesk.RouteText(context, "id");
        if (!CaseEscalation.TryParseId(id, out var caseId, out var number) ||
            (await grains.Case(caseId).Get(context.RequestAborted)).State.Escalations.ElementAtOrDefault(number - 1) is not { } escalation)
        {
            await Problems.NotFound("escalation", id).WriteAsync(context);
            return;
        }

        var history = await log.ReadAsync(caseId, 0, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, WhyView.Of(ClockExplanation.Of(escalation, history, PolicyOf), PolicyOf));
    }

    private Policy PolicyOf(string version) => policies.Find(version) ?? policies.Current;

    private async Task NoticesAsync(HttpContext context)
    {
        var faults = new Faults();
        var page = Paging.Of(context, faults, Paging.Most);
        var id = context.Request.Query[CaseParameter.Name].ToString();
        if (id.Length == 0)
        {
            faults.Add(CaseParameter.Name, "is required");
        }

        if (faults.Any)
        {
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        if (!Guid.TryParseExact(id, "D", out var caseId) || (await grains.Case(caseId).Get(context.RequestAborted)).State is not { Exists: true } state)
        {
            await Problems.NotFound("case", id).WriteAsync(context);
            return;
        }

        var notices = state.Notices.Where(notice => notice.Number > page.After).ToList();
        var attempts = context.RequestServices.GetService<INoticeAttempts>() is { } source
            ? (await source.ReadAsync(caseId, context.RequestAborted)).ToDictionary(one => one.Number)
            : [];
        await JsonAnswer.WriteAsync(context, page.Take(
            notices, notice => NoticeView.Of(state, notice, attempts.GetValueOrDefault(notice.Number)), notice => notice.Number));
    }

    /// <summary>Sets the ETag, and answers 304 when the caller has this version already.</summary>
    private static bool IsKnown(HttpContext context, int version)
    {
        var etag = Preconditions.ETag(version);
        context.Response.Headers.ETag = etag;
        if (!Preconditions.IsKnown(context, etag))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }
}

/// <summary>Which page of a list is asked for.</summary>
/// <param name="Limit">At most so many items.</param>
/// <param name="After">Only what comes after this number.</param>
internal readonly record struct Paging(int Limit, int After)
{
    public const int Most = 500;

    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("limit", "At most so many items.", false, new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "500" }),
        new("after", "What the last page gave as next.", false, new OpenApiSchema { Type = JsonSchemaType.String }),
    ];

    public static Paging Of(HttpContext context, Faults faults, int unless)
    {
        var query = context.Request.Query;
        return new Paging(
            LimitOf(context, faults, unless),
            Number(query["after"].ToString(), 0, 0, int.MaxValue, "after", "must be what the last page gave as next", faults));
    }

    /// <summary>At most so many items, for lists that go on after something else than a number.</summary>
    public static int LimitOf(HttpContext context, Faults faults, int unless) =>
        Number(context.Request.Query["limit"].ToString(), unless, 1, Most, "limit", "must be a number from 1 to 500", faults);

    /// <summary>The page, and where the next begins if there is more.</summary>
    public Page<TView> Take<TItem, TView>(IReadOnlyList<TItem> items, Func<TItem, TView> view, Func<TItem, int> number)
    {
        var taken = items.Take(Limit).ToList();
        return new Page<TView>(
            [.. taken.Select(view)],
            taken.Count < items.Count ? number(taken[^1]).ToString(CultureInfo.InvariantCulture) : null);
    }

    private static int Number(string text, int unless, int least, int most, string name, string fault, Faults faults)
    {
        if (text.Length == 0)
        {
            return unless;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        faults.Add(name, fault);
        return unless;
    }
}
