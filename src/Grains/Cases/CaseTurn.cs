using Escalation.Grains.Escalations;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Cases;

/// <summary>One decision in the making: what was decided so far, and the case as it stands after that.</summary>
internal sealed class CaseTurn(Case state, Context context)
{
    private readonly List<CaseEvent> _events = [];

    /// <summary>The case after everything emitted so far.</summary>
    public Case Case { get; private set; } = state;

    public Context Context { get; } = context;

    public DateTimeOffset Now => Context.Now;

    public IReadOnlyList<CaseEvent> Events => _events;

    /// <summary>The targets that this case is judged by.</summary>
    public SlaBook Sla => Context.PolicyOf(Case.PolicyVersion).Sla;

    /// <summary>The ladder that this case goes up.</summary>
    public LadderBook Ladder => Context.PolicyOf(Case.PolicyVersion).Ladder;

    public void Emit(CaseEvent happened)
    {
        _events.Add(happened);
        Case = Case.Evolve(happened, Now, Context.By.Id);
    }
}
