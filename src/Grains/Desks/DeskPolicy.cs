namespace Escalation.Grains.Desks;

/// <summary>How cases are offered to agents, as a policy sets it (DSK-2, DSK-3, DSK-5).</summary>
public sealed record DeskPolicy
{
    /// <summary>An agent has this long to answer an offer. Default: 30 seconds.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>However near a due instant is, an agent has this long. Default: 10 seconds.</summary>
    public TimeSpan WindowLeast { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The share of what is left until the case's next due instant that an offer may take. Default: 0.1.</summary>
    public double WindowShare { get; init; } = 0.1;

    /// <summary>Who declined a case, or did not answer, is not offered it again before this. Default: 10 minutes.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>DSK-5: what is due within this time is offered to others when its owner has gone. Default: 5 minutes.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A page that is loaded again is back within this time; only then its owner counts as gone (DSK-5). Default: 10 seconds.</summary>
    public TimeSpan ReturnWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After so many offers in a row that were not answered, an agent is taken to be away. Default: 3.</summary>
    public int MissedBeforeAway { get; init; } = 3;

    /// <summary>Reasons for which an offer may be declined, with what people read.</summary>
    public IReadOnlyDictionary<string, string> DeclineReasons { get; init; } = new Dictionary<string, string>
    {
        ["onACall"] = "On a call",
        ["language"] = "Not my language",
        ["conflictOfInterest"] = "Conflict of interest",
        ["lunch"] = "On a break",
        ["other"] = "Another reason",
    };

    /// <summary>DSK-1: how much of an agent's capacity a case of a type takes; 1 for types that are not named.</summary>
    public IReadOnlyDictionary<string, int> Weights { get; init; } = new Dictionary<string, int>();

    public int WeightOf(string type) => Weights.GetValueOrDefault(type, 1);

    /// <summary>DSK-2: how long an offer stands; it shrinks as the case's next due instant nears.</summary>
    public TimeSpan WindowAt(DateTimeOffset now, DateTimeOffset? dueAt)
    {
        if (dueAt is not { } due)
        {
            return Window;
        }

        var share = TimeSpan.FromSeconds(Math.Round(Math.Max(0, (due - now).TotalSeconds) * WindowShare));
        return share < WindowLeast ? WindowLeast : share < Window ? share : Window;
    }
}
