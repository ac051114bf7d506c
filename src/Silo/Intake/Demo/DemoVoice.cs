using System.Collections.Immutable;

namespace Escalation.Silo.Intake.Demo;

/// <summary>One conflict of the demo day, in the customer's language. <c>{order}</c> stands for the order's number.</summary>
/// <param name="Type">Conflict type.</param>
/// <param name="Product">What it is about.</param>
/// <param name="Claim">In Moldovan lei; null when no money is asked for.</param>
/// <param name="Summary">The complaint.</param>
/// <param name="Facts">What was found out.</param>
/// <param name="Expectation">What the customer wants.</param>
/// <param name="First">One solution.</param>
/// <param name="Second">Another.</param>
/// <param name="Promise">What is promised.</param>
/// <param name="Delay">Why it may be late.</param>
/// <param name="Kept">What shows that it was kept.</param>
/// <param name="Closing">What the customer is told at the end.</param>
internal sealed record DemoStory(
    string Type,
    string Product,
    int? Claim,
    string Summary,
    string Facts,
    string Expectation,
    string First,
    string Second,
    string Promise,
    string Delay,
    string Kept,
    string Closing);

/// <summary>How one language's customers are called, and what is said in their cases. All of it is invented.</summary>
internal sealed record DemoVoice
{
    public required string Language { get; init; }

    /// <summary>Given and family names that go together, women's and men's.</summary>
    public required ImmutableArray<(string[] Given, string[] Family)> Names { get; init; }

    public required ImmutableArray<DemoStory> Stories { get; init; }

    /// <summary>What was written in public.</summary>
    public required DemoStory Review { get; init; }

    public required ImmutableArray<string> Listened { get; init; }

    public required ImmutableArray<string> Understood { get; init; }

    public required ImmutableArray<string> Contacted { get; init; }

    public required ImmutableArray<string> Agreed { get; init; }

    public required ImmutableArray<string> Heated { get; init; }

    public required ImmutableArray<string> Escalated { get; init; }

    public required ImmutableArray<string> CameBack { get; init; }

    public required string CallAboutDelay { get; init; }

    public required string SecondDelay { get; init; }

    public required string GivenOnTheSpot { get; init; }
}
