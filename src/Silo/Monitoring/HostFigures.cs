using System.Diagnostics.Metrics;
using Escalation.Grains;
using Escalation.Grains.Board;

namespace Escalation.Silo.Monitoring;

/// <summary>What <c>GET /api/status</c> tells, as gauges: read only when somebody collects them.</summary>
internal sealed class HostFigures(IPlatformStatus status, IMeterFactory meters) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(Telemetry.Name);
        Gauge("escalation.cases.open", "{case}", "Open cases.", now => now.OpenCases);
        Gauge("escalation.promises.open", "{promise}", "Promises that run.", now => now.Promises.Open);
        Gauge("escalation.promises.at_risk", "{promise}", "Promises past their send-by that are neither kept nor explained.", now => now.Promises.AtRisk);
        Gauge("escalation.promises.silently_lapsed", "{promise}", "PRM-8: must be 0. Alarm on anything else.", now => now.Promises.SilentlyLapsed);
        Gauge("escalation.notices.planned", "{notice}", "Notices that wait to be sent.", now => now.Notices.Planned);
        meter.CreateObservableGauge(
            "escalation.tail.lag", () => status.Read().LagMs / 1000, "s", "From the decision of the last change until this host's board had it.");
        meter.CreateObservableGauge(
            "escalation.tail.stale", () => status.Read() is { StaleSince: { } since } now ? (now.ServerTime - since).TotalSeconds : 0, "s",
            "How long the log could not be followed; 0 while it can.");
        return Task.CompletedTask;

        void Gauge(string name, string unit, string description, Func<StatusView, long> read) =>
            meter.CreateObservableGauge(name, () => read(status.Read()), unit, description);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
