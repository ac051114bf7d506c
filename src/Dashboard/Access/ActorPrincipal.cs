using System.Security.Claims;
using Escalation.Grains;

namespace Escalation.Dashboard.Access;

/// <summary>The signed-in actor, as the framework carries users around.</summary>
public sealed class ActorPrincipal : ClaimsPrincipal
{
    /// <summary>How the sign-in reached us.</summary>
    public enum Means
    {
        /// <summary>A key in a header or, for hubs, in the query: cannot be sent by a foreign page on a person's behalf.</summary>
        Key,

        /// <summary>A cookie: the browser sends it by itself, so where the request comes from must be checked.</summary>
        Cookie,
    }

    public ActorPrincipal(Actor actor, Means by)
        : base(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, actor.Id), new Claim(ClaimTypes.Name, actor.Id)], by.ToString()))
    {
        Actor = actor;
        By = by;
    }

    public Actor Actor { get; }

    public Means By { get; }

    /// <summary>The actor behind <paramref name="user"/>, or null when nobody is signed in.</summary>
    public static Actor? Of(ClaimsPrincipal? user) => (user as ActorPrincipal)?.Actor;
}
