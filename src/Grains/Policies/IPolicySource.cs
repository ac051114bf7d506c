namespace Escalation.Grains.Policies;

/// <summary>Where rules get the policy in force from; it may change while the host runs.</summary>
public interface IPolicySource
{
    Policy Current { get; }
}
