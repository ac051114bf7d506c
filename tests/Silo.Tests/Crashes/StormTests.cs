using Escalation.TestKit;

namespace Escalation.Silo.Tests.Crashes;

/// <summary>The storm, scaled down; <c>./bench storm</c> runs it in full.</summary>
[Collection(RealTime.Two)]
public sealed class StormTests
{
    [Fact, Rule("PRM-8")]
    public async Task Nothing_lapses_silently_in_a_storm()
    {
        var size = new StormSize(
            300, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(44), TimeSpan.FromSeconds(40), 2, TimeSpan.FromSeconds(3));

        var left = await new Storm(size, _ => { }).RunAsync();

        Assert.Empty(left.Faults);
        Assert.Equal((300, 300), (left.Counts.Promises, left.Counts.Moved));
        Assert.Equal((0, 0), (left.Counts.SilentlyLapsed, left.Counts.ExplainedAfterDue));
        Assert.Equal(0, left.DuplicatesOutside);
        Assert.Equal(2, left.Kills);
        Assert.True(left.Counts.Explained > 150, $"{left.Counts.Explained} of 300 were explained; {left.Counts.CallTasks} calls asked for.");
    }
}
