using System.Globalization;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;

namespace Escalation.Dashboard.Api;

/// <summary>PRM-1: what should make whoever promises think again.</summary>
internal static class PromiseWarnings
{
    /// <summary>The warnings about a due instant, for a customer in <paramref name="timeZone"/>; none for a good hour.</summary>
    public static IReadOnlyList<WarningView> Of(DateTimeOffset dueAt, string timeZone, PromisePolicy policy)
    {
        List<WarningView> warnings = [];
        if (SendBy.IsQuiet(dueAt, timeZone, policy))
        {
            warnings.Add(new WarningView(
                "quietHours",
                $"For the customer that is {SendBy.OnWallClock(dueAt, timeZone):HH:mm} ({timeZone}), in their quiet hours from {policy.QuietFrom:HH:mm} to {policy.QuietUntil:HH:mm}."));
        }

        var calendar = policy.Calendar;
        if (!calendar.IsWorking(dueAt))
        {
            warnings.Add(new WarningView(
                "outsideWorkingTime",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"For us that is {SendBy.OnWallClock(dueAt, calendar.TimeZone):ddd HH:mm} ({calendar.TimeZone}), when nobody works.")));
        }

        return warnings;
    }
}
