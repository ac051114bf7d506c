namespace Escalation.Grains.Policies;

/// <summary>Where rules get their policy from; the one in force may change while the host runs, a version never does.</summary>
public interface IPolicySource
{
    /// <summary>The policy in force.</summary>
    Policy Current { get; }

    /// <summary>The policy as it was in <paramref name="version"/>; null when nobody knows it.</summary>
    Policy? Find(string version);
}
