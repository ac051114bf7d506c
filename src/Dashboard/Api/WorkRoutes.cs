using Escalation.Dashboard.Access;
using Escalation.Grains.Cases;
using Escalation.Grains.Escalations;
using Escalation.Grains.Hosting;
using Microsoft.AspNetCore.Http;
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
        Work("close", "CASE-2, CASE-7: the end, with its outcome.", [In.Outcome, In.Farewell],
            (f, _) => new CloseCase(f.Get(In.Outcome), f.Get(In.Farewell)));
        Work("reopen", "CASE-4: the customer came back.", [In.ReasonIfAny],
            (f, _) => new ReopenCase(f.Get(In.ReasonIfAny)));

        var make = Of("promises.make", "PRM-1: something a named agent tells the customer will happen by an instant.", [In.Text, In.DueAt, In.Owner]) with
        {
            Success = StatusCodes.Status201Created,
            Answer = typeof(PromiseReceipt),
            Representation = null,
        };
        routes.Post("/api/cases/{id}/promises", make, desk.Tells(
            make, (f, _) => new MakePromise(f.Get(In.Text), f.Get(In.DueAt), f.Get(In.Owner)), PromiseMadeAsync));

        OnPromise("keep", "PRM-7: kept, with a word of evidence.", [In.Evidence],
            (f, promise) => new KeepPromise(promise, f.Get(In.Evidence)));
        OnPromise("explain", "PRM-3, PRM-4: tells the customer why it is late, and until when.", [In.Reason, In.NewDueAt],
            (f, promise) => new ExplainDelay(promise, f.Get(In.Reason), f.Get(In.NewDueAt)));
        OnPromise("withdraw", "The promise no longer stands.", [In.Reason],
            (f, promise) => new WithdrawPromise(promise, f.Get(In.Reason)));

        var acknowledge = Of("escalations.acknowledge", "ESC-4: someone takes the escalation.", []) with
        {
            Right = Rights.EscalationsAcknowledge,
            Tag = "Escalations",
        };
        routes.Post("/api/escalations/{id}/acknowledge", acknowledge, context =>
        {
            var id = CaseDesk.RouteText(context, "id");
            return CaseEscalation.TryParseId(id, out var caseId, out var number)
                ? desk.TellAsync(context, acknowledge, caseId, number, (_, escalation) => new AcknowledgeEscalation(escalation))
                : Problems.NotFound("escalation", id).WriteAsync(context);
        });

        void Work(string word, string summary, IReadOnlyList<Field> body, Func<Fields, int, CaseCommand> read)
        {
            var operation = Of($"cases.{word}", summary, body);
            routes.Post($"/api/cases/{{id}}/{word}", operation, desk.Tells(operation, read));
        }

        void OnPromise(string word, string summary, IReadOnlyList<Field> body, Func<Fields, int, CaseCommand> read)
        {
            var operation = Of($"promises.{word}", summary, body);
            routes.Post($"/api/cases/{{id}}/promises/{{pid}}/{word}", operation, context =>
            {
                if (!CaseDesk.TryCase(context, out var caseId))
                {
                    return Problems.NotFound("case", CaseDesk.RouteText(context, "id")).WriteAsync(context);
                }

                var pid = CaseDesk.RouteText(context, "pid");
                return TryPromise(pid, out var number)
                    ? desk.TellAsync(context, operation, caseId, number, read)
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

    private static Task PromiseMadeAsync(HttpContext context, ICaseGrain grain, Guid caseId, Answer.Done done)
    {
        var made = done.Events.OfType<CaseEvent.PromiseMade>().First();
        context.Response.Headers.ETag = Preconditions.ETag(done.Version);
        return JsonAnswer.WriteAsync(
            context,
            new PromiseReceipt(Grains.Promises.Promise.IdOf(made.Promise), made.DueAt, made.SendBy, 0),
            StatusCodes.Status201Created);
    }

    /// <summary>Reads <c>p7</c> as 7.</summary>
    private static bool TryPromise(string id, out int number)
    {
        number = 0;
        return id.Length > 1 && id[0] == 'p' && id[1] != '0' &&
            int.TryParse(id.AsSpan(1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number);
    }
}
