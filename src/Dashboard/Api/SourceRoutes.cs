using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Grains.Reviews;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Dashboard.Api;

/// <summary>REV-1, REV-3, REV-4: the register of public places, and what we answer in public.</summary>
internal static class SourceRoutes
{
    private static readonly InstantField LookedAt = new("at", false, "When somebody looked. Default: now.");
    private static readonly TextField Note = new("note", 4000, false, "Worth remembering.");

    public static void Map(Routes routes, IServiceProvider services)
    {
        var (grains, policies, time) = (
            services.GetRequiredService<IGrains>(), services.GetRequiredService<IPolicySource>(), services.GetRequiredService<TimeProvider>());
        var list = new Operation("sources.list", Rights.ReviewsRead, "REV-1, REV-3: the register of public places: when each was looked at, and what its rating says.")
        {
            Tag = "Public voice",
            Answer = typeof(Page<SourceView>),
        };
        routes.Get("/api/sources", list, async context =>
        {
            var book = policies.Current.Reviews;
            var views = new List<SourceView>();
            foreach (var place in book.Places)
            {
                views.Add(SourceView.Of(place, await SourceAsync(grains, place, context.RequestAborted), book, time.GetUtcNow()));
            }

            await JsonAnswer.WriteAsync(context, new Page<SourceView>(views, null));
        });

        var look = new Operation("sources.looked", Rights.ReviewsWork, "REV-1: somebody looked at a place; its look clock starts anew.")
        {
            Tag = "Public voice",
            Body = [LookedAt, Note],
            Answer = typeof(SourceView),
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Post("/api/sources/{id}/looked", look, async context =>
        {
            var place = CaseDesk.RouteText(context, "id");
            var stream = Source.IdOf(place);
            var by = ActorPrincipal.Of(context.User)!;
            var faults = new Faults();
            var ids = CommandIds.Of(context, by, look.Name, stream, 0, time, faults);
            var (command, problem) = await JsonBody.ReadAsync(context, faults, look.BodyMayBeEmpty, 0, (fields, _) =>
                new SourceCommand.RecordLook(place, fields.GetOptional(LookedAt), fields.Get(Note)));
            if (problem is not null)
            {
                await problem.WriteAsync(context);
                return;
            }

            switch (await grains.Source(stream).Tell(new Envelope<SourceCommand>(ids.Command, by, command!), CancellationToken.None))
            {
                case Answer.Done:
                    var book = policies.Current.Reviews;
                    var found = book.Find(place)!;
                    await JsonAnswer.WriteAsync(context, SourceView.Of(found, await SourceAsync(grains, found, CancellationToken.None), book, time.GetUtcNow()));
                    break;
                case Answer.No no:
                    await Problems.Of(no.Refusal).WriteAsync(context);
                    break;
            }
        });

        var questions = new Operation("questions.list", Rights.ReviewsRead, "REV-4: what we answer in public, by conflict type, with the day until which it is true.")
        {
            Tag = "Public voice",
            Answer = typeof(Page<QuestionView>),
        };
        routes.Get("/api/questions", questions, context => JsonAnswer.WriteAsync(context, new Page<QuestionView>(
            [.. policies.Current.Questions.Questions.Select(question => QuestionView.Of(question, time.GetUtcNow()))], null)));
    }

    internal static async Task<Source> SourceAsync(IGrains grains, PublicPlace place, CancellationToken cancellationToken) =>
        (await grains.Source(Source.IdOf(place.Id)).Get(cancellationToken)).State;
}
