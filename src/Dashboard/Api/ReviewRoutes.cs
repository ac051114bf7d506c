using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Reviews;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using In = Escalation.Dashboard.Api.CaseFields;

namespace Escalation.Dashboard.Api;

/// <summary>REV-2: what customers write about us in public, and what we answer there.</summary>
internal sealed class ReviewRoutes(IGrains grains, ReviewErrands errands, IReviewList list, TimeProvider time)
{
    private const int LongText = 10_000;
    private const int Unless = 50;
    private const string What = "review";

    private static readonly TextField Place = new("place", 100, true, "Where it stands, by its id in the register.", lines: false);
    private static readonly WholeField Rating = new("rating", 1, 5, false, "Stars; left out for words without stars.");
    private static readonly TextField Text = new("text", LongText, false, "What it says; left out for stars without words.");
    private static readonly TextField Author = new("author", 200, false, "Who wrote it, as the place names them.", lines: false);
    private static readonly TextField Url = new("url", 2000, false, "Where it stands.", lines: false);
    private static readonly InstantField At = new("at", false, "When it was written; the clocks of its case run from then. Default: now.");
    private static readonly TextField Key = new("key", 300, false, "Its own id at the place: under it an edited review is the same one. Default: what it says, who wrote it, when.", lines: false);
    private static readonly BooleanField Complains = new("complains", false, "It is a complaint, or none, whatever its stars. Default: by stars and words, as the policy has it.");
    private static readonly TextField Type = new("type", 100, false, "The conflict type. Default: the place's.", lines: false);
    private static readonly UuidField Customer = new("customer", false, "The customer who wrote it, where that is known. Default: a new one.");
    private static readonly TextField Reply = new("text", LongText, true, "What was published.");
    private static readonly TextField ReplyUrl = new("url", 2000, false, "Where the answer stands.", lines: false);
    private static readonly InstantField PublishedAt = new("publishedAt", false, "When it was published. Default: now.");

    private static readonly QueryParameter PlaceParameter =
        new("place", "Only of that place.", false, new OpenApiSchema { Type = JsonSchemaType.String });

    private static readonly QueryParameter WaitingParameter =
        new("waiting", "Only complaints that nobody has answered in public.", false, new OpenApiSchema { Type = JsonSchemaType.Boolean });

    private static readonly Problem NeverDeleted = new(
        StatusCodes.Status409Conflict, "review.neverDeleted",
        "A review is never deleted: what a customer said in public is answered, not removed. Record the answer instead. " +
        "What names its author is erased on their request with POST /api/reviews/{id}/erase; stars and instants stay.");

    public void Map(Routes routes)
    {
        var record = new Operation("reviews.record", Rights.ReviewsRecord, "REV-2: a review stands in public. One that complains opens a case with heat public and a reply clock.")
        {
            Tag = "Public voice",
            Body = [Place, Rating, Text, Author, Url, At, Key, Complains, Type, In.Language, Customer],
            Success = StatusCodes.Status201Created,
            Answer = typeof(ReviewView),
            Otherwise = (StatusCodes.Status200OK, typeof(ReviewView), "It is known already."),
        };
        routes.Post("/api/reviews", record, context => RecordAsync(context, record));

        var page = new Operation("reviews.list", Rights.ReviewsRead, "Reviews, the latest recorded first.")
        {
            Tag = "Public voice",
            Answer = typeof(Page<ReviewView>),
            Query = [PlaceParameter, WaitingParameter, .. Paging.Parameters],
        };
        routes.Get("/api/reviews", page, ListAsync);

        var one = new Operation("reviews.get", Rights.ReviewsRead, "One review.")
        {
            Tag = "Public voice",
            Answer = typeof(ReviewView),
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/reviews/{id}", one, async context =>
        {
            if (await FindAsync(context) is var (review, version))
            {
                await JsonAnswer.WriteAsync(context, ReviewView.Of(review, version));
            }
        });

        var reply = one with
        {
            Name = "reviews.reply",
            Right = Rights.ReviewsWork,
            Summary = "REV-2: an answer was published beside the review; its case's reply clock stops.",
            Body = [Reply, ReplyUrl, PublishedAt],
        };
        routes.Post("/api/reviews/{id}/reply", reply, context => TellAsync(context, reply, fields =>
            new ReviewCommand.RecordReply(fields.Get(Reply), fields.Get(ReplyUrl), fields.GetOptional(PublishedAt))));

        var erase = one with
        {
            Name = "reviews.erase",
            Right = Rights.CustomersErase,
            Summary = "CUS-7: erases what names the author of a review that opened no case; otherwise its customer is erased.",
            Body = [In.ReasonOfErasure],
            Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
        };
        routes.Post("/api/reviews/{id}/erase", erase, context => TellAsync(context, erase, fields =>
            new ReviewCommand.EraseReview(fields.Get(In.ReasonOfErasure))));

        var delete = new Operation("reviews.delete", Rights.ReviewsRead, "REV-2: refused, always, with the reason: a review is never deleted.")
        {
            Tag = "Public voice",
            Success = StatusCodes.Status409Conflict,
            Refusals = [StatusCodes.Status409Conflict],
        };
        routes.Delete("/api/reviews/{id}", delete, NeverDeleted.WriteAsync);
    }

    /// <summary>Not cancelled when the caller goes away; answered when place and case know it too.</summary>
    private async Task RecordAsync(HttpContext context, Operation operation)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var (asked, problem) = await JsonBody.ReadAsync(context, faults, mayBeEmpty: false, 0, (fields, _) => (
            Command: new ReviewCommand.RecordReview(
                fields.Get(Place), fields.GetOptional(Rating), fields.GetOptional(At), fields.GetOptional(Complains), fields.Get(Type),
                fields.Get(In.Language), fields.Get(Author), fields.Get(Text), fields.Get(Url), fields.GetOptional(Customer)),
            Key: fields.Get(Key)));
        var command = asked.Command;
        var id = command is null
            ? Guid.Empty
            : Review.IdOf(command.Place ?? "", asked.Key, command.Author, command.WrittenAt, command.Rating, command.Text);
        var ids = CommandIds.Of(context, by, operation.Name, id, 0, time, faults);
        if (problem is null && command?.Customer is { } customer && (await grains.Customer(customer).Get(context.RequestAborted)).State is not { Exists: true, Erasures: 0 })
        {
            faults.Add(Customer.Name, "is no customer, or one who was erased");
        }

        if (problem is not null || faults.Any)
        {
            await (problem ?? Problems.Invalid(faults)).WriteAsync(context);
            return;
        }

        await AnswerAsync(context, await grains.Review(id).Tell(new Envelope<ReviewCommand>(ids.Command, by, command!), CancellationToken.None), id);
    }

    private async Task TellAsync(HttpContext context, Operation operation, Func<Fields, ReviewCommand> read)
    {
        if (await GrainCommand.ReadAsync(context, operation, What, time, read) is var (id, envelope))
        {
            await AnswerAsync(context, await grains.Review(id).Tell(envelope, CancellationToken.None), id);
        }
    }

    private async Task AnswerAsync(HttpContext context, Answer answer, Guid id)
    {
        switch (answer)
        {
            case Answer.Done done:
                var (review, version) = await errands.RunAsync(id, CancellationToken.None);
                var isNew = done.Events is [ReviewEvent.ReviewRecorded, ..];
                if (isNew)
                {
                    context.Response.Headers.Location = $"/api/reviews/{id}";
                }

                await JsonAnswer.WriteAsync(context, ReviewView.Of(review, version), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
                break;
            case Answer.No no:
                await Problems.Of(no.Refusal).WriteAsync(context);
                break;
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var faults = new Faults();
        var query = context.Request.Query;
        var limit = Paging.LimitOf(context, faults, Unless);
        var (place, waiting, after) = (query[PlaceParameter.Name].ToString(), query[WaitingParameter.Name].ToString(), query["after"].ToString());
        if (place.Length > 0 && TextField.FaultOf(place, 100, lines: false) is { } fault)
        {
            faults.Add(PlaceParameter.Name, fault);
        }

        if (waiting is not ("" or "true" or "false"))
        {
            faults.Add(WaitingParameter.Name, "must be true or false");
        }

        var before = long.MaxValue;
        if (after.Length > 0 && !(long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before) && before > 0))
        {
            faults.Add("after", "must be what the last page gave as next");
        }

        if (faults.Any)
        {
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        var found = await list.ReadAsync(place.Length == 0 ? null : place, waiting == "true", before, limit + 1, context.RequestAborted);
        var items = found.Take(limit).ToList();
        await JsonAnswer.WriteAsync(context, new Page<ReviewView>(
            [.. items.Select(item => ReviewView.Of(item.Review, item.Version))],
            items.Count < found.Count ? items[^1].Position.ToString(CultureInfo.InvariantCulture) : null));
    }

    /// <summary>Null, with the problem answered, when there is no such review.</summary>
    private async Task<(Review State, int Version)?> FindAsync(HttpContext context)
    {
        var text = CaseDesk.RouteText(context, "id");
        if (Guid.TryParseExact(text, "D", out var id))
        {
            var (review, version) = await grains.Review(id).Get(context.RequestAborted);
            if (review.Exists)
            {
                return (review, version);
            }
        }

        await Problems.NotFound(What, text).WriteAsync(context);
        return null;
    }
}
