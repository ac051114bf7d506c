using Escalation.Grains;

namespace Escalation.Dashboard.Access;

/// <summary>Leave to do one kind of thing.</summary>
/// <param name="Name">Its name, which is also the name of its authorization policy: <c>board.watch</c>.</param>
/// <param name="Roles">Who has it; none of them stands for anyone, signed in or not.</param>
public sealed record Right(string Name, Roles Roles)
{
    /// <summary>True when no sign-in is needed.</summary>
    public bool IsPublic => Roles == Roles.None;

    /// <summary>True when <paramref name="roles"/> have this right.</summary>
    public bool IsHeldBy(Roles roles) => IsPublic || (Roles & roles) != 0;
}
