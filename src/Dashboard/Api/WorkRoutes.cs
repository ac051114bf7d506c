using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains.Cases;
using Escalation.Grains.Escalations;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static Escalation.Grains.Cases.CaseCommand;
using In = Escalation.Dashboard.Api.CaseFields;

namespace Escalation.Dashboard.Api;

/// <summary>The work on a case: what each stage needs, promises, the ladder, the end.</summary>
internal static class WorkRoutes
{
    public static void Map(Routes routes, CaseDesk desk)
    {
        Work("contacts", "Evidence of contact with the customer.", [In.Direction, In.Channel, In.Note],
            (f, _) => new LogContact(f.Get(In.Direction), f.Get(In.Channel), f.Get(In.Note)));
        Work("steps", "CASE-2: ticks off a step of the stage.", [In.Step, In.NoteIfAny],
            (f, _) => new DoStep(f.Get(In.Step), f.Get(In.NoteIfAny)));
        Work("facts", "CASE-2, Clarify: the facts, and what the customer expects.", [In.Facts, In.Expectation],
            (f, _) => new RecordFacts(f.Get(In.Facts), f.Get(In.Expectation)));
        Work("options", "CASE-2, Options: a solution that was offered.", [In.Text, In.Cost],
            (f, _) => new OfferOption(f.Get(In.Text), f.Get(In.Cost)));
        Work("agreement", "CASE-2, Agreement: the customer's yes, in words.", [In.Text, In.Options, In.RemedyGiven],
            (f, _) => new ReachAgreement(f.Get(In.Text), f.Get(In.Options) ?? [], f.Get(In.RemedyGiven)));
        Work("stage", "CASE-2, CASE-3: one stage forward, or back to contact as the next round.", [In.To, In.ReasonIfAny],
            (f, _) => new MoveToStage(f.Get(In.To), f.Get(In.ReasonIfAny)));
        Work("heat", "CASE-6: how hot the conflict is now.", [In.Heat, In.ReasonIfAny],
            (f, _) => new SetHeat(f.Get(In.Heat), f.Get(In.ReasonIfAny)));
        Work("note", "Something worth remembering.", [In.Note],
            (f, _) => new AddNote(f.Get(In.Note)));
        Work("assign", "Who answers for the case from now on.", [In.Agent],
            (f, _) => new AssignOwner(f.Get(In.Agent)));
        Work("escalate", "ESC-1: someone's explicit word that the case must go up.", [In.Reason, In.Level],
            (f, _) => new Escalate(f.Get(In.Reason), f.GetOptional(In.Level)));
        Work("pause", "CLK-3: our own clocks stand still, for a reason that the policy names; the customer's word ends it.", [In.PauseReason],
            (f, _) => new PauseCase(f.Get(In.PauseReason)));
        Work("resume", "CLK-3: our own clocks go on.", [],
            (_, _) => new ResumeCase());
        Work("close", "CASE-2, CASE-7: the end, with its outcome.", [In.Outcome, In.Farewell],
            (f, _) => new CloseCase(f.Get(In.Outcome), f.Get(In.Farewell)));
        Work("reopen", "CASE-4: the customer came back.", [In.ReasonIfAny],
            (f, _) => new ReopenCase(f.Get(In.ReasonIfAny)));

        var make = Of("promises.make", "PRM-1: something a named agent tells the customer will happen by an instant.", [In.Text, In.DueAt, In.Owner, In.OutsideLaw]) with
        {
            Success = StatusCodes.Status201Created,
            Answer = typeof(PromiseReceipt),
            Representation = null,
        };
        routes.Post("/api/cases/{id}/promises", make, desk.Tells(
            make, (f, _) => new MakePromise(f.Get(In.Text), f.Get(In.DueAt), f.Get(In.Owner), f.Get(In.OutsideLaw)), PromiseMadeAsync));

        OnPromise("keep", "PRM-7: kept, with a word of evidence.", [In.Evidence],
            (f, promise) => new KeepPromise(promise, f.Get(In.Evidence)));
        OnPromise("confirm", "PRM-3: it will be kept in time; until the last call the platform does not explain by itself.", [],
            (_, promise) => new ConfirmPromise(promise));
        OnPromise("answer", "PRM-6: what the customer told us about the new date.", [In.Answer, In.AnswerChannel],
            (f, promise) => new AnswerDelay(promise, null, f.Get(In.Answer), f.GetOptional(In.AnswerChannel) ?? Channel.Phone));
        OnPromise("explain", "PRM-3, PRM-4: tells the customer why it is late, and until when. A second delay waits for a supervisor.", [In.Reason, In.NewDueAt],
            (f, promise) => new ExplainDelay(promise, f.Get(In.Reason), f.Get(In.NewDueAt)), ExplainedAsync, ApprovalRoutes.Waiting);
        OnPromise("withdraw", "The promise no longer stands.", [In.Reason],
            (f, promise) => new WithdrawPromise(promise, f.Get(In.Reason)));

        var acknowledge = Of("escalations.acknowledge", "ESC-4: someone takes the escalation.", []) with
        {
            Right = Rights.EscalationsAcknowledge,
            Tag = "Escalations",
        };
        OnEscalation("acknowledge", acknowledge, (_, escalation) => new AcknowledgeEscalation(escalation));
        OnEscalation(
            "close",
            Of("escalations.close", "ESC-5: whoever has it, or a supervisor, says that nothing is left to do about it.", [In.Reason]) with { Tag = "Escalations" },
            (f, escalation) => new CloseEscalation(escalation, f.Get(In.Reason)));

        void OnEscalation(string word, Operation operation, Func<Fields, int, CaseCommand> read) =>
            routes.Post($"/api/escalations/{{id}}/{word}", operation, context =>
            {
                var id = CaseDesk.RouteText(context, "id");
                return CaseEscalation.TryParseId(id, out var caseId, out var number)
                    ? desk.TellAsync(context, operation, caseId, number, read)
                    : Problems.NotFound("escalation", id).WriteAsync(context);
            });

        void Work(string word, string summary, IReadOnlyList<Field> body, Func<Fields, int, CaseCommand> read)
        {
            var operation = Of($"cases.{word}", summary, body);
            routes.Post($"/api/cases/{{id}}/{word}", operation, desk.Tells(operation, read));
        }

        void OnPromise(
            string word, string summary, IReadOnlyList<Field> body, Func<Fields, int, CaseCommand> read,
            CaseDesk.Answering? answer = null, (int, Type, string)? otherwise = null)
        {
            var operation = Of($"promises.{word}", summary, body) with { Otherwise = otherwise };
            routes.Post($"/api/cases/{{id}}/promises/{{pid}}/{word}", operation, context =>
            {
                if (!CaseDesk.TryCase(context, out var caseId))
                {
                    return Problems.NotFound("case", CaseDesk.RouteText(context, "id")).WriteAsync(context);
                }

                var pid = CaseDesk.RouteText(context, "pid");
                return TryPromise(pid, out var number)
                    ? desk.TellAsync(context, operation, caseId, number, read, answer)
                    : Problems.NotFound("promise", pid).WriteAsync(context);
            });
        }
    }

    private static Operation Of(string name, string summary, IReadOnlyList<Field> body) => new(name, Rights.CasesWork, summary)
    {
        Tag = "Cases",
        Body = body,
        Answer = typeof(Receipt),
        Representation = typeof(CaseView),
        HasETag = true,
        TakesIfMatch = true,
        Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
    };

    /// <summary>202 when the new date waits for a supervisor.</summary>
    private static async Task ExplainedAsync(HttpContext context, ICaseGrain grain, Guid caseId, Answer.Done done)
    {
        var state = await grain.GetAt(done.Version, CancellationToken.None);
        TryPromise(CaseDesk.RouteText(context, "pid"), out var promise);
        var waiting = done.Events.OfType<CaseEvent.PromiseExplained>().Any()
            ? null
            : state.Approvals.LastOrDefault(approval => approval.IsOpen && approval.Promise == promise);
        if (waiting is null)
        {
            await CaseDesk.ReceiptAsync(context, grain, caseId, done);
            return;
        }

        context.Response.Headers.ETag = Preconditions.ETag(done.Version);
        await JsonAnswer.WriteAsync(context, ApprovalView.Of(caseId, waiting), StatusCodes.Status202Accepted);
    }

    /// <summary>PRM-1: whoever made the promise sees it as the customer does, and is warned of a bad hour.</summary>
    private static async Task PromiseMadeAsync(HttpContext context, ICaseGrain grain, Guid caseId, Answer.Done done)
    {
        var made = done.Events.OfType<CaseEvent.PromiseMade>().First();
        var state = await grain.GetAt(done.Version, CancellationToken.None);
        var policy = context.RequestServices.GetRequiredService<IPolicySource>().Current;
        var local = SendBy.OnWallClock(made.DueAt, state.TimeZone);
        context.Response.Headers.ETag = Preconditions.ETag(done.Version);
        await JsonAnswer.WriteAsync(
            context,
            new PromiseReceipt(
                Promise.IdOf(made.Promise), made.DueAt, made.SendBy, 0, local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
                state.TimeZone, PromiseWarnings.Of(made.DueAt, state.TimeZone, policy.Promises)),
            StatusCodes.Status201Created);
    }

    /// <summary>Reads <c>p7</c> as 7.</summary>
    private static bool TryPromise(string id, out int number)
    {
        number = 0;
        return id.Length > 1 && id[0] == 'p' && id[1] != '0' &&
            int.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
