using Escalation.Grains.Cases;

namespace Escalation.Grains.Playbooks;

/// <summary>CASE-2: how a playbook's steps stand in a case.</summary>
public static class StepProgress
{
    /// <summary>True for what has to be done before the stage is left.</summary>
    public static bool IsRequired(StepMark mark) => Tick(mark) is null;

    /// <summary>The step that a person ticks off; null for what the case shows by itself.</summary>
    public static Step? Tick(StepMark mark) => mark switch
    {
        StepMark.Listen => Step.Listen,
        StepMark.Pause => Step.Pause,
        StepMark.Understanding => Step.Understanding,
        StepMark.Join => Step.Join,
        StepMark.Contact or StepMark.Facts or StepMark.Options or StepMark.Agreement or StepMark.Commitment or StepMark.Close => null,
    };

    /// <summary>Is it done in this round? What the rules do not ask of this case counts as done (CLM-1, CLM-6).</summary>
    public static bool IsDone(StepMark mark, Case state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var work = state.Work;
        return mark switch
        {
            StepMark.Contact => work.ContactMade,
            StepMark.Facts => work.FactsKnown || work.Trusted,
            StepMark.Options => work.OptionsOffered >= 2 || work.Conceded,
            StepMark.Agreement => work.Agreed,
            StepMark.Commitment => work.RemedyGiven || work.PromisesMade > 0,
            StepMark.Close => !state.IsOpen,
            StepMark.Listen or StepMark.Pause or StepMark.Understanding or StepMark.Join =>
                !work.Steps.IsDefault && work.Steps.Contains(Tick(mark)!.Value),
        };
    }
}
