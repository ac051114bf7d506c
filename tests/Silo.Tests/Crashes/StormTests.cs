using System.Diagnostics;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Crashes;

/// <summary>The storm, scaled down; <c>./bench storm</c> runs it in full.</summary>
[Collection(RealTime.Two)]
public sealed class StormTests
{
    [Fact, Rule("PRM-8")]
    public async Task Nothing_lapses_silently_in_a_storm()
    {
        // Hosts are away for as long as they take to start, and on a busy machine that is long: so is the time that is left then.
        var lead = TimeSpan.FromSeconds(15) + (await StartTimeAsync() * 3);
        var size = new StormSize(300, TimeSpan.FromSeconds(10), lead + TimeSpan.FromSeconds(4), lead, 2, TimeSpan.FromSeconds(3));

        var left = await new Storm(size, _ => { }).RunAsync();

        Assert.Empty(left.Faults);
        Assert.Equal((300, 300), (left.Counts.Promises, left.Counts.Moved));
        Assert.Equal((0, 0), (left.Counts.SilentlyLapsed, left.Counts.ExplainedAfterDue));
        Assert.Equal(0, left.DuplicatesOutside);
        Assert.Equal(2, left.Kills);
        Assert.True(left.Counts.Explained > 150, $"{left.Counts.Explained} of 300 were explained; {left.Counts.CallTasks} calls asked for.");
    }

    private static async Task<TimeSpan> StartTimeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("escalation-storm-").FullName;
        try
        {
            var begun = Stopwatch.GetTimestamp();
            await using var host = await HostProcess.StartAsync(folder);
            return Stopwatch.GetElapsedTime(begun);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
