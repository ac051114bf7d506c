using Escalation.Dashboard.Access;
using Escalation.Grains.Calendars;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>The policy in force.</summary>
/// <param name="Version">The company's own word for it, and what its text adds up to.</param>
/// <param name="ConflictTypes">The conflict types that a case may have.</param>
/// <param name="Calendars">Ids of its calendars, with their zones.</param>
/// <param name="SlaPolicies">In order: the first whose conditions hold judges a case.</param>
/// <param name="PauseReasons">CLK-3: for what a case may pause.</param>
/// <param name="Names">What people call what has no texts of its own on the pages.</param>
public sealed record PolicyView(
    string Version,
    IReadOnlyList<string> ConflictTypes,
    IReadOnlyList<CalendarIdView> Calendars,
    IReadOnlyList<SlaPolicyView> SlaPolicies,
    IReadOnlyList<string> PauseReasons,
    PolicyNamesView Names)
{
    internal static PolicyView Of(Policy policy) => new(
        policy.Version,
        [.. policy.ConflictTypes.Order(StringComparer.Ordinal)],
        [.. policy.Sla.Calendars.OrderBy(calendar => calendar.Key, StringComparer.Ordinal).Select(calendar => new CalendarIdView(calendar.Key, calendar.Value.TimeZone))],
        [
            .. policy.Sla.Policies.Select(sla => new SlaPolicyView(
                sla.Id,
                sla.When.AreNone,
                [.. sla.Targets.Select(target => new SlaTargetView(target.Key, target.Value.Calendar, target.Value.Target))])),
        ],
        [.. policy.Sla.PauseReasons.Keys.Order(StringComparer.Ordinal)],
        PolicyNamesView.Of(policy));
}

/// <summary>What people call things of the policy, each by language (BCP 47), English among them.</summary>
/// <param name="Clocks">Clocks of the law, by their name in a case.</param>
/// <param name="Packs">Laws, by id.</param>
/// <param name="Letters">Letters of laws, as <c>uk-disp.finalResponse</c>.</param>
/// <param name="Gifts">Gifts of the catalogue, by id.</param>
public sealed record PolicyNamesView(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Clocks,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Packs,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Letters,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Gifts)
{
    internal static PolicyNamesView Of(Policy policy)
    {
        var packs = policy.Packs.Packs.Values;
        return new PolicyNamesView(
            Named(packs.SelectMany(pack => pack.Clocks.Select(clock => (pack.NameOf(clock.Id), clock.Name ?? clock.Title)))
                .Concat(policy.Sla.Statutory.Where(clock => clock.Name is not null).Select(clock => (clock.Id, clock.Name!)))),
            Named(packs.Select(pack => (pack.Id, pack.Name))),
            Named(packs.SelectMany(pack => pack.Letters.Select(letter => (pack.NameOf(letter.Id), letter.Name)))),
            Named(policy.Goodwill.Items.DistinctBy(item => item.Id).Select(item => (item.Id, item.Name))));

        static Dictionary<string, IReadOnlyDictionary<string, string>> Named(IEnumerable<(string Id, PolicyText Name)> names) =>
            names.ToDictionary(each => each.Id, each => (IReadOnlyDictionary<string, string>)each.Name.ByLanguage, StringComparer.Ordinal);
    }
}

/// <summary>A calendar's id and zone.</summary>
public sealed record CalendarIdView(string Id, string TimeZone);

/// <summary>An SLA policy.</summary>
/// <param name="Id">Its name.</param>
/// <param name="IsDefault">True for the last, which judges every case that no other does.</param>
/// <param name="Targets">What it expects.</param>
public sealed record SlaPolicyView(string Id, bool IsDefault, IReadOnlyList<SlaTargetView> Targets);

/// <summary>How long a clock may run.</summary>
public sealed record SlaTargetView(string Clock, string Calendar, Target Target);

/// <summary>Due instants that would move if open cases were judged by the policy in force.</summary>
/// <param name="Version">The policy in force.</param>
/// <param name="Cases">How many cases this page looked at.</param>
/// <param name="Items">Every due instant that would move, start or end.</param>
/// <param name="Next">Goes into <c>after</c> for the next page; absent on the last.</param>
public sealed record PolicyPreviewView(string Version, int Cases, IReadOnlyList<ClockMove> Items, Guid? Next);

/// <summary>What came of reading the policy anew.</summary>
public sealed record PolicyReloadView(string Version, string Was);

/// <summary>CLK-2: looks at the policy, changes it and rolls it out.</summary>
internal static class PolicyRoutes
{
    private const int MostCases = 500;

    private static readonly QueryParameter[] PreviewParameters =
    [
        new("limit", $"How many cases are looked at, at most {MostCases}. Default: 100.", false, new OpenApiSchema { Type = JsonSchemaType.Integer }),
        new("after", "The next of the page before.", false, new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" }),
    ];

    public static void Map(Routes routes, IServiceProvider services)
    {
        var policies = services.GetRequiredService<IPolicySource>();
        var rollout = services.GetRequiredService<IPolicyRollout>();
        var read = new Operation("policy.get", Rights.PolicyRead, "The policy in force.")
        {
            Tag = "Policy",
            Answer = typeof(PolicyView),
        };
        routes.Get("/api/policy", read, context => JsonAnswer.WriteAsync(context, PolicyView.Of(policies.Current)));
        routes.Get("/api/policy/preview", read with
        {
            Name = "policy.preview",
            Right = Rights.PolicyPreview,
            Summary = "CLK-2: which due instants would move if open cases were judged by the policy in force. Nothing is changed.",
            Answer = typeof(PolicyPreviewView),
            Query = PreviewParameters,
        }, context => PreviewAsync(context, policies, rollout));

        var reload = new Operation(
            "policy.reload", Rights.PolicyManage, "Reads the policy folder anew; it judges cases that open from now on. A faulty one changes nothing.")
        {
            Tag = "Policy",
            Body = [],
            Answer = typeof(PolicyReloadView),
            Refusals = [StatusCodes.Status422UnprocessableEntity],
        };
        routes.Post("/api/policy/reload", reload, context => ReloadAsync(context, rollout));
        var apply = reload with
        {
            Name = "policy.apply",
            Summary = "CLK-2: has every open case judged by the policy in force; what their clocks consumed stays consumed. The same again does what is left.",
            Answer = typeof(PolicyApplication),
            Refusals = [],
        };
        routes.Post("/api/policy/apply", apply, context => ApplyAsync(context, rollout));
    }

    private static async Task PreviewAsync(HttpContext context, IPolicySource policies, IPolicyRollout rollout)
    {
        var faults = new Faults();
        var query = context.Request.Query;
        var limit = 100;
        if (query.TryGetValue("limit", out var asked) && (!int.TryParse(asked, out limit) || limit is < 1 or > MostCases))
        {
            faults.Add("limit", $"must be a whole number from 1 to {MostCases}");
        }

        Guid? after = null;
        if (query.TryGetValue("after", out var place))
        {
            after = Guid.TryParseExact(place, "D", out var id) ? id : null;
            if (after is null)
            {
                faults.Add("after", "must be the next of the page before");
            }
        }

        if (faults.Any)
        {
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        var preview = await rollout.PreviewAsync(after, limit, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, new PolicyPreviewView(policies.Current.Version, preview.Cases, preview.Moves, preview.Next));
    }

    private static async Task ReloadAsync(HttpContext context, IPolicyRollout rollout)
    {
        if (await EmptyBodyAsync(context) is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var reload = await rollout.ReloadAsync(context.RequestAborted);
        await (reload.Problems.Count == 0
            ? JsonAnswer.WriteAsync(context, new PolicyReloadView(reload.Version, reload.Was))
            : Faulty(reload).WriteAsync(context));
    }

    private static async Task ApplyAsync(HttpContext context, IPolicyRollout rollout) =>
        await (await EmptyBodyAsync(context) is { } problem
            ? problem.WriteAsync(context)
            : JsonAnswer.WriteAsync(context, await rollout.ApplyAsync(ActorPrincipal.Of(context.User)!, context.RequestAborted)));

    private static async Task<Problem?> EmptyBodyAsync(HttpContext context) =>
        (await JsonBody.ReadAsync(context, new Faults(), mayBeEmpty: true, 0, (_, _) => true)).Problem;

    /// <summary>Each problem under its file and line.</summary>
    private static Problem Faulty(PolicyReload reload) => new(
        StatusCodes.Status422UnprocessableEntity,
        "policy.invalid",
        $"The policy has {reload.Problems.Count} problem(s); version {reload.Was} stays in force. First: {reload.Problems[0]}")
    {
        Errors = reload.Problems.Select(problem => problem.Split(": ", 2))
            .GroupBy(parts => parts[0], parts => parts[^1])
            .ToDictionary(place => place.Key, place => place.ToList()),
    };
}
