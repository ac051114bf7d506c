using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using In = Escalation.Dashboard.Api.CaseFields;

namespace Escalation.Dashboard.Api;

/// <summary>CLM-4: the catalogue, gifts, and what came of them.</summary>
internal sealed class GoodwillRoutes(IGrains grains, CaseDesk desk, IPolicySource policies, TimeProvider time)
{
    private static readonly QueryParameter SiteParameter =
        new("site", "Whose catalogue. Default: what all sites share.", false, new OpenApiSchema { Type = JsonSchemaType.String });

    public void Map(Routes routes)
    {
        var give = ClaimRoutes.Work("cases.gifts.give", "CLM-4: gives a gift of the catalogue; of two who give the last piece at once one does.") with
        {
            Tag = "Goodwill",
            Body = [In.GiftItem],
            Success = StatusCodes.Status201Created,
            Answer = typeof(GiftView),
            Representation = null,
        };
        routes.Post("/api/cases/{id}/gifts", give, desk.Tells(give, (f, _) => new GiveGift(f.Get(In.GiftItem)), GivenAsync));

        var outcome = ClaimRoutes.Work("cases.gifts.outcome", "CLM-4: what came of a gift, as far as it is known.") with
        {
            Tag = "Goodwill",
            Body = [In.GiftAccepted, In.GiftClosedCase, In.GiftCustomerStayed],
        };
        routes.Post("/api/cases/{id}/gifts/{gid}/outcome", outcome, context =>
        {
            if (!CaseDesk.TryCase(context, out var caseId))
            {
                return Problems.NotFound("case", CaseDesk.RouteText(context, "id")).WriteAsync(context);
            }

            var gid = CaseDesk.RouteText(context, "gid");
            return gid is ['g', not '0', ..] && int.TryParse(gid.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? desk.TellAsync(context, outcome, caseId, number, (f, gift) => new RecordGiftOutcome(
                    gift, f.GetOptional(In.GiftAccepted), f.GetOptional(In.GiftClosedCase), f.GetOptional(In.GiftCustomerStayed)))
                : Problems.NotFound("gift", gid).WriteAsync(context);
        });

        var catalogue = new Operation("goodwill.list", Rights.CasesRead, "CLM-4: what may be given at a site, and how many are left.")
        {
            Tag = "Goodwill",
            Answer = typeof(Page<CatalogueView>),
            Query = [SiteParameter],
        };
        routes.Get("/api/goodwill", catalogue, async context =>
        {
            var site = context.Request.Query[SiteParameter.Name].ToString();
            var items = new List<CatalogueView>();
            foreach (var item in policies.Current.Goodwill.At(site.Length == 0 ? null : site))
            {
                items.Add(await ViewAsync(item));
            }

            await JsonAnswer.WriteAsync(context, new Page<CatalogueView>(items, null));
        });

        var stock = new Operation("goodwill.stock", Rights.GoodwillManage, "CLM-4: pieces of a gift came, or went.")
        {
            Tag = "Goodwill",
            Body = [In.GiftItem, In.StockSite, In.StockPieces, In.Reason],
            Answer = typeof(CatalogueView),
            Refusals = [StatusCodes.Status409Conflict],
        };
        routes.Post("/api/goodwill/stock", stock, context => ChangeAsync(context, stock));
    }

    private async Task GivenAsync(HttpContext context, ICaseGrain grain, Guid caseId, Answer.Done done)
    {
        var (state, version) = await desk.SettleAsync(caseId);

        // A repeated click has caused nothing: it is shown what its first has given.
        var gift = done.Events.OfType<GiftAsked>().FirstOrDefault() is { } asked
            ? state.Gifts[asked.Gift - 1]
            : state.Gifts.Last(gift => gift.State != GiftState.Refused && gift.By == ActorPrincipal.Of(context.User)!.Id);
        if (gift.State == GiftState.Refused)
        {
            await Problems.Of(new Refused(gift.Refusal!, gift.RefusalDetail!) { Values = gift.RefusalValues }).WriteAsync(context);
            return;
        }

        context.Response.Headers.ETag = Preconditions.ETag(version);
        await JsonAnswer.WriteAsync(context, GiftView.Of(gift), StatusCodes.Status201Created);
    }

    private async Task ChangeAsync(HttpContext context, Operation operation)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var (command, problem) = await JsonBody.ReadAsync(context, faults, mayBeEmpty: false, 0, (f, _) => new GiftStockCommand.ChangeStock(
            f.Get(In.GiftItem), f.Get(In.StockSite), f.Get(In.StockPieces), f.Get(In.Reason)));
        var id = command is null ? Guid.Empty : GiftStock.IdOf(command.Item ?? "", command.Site);
        var ids = CommandIds.Of(context, by, operation.Name, id, 0, time, faults);
        if (problem is not null || faults.Any)
        {
            await (problem ?? Problems.Invalid(faults)).WriteAsync(context);
            return;
        }

        var answer = await grains.GiftStock(id).Tell(new Envelope<GiftStockCommand>(ids.Command, by, command!), CancellationToken.None);
        if (answer is Answer.No no)
        {
            await Problems.Of(no.Refusal).WriteAsync(context);
            return;
        }

        var item = policies.Current.Goodwill.Items.First(item => item.Id == command!.Item && item.Site == command.Site);
        await JsonAnswer.WriteAsync(context, await ViewAsync(item));
    }

    private async Task<CatalogueView> ViewAsync(CatalogueItem item)
    {
        var (stock, _) = await grains.GiftStock(GiftStock.IdOf(item.Id, item.Site)).Get();
        return new CatalogueView(
            item.Id, item.Site, item.Name.Text, item.Value, stock.LeftOf(item.Stock), stock.Taken.Count, item.PerAgentAndMonth, item.PerCustomerAndYear, item.PerCase,
            item.Name.In);
    }
}
