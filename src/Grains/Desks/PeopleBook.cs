using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Desks;

/// <summary>Who works here, as a policy says it: what each knows, how much each takes on, and in which team.</summary>
/// <param name="People">By the name they sign in with.</param>
/// <param name="Teams">In the order in which they are asked to take a case.</param>
public sealed record PeopleBook(IReadOnlyDictionary<string, Person> People, ImmutableArray<Team> Teams)
{
    /// <summary>Nobody: every case waits in the queue until someone takes it.</summary>
    public static PeopleBook Empty { get; } = new(new Dictionary<string, Person>(), []);

    public Person? Find(string? id) => id is null ? null : People.GetValueOrDefault(id);

    /// <summary>The team of a person who takes cases from a desk; null for everyone else.</summary>
    public Team? TeamOf(string? id) =>
        Find(id)?.Team is { } team ? Teams.FirstOrDefault(known => known.Id == team) : null;
}

/// <summary>People who take cases from one queue.</summary>
/// <param name="Id">For instance <c>front</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Calendar">Id of the calendar outside of which nothing is offered; null for round the clock.</param>
public sealed record Team(string Id, PolicyText Name, string? Calendar = null)
{
    /// <summary>The stream of the team's desk.</summary>
    public Guid Stream => TeamDesk.IdOf(Id);
}

/// <summary>DSK-1: someone who works here.</summary>
/// <param name="Id">The name they sign in with.</param>
/// <param name="Name">As people call them.</param>
/// <param name="Team">Whose cases they are offered; null for none.</param>
/// <param name="Level">The highest level whose cases they take.</param>
/// <param name="Languages">BCP 47, those they speak; empty for any.</param>
/// <param name="Types">Conflict types that they know; empty for all.</param>
/// <param name="Sites">Sites that they work for; empty for all.</param>
/// <param name="Capacity">The weight of cases that they take on; 0 for nobody who is offered any.</param>
public sealed record Person(
    string Id,
    string Name,
    string? Team,
    Level Level,
    ImmutableArray<string> Languages,
    ImmutableArray<string> Types,
    ImmutableArray<string> Sites,
    int Capacity)
{
    /// <summary>Whether they speak <paramref name="language"/>, wherever it is spoken: <c>ro</c> is spoken by who speaks <c>ro-MD</c>.</summary>
    public bool Speaks(string language) => Languages.IsEmpty || Languages.Any(known => Primary(known).Equals(Primary(language), StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether they know the conflict type.</summary>
    public bool Knows(string type) => Types.IsEmpty || Types.Contains(type, StringComparer.Ordinal);

    /// <summary>Whether they work for the site; what is at no site is everyone's.</summary>
    public bool WorksFor(string? site) => site is null || Sites.IsEmpty || Sites.Contains(site, StringComparer.OrdinalIgnoreCase);

    internal static string Primary(string language) => language.Split('-')[0];
}
