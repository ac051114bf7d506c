using Escalation.Dashboard.Access;
using Escalation.Dashboard.CustomerPages;
using Escalation.Dashboard.Inbound;
using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Links;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Escalation.Dashboard.Api;

/// <summary>Composes the HTTP API.</summary>
public static class ApiSetup
{
    /// <summary>
    /// Adds what the API needs of its own. From the host it needs the ports: IGrains, IEventLog, ICaseNumbers,
    /// ICustomerDirectory, ICustomerLinks, IPromiseFigures, IPastBoards, IReviewList, IDeclinedCustomers, IPolicySource, IPolicyRollout, IPlatformStatus, IImports, IWebhooks,
    /// <see cref="IAccessStore"/>, and in Development IOutbox.
    /// </summary>
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddRouting();
        services.AddAccess();
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimits();
        services.ConfigureHttpJsonOptions(json => Wire.Configure(json.SerializerOptions));
        services.AddApiDescription();
        services.TryAddSingleton<Grains.Board.Board>();
        services.TryAddSingleton<Grains.Desks.DeskBook>();
        services.TryAddSingleton<FirstAnswers>();
        services.TryAddSingleton<CaseDesk>();
        services.TryAddSingleton<CustomerDesk>();
        services.TryAddSingleton<OpeningRoute>();
        services.TryAddSingleton<ReadRoutes>();
        services.TryAddSingleton<Grains.Customers.CustomerMerging>();
        services.TryAddSingleton<CustomerApi>();
        services.TryAddSingleton<DecliningReviews>();
        services.TryAddSingleton<Grains.Reviews.ReviewErrands>();
        services.TryAddSingleton<ReviewRoutes>();
        services.TryAddSingleton<AnswersPage>();
        services.TryAddSingleton<ClaimRoutes>();
        services.TryAddSingleton<GoodwillRoutes>();
        services.TryAddSingleton<StatutoryRoutes>();
        services.TryAddSingleton<SessionRoutes>();
        services.TryAddSingleton<DeskRoutes>();
        services.AddOptions<CustomerPageOptions>().BindConfiguration(CustomerPageOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<CustomerRoutes>();
        services.TryAddSingleton<Grains.Reviews.UnreadLetters>();
        services.TryAddSingleton<PlaceMailDesk>();
        services.TryAddSingleton<InboundRoute>();
        return services;
    }

    /// <summary>Refusals as problems, sign-in, limits and rights, in this order. Before anything that answers requests.</summary>
    public static IApplicationBuilder UseApi(this IApplicationBuilder app) => app
        .UseMiddleware<ProblemMiddleware>()
        .UseRouting()
        .UseAccess()
        .UseRateLimiter()
        .UseAuthorization();

    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var routes = new Routes(endpoints);
        PlatformRoutes.Map(routes, services.GetRequiredService<Grains.Board.IPlatformStatus>());
        services.GetRequiredService<SessionRoutes>().Map(routes);
        services.GetRequiredService<OpeningRoute>().Map(routes);
        services.GetRequiredService<ReadRoutes>().Map(routes);
        services.GetRequiredService<CustomerApi>().Map(routes);
        services.GetRequiredService<ReviewRoutes>().Map(routes);
        SourceRoutes.Map(routes, services);
        services.GetRequiredService<AnswersPage>().Map(endpoints);
        BoardRoute.Map(routes, services.GetRequiredService<Grains.Board.Board>(), services.GetRequiredService<IPastBoards>(), services.GetRequiredService<IPolicySource>(), services.GetRequiredService<TimeProvider>());
        RailRoute.Map(routes, services.GetRequiredService<Grains.Board.Board>(), services.GetRequiredService<IPolicySource>(), PublicVoice.Of(services), services.GetRequiredService<DecliningReviews>(), services.GetRequiredService<TimeProvider>());
        WorkRoutes.Map(routes, services.GetRequiredService<CaseDesk>());
        services.GetRequiredService<CustomerRoutes>().Map(endpoints);
        LinkRoutes.Map(routes, services.GetRequiredService<CaseDesk>(), services.GetRequiredService<ICustomerLinks>(), services.GetRequiredService<TimeProvider>());
        ApprovalRoutes.Map(routes, services.GetRequiredService<CaseDesk>(), services.GetRequiredService<Grains.Board.Board>());
        KeptRoutes.Map(routes, services.GetRequiredService<IPromiseFigures>(), services.GetRequiredService<TimeProvider>());
        services.GetRequiredService<ClaimRoutes>().Map(routes);
        services.GetRequiredService<GoodwillRoutes>().Map(routes);
        services.GetRequiredService<StatutoryRoutes>().Map(routes);
        services.GetRequiredService<DeskRoutes>().Map(routes);
        MergeRoute.Map(routes, services.GetRequiredService<CaseDesk>());
        CalendarRoutes.Map(routes, services.GetRequiredService<IPolicySource>());
        PolicyRoutes.Map(routes, services);
        PlaybookRoutes.Map(routes, services.GetRequiredService<CaseDesk>(), services.GetRequiredService<IPolicySource>());
        PromiseDateRoutes.Map(routes, services);
        ImportRoutes.Map(routes, services.GetRequiredService<Grains.Imports.IImports>(), services.GetRequiredService<TimeProvider>());
        WebhookRoutes.Map(routes, services.GetRequiredService<Grains.Webhooks.IWebhooks>(), services.GetRequiredService<TimeProvider>());
        DutyRoute.Map(routes, services.GetRequiredService<IPolicySource>(), services.GetRequiredService<TimeProvider>());
        services.GetRequiredService<InboundRoute>().Map(routes);
        if (services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            PlatformRoutes.MapOutbox(routes);
        }

        endpoints.MapOpenApi("/openapi/{documentName}.json").Requires(Rights.Public);
        endpoints.MapFallback("/api/{**rest}", NoSuchRoute.AnswerAsync).Requires(Rights.Public).WithDisplayName("unknown /api/...");
        return endpoints;
    }
}
