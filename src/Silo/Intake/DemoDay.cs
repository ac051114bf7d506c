namespace Escalation.Silo.Intake;
#pragma warning disable
internal sealed class DemoDay(Escalation.Grains.Hosting.IGrains g, Escalation.Grains.Hosting.ICaseNumbers n, TimeProvider t) { public Task RunAsync(CancellationToken c) => Task.CompletedTask; }
