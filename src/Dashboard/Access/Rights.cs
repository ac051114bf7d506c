using Escalation.Grains;

namespace Escalation.Dashboard.Access;

/// <summary>Who may do what: the one table. Every route, hub and page names a right from here, or the host does not start.</summary>
public static class Rights
{
    private const Roles Staff = Roles.Agent | Roles.Supervisor | Roles.Admin;

    /// <summary>The same as <see cref="BoardWatch"/>'s name, for attributes on hubs.</summary>
    public const string BoardWatchName = "board.watch";

    /// <summary>The same as <see cref="DeskUse"/>'s name, for attributes on hubs.</summary>
    public const string DeskUseName = "desk.use";

    /// <summary>Is the host alive, is it ready, what are the public figures, how is the API described, sign in and out.</summary>
    public static Right Public { get; } = new("public", Roles.None);

    /// <summary>See who one is signed in as.</summary>
    public static Right SessionRead { get; } = new("session.read", Roles.Intake | Staff);

    public static Right CasesOpen { get; } = new("cases.open", Roles.Intake | Staff);

    /// <summary>Read any case, its history, notices and clocks.</summary>
    public static Right CasesRead { get; } = new("cases.read", Staff);

    /// <summary>Everything that moves a case on, and every word given to its customer. Rules of the case may ask for more.</summary>
    public static Right CasesWork { get; } = new("cases.work", Staff);

    public static Right EscalationsAcknowledge { get; } = new("escalations.acknowledge", Staff);

    /// <summary>ESC-3: see who is on duty.</summary>
    public static Right DutyRead { get; } = new("duty.read", Staff);

    /// <summary>See what waits for leave, and give or deny it. Nobody decides what they asked for.</summary>
    public static Right ApprovalsDecide { get; } = new("approvals.decide", Roles.Supervisor | Roles.Admin);

    /// <summary>Hand over letters that came in: a mail server's pipe.</summary>
    public static Right InboundMail { get; } = new("inbound.mail", Roles.Intake | Roles.Admin);

    /// <summary>See how people's and sites' promises ended.</summary>
    public static Right FiguresRead { get; } = new("figures.read", Roles.Supervisor | Roles.Admin);

    /// <summary>CLM-4: say how many gifts came or went.</summary>
    public static Right GoodwillManage { get; } = new("goodwill.manage", Roles.Supervisor | Roles.Admin);

    /// <summary>CLM-6: what stands out about a customer's claims. Trust is the default, so agents are not shown it.</summary>
    public static Right ClaimsReview { get; } = new("claims.review", Roles.Supervisor | Roles.Admin);

    public static Right CustomersRead { get; } = new("customers.read", Staff);

    /// <summary>CUS-1: correct how a customer is named and reached.</summary>
    public static Right CustomersEdit { get; } = new("customers.edit", Staff);

    /// <summary>CUS-6: keep what we know of a customer.</summary>
    public static Right CustomersWork { get; } = new("customers.work", Staff);

    /// <summary>CUS-5: decline to serve a customer, and serve them again.</summary>
    public static Right CustomersDecline { get; } = new("customers.decline", Roles.Supervisor | Roles.Admin);

    /// <summary>CUS-1: say that two customers are one; it cannot be undone.</summary>
    public static Right CustomersMerge { get; } = new("customers.merge", Roles.Supervisor | Roles.Admin);

    /// <summary>CUS-7: erase all that names a customer.</summary>
    public static Right CustomersErase { get; } = new("customers.erase", Roles.Supervisor | Roles.Admin);

    /// <summary>Ask when a target would be due on a calendar.</summary>
    public static Right CalendarsUse { get; } = new("calendars.use", Roles.Intake | Staff);

    /// <summary>See which policy is in force.</summary>
    public static Right PolicyRead { get; } = new("policy.read", Staff);

    /// <summary>See what open cases would have of the policy in force.</summary>
    public static Right PolicyPreview { get; } = new("policy.preview", Roles.Supervisor | Roles.Admin);

    /// <summary>Bring a changed policy into force, and have open cases judged by it.</summary>
    public static Right PolicyManage { get; } = new("policy.manage", Roles.Admin);

    /// <summary>Say which other systems are told what happens, personal data included, and see what they took.</summary>
    public static Right WebhooksManage { get; } = new("webhooks.manage", Roles.Admin);

    /// <summary>CASE-1: take over cases from files, and read line by line what was taken.</summary>
    public static Right ImportsRun { get; } = new("imports.run", Roles.Intake | Roles.Supervisor | Roles.Admin);

    /// <summary>REV-2: hand over what stands in public: a person who looked, or a program that reads it.</summary>
    public static Right ReviewsRecord { get; } = new("reviews.record", Roles.Intake | Staff);

    /// <summary>REV-1 to REV-4: see reviews, places and public answers.</summary>
    public static Right ReviewsRead { get; } = new("reviews.read", Staff);

    /// <summary>REV-1, REV-2: say that one looked, and that an answer was published.</summary>
    public static Right ReviewsWork { get; } = new("reviews.work", Staff);

    public static Right BoardWatch { get; } = new(BoardWatchName, Staff);

    /// <summary>Have a desk: answer offers, choose one's presence, see who is there. Another's presence takes a supervisor.</summary>
    public static Right DeskUse { get; } = new(DeskUseName, Staff);

    /// <summary>See which background jobs ran and how, and run one again. The pages exist in the cluster stack only.</summary>
    public static Right JobsWatch { get; } = new("jobs.watch", Roles.Supervisor | Roles.Admin);

    /// <summary>Read messages that no mail server took. The route exists in Development only.</summary>
    public static Right DevOutbox { get; } = new("dev.outbox", Staff);

    public static IReadOnlyList<Right> All { get; } =
    [
        Public, SessionRead, CasesOpen, CasesRead, CasesWork, EscalationsAcknowledge, DutyRead, ApprovalsDecide, GoodwillManage, ClaimsReview, FiguresRead, CustomersRead, CustomersEdit, CustomersWork, CustomersDecline, CustomersMerge, CustomersErase,
        CalendarsUse, PolicyRead, PolicyPreview, PolicyManage, WebhooksManage, ImportsRun, ReviewsRecord, ReviewsRead, ReviewsWork, BoardWatch, DeskUse,
        DevOutbox, InboundMail, JobsWatch,
    ];
}
