using Escalation.Grains.Reviews;
using Escalation.Silo.Deadlines;
using Escalation.Silo.Jobs;

namespace Escalation.Silo.Reviews;

/// <summary>The public voice.</summary>
internal static class ReviewServices
{
    public static IServiceCollection AddReviews(this IServiceCollection services)
    {
        services.AddSingleton<ReviewErrands>();
        services.AddSingleton<IReviewList, PostgresReviews>();
        services.AddSingleton<IDueErrand, ReviewDue>();
        services.AddSingleton<IDueErrand, SourceDue>();
        services.AddJob<RegisterJob>("register", TimeSpan.FromMinutes(1));
        return services;
    }
}
