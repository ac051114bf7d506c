using System.Collections.Immutable;
using Escalation.Dashboard.Access;
using Escalation.Grains.Policies;
using Escalation.Grains.Statutory;
using Microsoft.AspNetCore.Http;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Dashboard.Api;

/// <summary>REG-1, REG-2, CASE-10: the laws that cover a case, and their letters.</summary>
internal sealed class StatutoryRoutes(CaseDesk desk, IPolicySource policies, TimeProvider time)
{
    private const int LongText = 20_000;

    private static readonly TextField Pack = new("pack", 100, true, "The law, for instance uk-disp.", lines: false);

    private static readonly TextField Letter = new("letter", 100, true, "Which of its letters, for instance finalResponse.", lines: false);

    private static readonly TextsField Texts = new("fields", 4000, false, "What only a person can say, by the letter's fields.");

    private static readonly TextField Body = new("body", LongText, false, "The letter in your own words; it has to say what the law asks for. Default: the pack's words.");

    private static readonly TextField Evidence = new("evidence", 4000, false, "How it went out by other means, for instance by registered post with its number. Default: it goes over our channels.");

    public void Map(Routes routes)
    {
        routes.Get("/api/packs", new Operation("packs.list", Rights.PolicyRead, "REG-1: the laws that may cover cases, by the policy in force.")
        {
            Tag = "Policy",
            Answer = typeof(Page<PackView>),
        }, context => JsonAnswer.WriteAsync(context, new Page<PackView>(
            [.. policies.Current.Packs.Packs.Values.OrderBy(pack => pack.Id, StringComparer.Ordinal).Select(PackView.Of)], null)));

        routes.Get("/api/cases/{id}/packs", new Operation("cases.packs", Rights.CasesRead, "CASE-10, REG-1: the laws that cover the case, their clocks, and the letters that were and can be sent.")
        {
            Tag = "Cases",
            Answer = typeof(Page<CasePackView>),
            Refusals = [StatusCodes.Status404NotFound],
        }, CoveringAsync);

        var apply = Work("cases.pack", "CASE-10: a law covers the case after all; its clocks run from the complaint.", [Pack]);
        routes.Post("/api/cases/{id}/packs", apply, desk.Tells(apply, (fields, _) => new ApplyPack(fields.Get(Pack))));

        var send = Work("cases.letter", "REG-1, REG-2: sends a letter of the law, or is refused with all that it lacks.", [Pack, Letter, Texts, Body, Evidence]);
        routes.Post("/api/cases/{id}/letters", send, desk.Tells(send, (fields, _) => Read(fields)));

        routes.Post("/api/cases/{id}/letters/preview", new Operation("cases.letter.preview", Rights.CasesWork, "REG-2: the letter as it would go out, and what it lacks; sends nothing.")
        {
            Tag = "Cases",
            Body = [Pack, Letter, Texts, Body],
            Answer = typeof(LetterPreviewView),
            Refusals = [StatusCodes.Status404NotFound],
        }, PreviewAsync);
    }

    private static SendLetter Read(Fields fields) => new(
        fields.Get(Pack), fields.Get(Letter), fields.Get(Texts) ?? ImmutableDictionary<string, string>.Empty, fields.Get(Body), fields.Get(Evidence));

    private async Task CoveringAsync(HttpContext context)
    {
        if (await desk.FindAsync(context) is var (state, _))
        {
            var packs = LettersOfLaw.PacksOf(state, PolicyOf).ToDictionary(pack => pack.Id, StringComparer.Ordinal);
            await JsonAnswer.WriteAsync(context, new Page<CasePackView>(
                [.. state.Laws.Where(law => packs.ContainsKey(law.Pack)).Select(law => CasePackView.Of(state, law, packs[law.Pack], time.GetUtcNow()))], null));
        }
    }

    private async Task PreviewAsync(HttpContext context)
    {
        if (await desk.FindAsync(context) is not var (state, _))
        {
            return;
        }

        var faults = new Faults();
        var (asked, problem) = await JsonBody.ReadAsync(context, faults, mayBeEmpty: false, 0, (fields, _) => Read(fields));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var pack = LettersOfLaw.PacksOf(state, PolicyOf).FirstOrDefault(pack => pack.Id == asked!.Pack);
        var letter = pack?.Letters.FirstOrDefault(letter => letter.Id == asked!.Letter);
        if (pack is null || letter is null)
        {
            faults.Add(pack is null ? Pack.Name : Letter.Name, pack is null ? "is no law that covers this case" : $"is no letter of {pack.Id}");
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        var by = ActorPrincipal.Of(context.User)!;
        var text = LetterText.Of(state, policies.Current, pack, letter, asked!.Fields, asked.Body, by.Id, time.GetUtcNow());
        await JsonAnswer.WriteAsync(context, new LetterPreviewView(text.Language, text.Subject, text.Body, [.. text.Missing.Select(MissingPartView.Of)]));
    }

    private Policy PolicyOf(string version) => policies.Find(version) ?? policies.Current;

    private static Operation Work(string name, string summary, IReadOnlyList<Field> body) => new(name, Rights.CasesWork, summary)
    {
        Tag = "Cases",
        Body = body,
        Answer = typeof(Receipt),
        Representation = typeof(CaseView),
        HasETag = true,
        TakesIfMatch = true,
        Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
    };
}
