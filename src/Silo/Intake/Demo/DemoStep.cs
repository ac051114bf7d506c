using Escalation.Grains;
using Escalation.Grains.Cases;

namespace Escalation.Silo.Intake.Demo;

/// <summary>Something that someone does on the demo day.</summary>
/// <param name="At">When.</param>
/// <param name="Case">In which case.</param>
/// <param name="CommandId">Follows from seed, case and place, so that the same day has the same ids.</param>
/// <param name="By">Who.</param>
/// <param name="Command">
/// What. An <see cref="CaseCommand.OpenCase"/> lacks its number; an <see cref="CaseCommand.AcknowledgeEscalation"/> of 0
/// means whichever is open then.
/// </param>
internal sealed record DemoStep(DateTimeOffset At, Guid Case, Guid CommandId, Actor By, CaseCommand Command);

/// <summary>The people of the firm: a home-goods and delivery shop in Chișinău that does not exist.</summary>
internal static class DemoStaff
{
    public static readonly Actor[] Agents =
    [
        new("ana", Roles.Agent), new("sergiu", Roles.Agent), new("elena", Roles.Agent), new("ion", Roles.Agent), new("daria", Roles.Agent),
    ];

    /// <summary>Head of service.</summary>
    public static readonly Actor Irina = new("irina", Roles.Agent | Roles.Supervisor);

    /// <summary>The shop's form, mail gateway and review watch.</summary>
    public static readonly Actor Intake = new("shop", Roles.Intake);
}
