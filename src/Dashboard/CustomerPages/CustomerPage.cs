using System.Collections.Immutable;
using Escalation.Dashboard.Api;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Links;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;
using static Escalation.Dashboard.CustomerPages.PageTexts;

namespace Escalation.Dashboard.CustomerPages;

/// <summary>What a request for the page brings besides the case.</summary>
/// <param name="Chosen">PRM-6: the answer whose link was opened; it still has to be confirmed.</param>
/// <param name="Done">What the customer has just done, to say thanks for it.</param>
/// <param name="Fault">Why what they sent could not be taken, in their language.</param>
/// <param name="Draft">What they had written.</param>
/// <param name="Key">CASE-5: goes with every form of this rendering, so that a double click counts once.</param>
internal sealed record PageRequest(CustomerAnswer? Chosen, string? Done, string? Fault, string? Draft, string Key);

/// <summary>
/// CUS-8: the customer's page as HTML, without script: where the case is, what happens next and by when, every promise
/// with its honest history, and what the customer can do. Pure.
/// </summary>
internal sealed class CustomerPage(
    Case state, CustomerLink link, PageTexts texts, Policy policy, ImmutableArray<StatutoryPack> laws, CustomerPageOptions company, DateTimeOffset now, PageRequest request)
{
    private static readonly ImmutableArray<CustomerAnswer> Answers = [CustomerAnswer.Fine, CustomerAnswer.CallMe, CustomerAnswer.Cancel];

    private readonly LanguageTexts _dates = policy.Texts.For(texts.Language);

    public Html Render() => PageFrame.Render(texts, company, Fill(texts.Title, state.Opening!.Number, company.Company), Languages(), Html.Of(
        $"""
        <main id="main">
        {Thanks()}<div class="grid"><div class="a">
        {Hero()}{Survey()}{Asks()}{Steps()}{AddForm()}</div><div class="b">
        {Promises()}{ByType(texts.Costs, _dates.Costs)}{Rights()}{Disagree()}{Reach()}</div></div>
        <footer>{Fill(texts.Footer, Date(link.ExpiresAt))}</footer>
        </main>
        """));

    private Html Languages() => Html.Join(PageTexts.Offered.Select(offered => Html.Of(
        $"""<a href="?lang={offered.Language}" lang="{offered.Language}" hreflang="{offered.Language}"{new Html(offered == texts ? " aria-current=\"true\"" : "")}>{offered.Language.ToUpperInvariant()}</a>""")));

    private Html Thanks() => request switch
    {
        { Fault: { } fault } => Html.Of($"""<p class="msg warn" role="alert">{fault}</p>"""),
        { Done: CustomerRoutes.NewCase } => Html.Of($"""<p class="msg kept" role="status">{Fill(texts.ThanksNew, state.Opening!.Number)}</p>"""),
        { Done: "call" } => Html.Of($"""<p class="msg kept" role="status">{texts.ThanksCall}</p>"""),
        { Done: "cancel" } => Html.Of($"""<p class="msg kept" role="status">{texts.ThanksCancel}</p>"""),
        { Done: { } } => Html.Of($"""<p class="msg kept" role="status">{texts.Thanks}</p>"""),
        _ => Html.Empty,
    };

    private Html Hero()
    {
        var (title, lead) = Next();
        var owner = Owner();
        var person = owner is null && !state.IsOpen ? Html.Empty
            : owner is null ? Html.Of($"""<p class="person"><b>{texts.NobodyYet}</b></p>""")
            : Html.Of($"""<div class="person"><span class="avatar" aria-hidden="true">{owner[..1]}</span><span><b>{owner}</b><br><span class="sub">{texts.AnswersForCase}</span></span></div>""");
        var broken = state.Promises.Where(promise => promise is { State: PromiseState.Lapsed, EndedAt: null }).Select(promise =>
            Html.Of($"""<p class="msg over">{Fill(texts.BrokenWord, TextOf(promise), Due(promise.DueAt))}</p>"""));
        return Html.Of(
            $"""
            <section class="hero"><p class="sub">{Fill(texts.Case, state.Opening!.Number)}</p><h1>{title}</h1><p class="lead">{lead}</p>
            {Html.Join(broken)}{person}{Phone("btn primary")}</section>

            """);
    }

    /// <summary>What happens next, and by when: the nearest promise, else our next word.</summary>
    private (string Title, string Lead) Next()
    {
        if (!state.IsOpen)
        {
            var until = state.ClosedAt!.Value + policy.ReopenWithin;
            return (texts.Closed, now <= until ? Fill(texts.ClosedMayReopen, Date(until)) : texts.ClosedForGood);
        }

        if (state.Promises.Where(promise => promise.IsOpen && promise.DueAt > now).MinBy(promise => promise.DueAt) is { } promise)
        {
            return (TextOf(promise), Fill(texts.ByDate, Due(promise.DueAt)));
        }

        var clocks = state.Clocks.Where(clock => clock.IsRunning && clock.Name is Clock.Acknowledge or Clock.Silence).ToList();
        var word = clocks.FirstOrDefault(clock => clock.Name == Clock.Acknowledge) ?? clocks.FirstOrDefault();
        return word switch
        {
            null => (texts.YouHearFromUs, ""),
            { DueAt: var due } when due <= now => (texts.WeAreLate, Fill(texts.WeAreLateSince, Due(due))),
            { Name: Clock.Acknowledge } => (texts.WeContactYou, Fill(texts.ByDate, Due(word.DueAt))),
            _ => (texts.YouHearFromUs, Fill(texts.ByDate, Due(word.DueAt))),
        };
    }

    /// <summary>CUS-2: asked at closing, one click for each of two questions; an answer about an earlier round is not shown.</summary>
    private Html Survey()
    {
        if (state.IsOpen)
        {
            return Html.Empty;
        }

        var said = state.Survey?.Round == state.Round ? state.Survey : null;
        return Html.Of(
            $"""
            <section id="survey"><h2>{texts.Survey}</h2><p class="sub">{texts.SurveyAbout}</p>
            {Question(CustomerRoutes.Expected, texts.SurveyExpected, said?.Expected)}{Question(CustomerRoutes.Got, texts.SurveyGot, said?.Got)}</section>

            """);
    }

    private Html Question(string name, string question, int? said)
    {
        var points = Enumerable.Range(Grains.Cases.Survey.Least, Grains.Cases.Survey.Most).Select(point => Html.Of(
            $"""<button class="btn{new Html(point == said ? " primary" : "")}" name="points" value="{point}" aria-label="{Fill(texts.SurveyPoints, point)}" aria-pressed="{new Html(point == said ? "true" : "false")}">{point}</button>"""));
        return Form(name, Html.Of(
            $"""<fieldset class="rate"><legend class="mid">{question}</legend><div class="points">{Html.Join(points)}</div><p class="ends sub"><span>{texts.SurveyLittle}</span><span>{texts.SurveyMuch}</span></p></fieldset>"""));
    }

    /// <summary>PRM-6: the new dates that can be answered; the one that the link was sent with comes first.</summary>
    private Html Asks()
    {
        var asked = link.Promise is { } number && number <= state.Promises.Length ? state.Promises[number - 1] : null;
        var about = asked switch
        {
            null => Html.Empty,
            { IsOpen: false } => Html.Of($"""<p class="msg">{Fill(texts.NothingToAnswer, TextOf(asked), Tag(asked).Word)}</p>"""),
            _ when asked.Revision != link.Revision => Html.Of($"""<p class="msg warn">{texts.Superseded}</p>"""),
            _ => Html.Empty,
        };
        var open = state.Promises.Where(promise => state.IsOpen && promise.IsOpen && promise.Moves.Length > 0 && promise.DueAt > now)
            .OrderByDescending(promise => promise.Number == asked?.Number).ThenBy(promise => promise.DueAt);
        return Html.Of($"{about}{Html.Join(open.Select(promise => Ask(promise, isAsked: promise.Number == asked?.Number && promise.Revision == link.Revision)))}");
    }

    private Html Ask(Promise promise, bool isAsked)
    {
        var move = promise.Moves[^1];
        var chosen = isAsked && request.Chosen is { } wanted && wanted != move.Answer ? request.Chosen : null;
        var others = Answers.Where(answer => answer != (chosen ?? move.Answer)).Select(answer => Button(promise, answer, "btn", WordOf(answer)));
        var buttons = (chosen, move.Answer) switch
        {
            ({ } answer, _) => Html.Of(
                $"""
                <p class="mid">{Fill(texts.YouChose, WordOf(answer))}</p>{Button(promise, answer, "btn primary", texts.Confirm)}
                <p class="sub">{texts.OrElse}</p><div class="answers">{Html.Join(others)}</div>
                """),
            (null, { } given) => Html.Of(
                $"""
                <p class="msg kept">{Fill(texts.YouAnswered, WordOf(given), Date(move.AnsweredAt!.Value))}</p>
                <p class="sub">{texts.ChangeMind}</p><div class="answers">{Html.Join(others)}</div>
                """),
            _ => Html.Of($"""<div class="answers">{Html.Join(others)}</div>"""),
        };
        var silence = move switch
        {
            { Answer: not null } => Html.Empty,
            { Unanswered: true, Silence: Silence.Consents } => Html.Of($"""<p class="sub">{texts.SilenceConsented}</p>"""),
            { Unanswered: true } => Html.Of($"""<p class="sub">{texts.NoAnswerYet}</p>"""),
            { AnswerBy: { } by } => Html.Of($"""<p class="sub">{Fill(SilenceOf(move), Due(by))}</p>"""),
            _ => Html.Empty,
        };
        return Html.Of(
            $"""
            <div class="ask" id="{promise.Id}"><h2>{texts.MovedAsk}</h2><p class="mid">{TextOf(promise)}</p>
            <p class="dates"><del class="old">{Due(move.WasDueAt)}</del><span class="new">{Due(move.DueAt)}</span></p><p>{move.Reason ?? texts.Erased}</p>
            {buttons}{silence}</div>

            """);
    }

    /// <summary>PRM-6, REG-1: what becomes of it when the customer says nothing.</summary>
    private string SilenceOf(PromiseMove move) => move.Silence switch
    {
        Silence.Consents => texts.SilenceConsents,
        Silence.Cancels => texts.SilenceCancels,
        null => move.Revision >= 2 ? texts.SilenceSecond : texts.SilenceFirst,
    };

    private Html Button(Promise promise, CustomerAnswer answer, string style, string word) => Form(
        "answer",
        Html.Of($"""<input type="hidden" name="case" value="{state.Id.ToString()}"><input type="hidden" name="promise" value="{promise.Number}"><input type="hidden" name="revision" value="{promise.Revision}"><button class="{style}" name="answer" value="{Words.Of(answer)}">{word}</button>"""));

    /// <summary>The way through a case; nothing of one that ended on the way, which would show as done what was not.</summary>
    private Html Steps()
    {
        if (!state.IsOpen && state.Outcome is not (Outcome.Agreed or Outcome.Conceded))
        {
            return Html.Empty;
        }

        var words = new[] { texts.StepListened, texts.StepChecked, texts.StepChoose, texts.StepAgree, texts.StepDo };
        var again = state.Round > 1 ? Html.Of($"""<p class="msg">{Fill(texts.Again, state.Round)}</p>""") : Html.Empty;
        var steps = words.Select((word, at) => ((int)state.Stage - at) switch
        {
            > 0 => Html.Of($"""<li class="done"><h3>{word}</h3></li>"""),
            0 => Html.Of($"""<li class="now" aria-current="step"><h3>{word}</h3><span class="sub">{texts.Now}</span></li>"""),
            < 0 => Html.Of($"""<li><h3>{word}</h3></li>"""),
        });
        return Html.Of($"""<section><h2>{texts.WhereItIs}</h2>{again}<ol class="steps">{Html.Join(steps)}</ol></section>""");
    }

    private Html Promises()
    {
        if (!state.IsOpen && state.Promises.IsEmpty)
        {
            return Html.Empty;
        }

        var promises = state.Promises.OrderBy(promise => !promise.IsOpen).ThenBy(promise => promise.DueAt).Select(PromiseOf);
        return Html.Of(
            $"""<section><h2>{texts.Promises}</h2>{(state.Promises.IsEmpty ? Html.Of($"""<p class="sub">{texts.NoPromises}</p>""") : Html.Join(promises))}</section>""");
    }

    /// <summary>Every date that was given stays visible, with the reason why it moved and what the customer said to it.</summary>
    private Html PromiseOf(Promise promise)
    {
        var (style, word) = Tag(promise);
        var dates = promise.Moves.Select((move, at) => Html.Of(
            $"""<li><s>{Due(move.WasDueAt)}</s><span class="sub">{Said(promise, at)}</span></li>"""));
        var last = promise.Moves is [.., var latest] && promise.IsOpen
            ? latest switch
            {
                { Answer: { } answer } => Fill(texts.YouAnswered, WordOf(answer), Date(latest.AnsweredAt!.Value)),
                { IsWaiting: true } => texts.WaitingForYou,
                _ => texts.HoldingDate,
            }
            : promise.State switch
            {
                PromiseState.Kept => Fill(texts.KeptOn, Date(promise.EndedAt!.Value)),
                PromiseState.Lapsed => promise.EndedAt is { } late ? Fill(texts.KeptLate, Date(late)) : texts.LapsedDetail,
                PromiseState.Withdrawn => texts.Withdrawn,
                PromiseState.Open or PromiseState.Explained or PromiseState.Merged => texts.FirstDate,
            };
        return Html.Of(
            $"""
            <div class="prom"><div class="t"><h3>{TextOf(promise)}</h3><span class="tag {style}">{word}</span></div>
            <ol class="revs">{Html.Join(dates)}<li class="cur"><b>{Due(promise.DueAt)}</b><span class="sub">{last}</span></li></ol></div>

            """);
    }

    /// <summary>What stands under a date that did not hold: which it was, what was said to it, and why it moved.</summary>
    private string Said(Promise promise, int at)
    {
        var before = at == 0 ? texts.FirstDate
            : promise.Moves[at - 1] is { Answer: { } answer, AnsweredAt: { } when } ? Fill(texts.YouAnswered, WordOf(answer), Date(when))
            : "";
        var reason = promise.Moves[at].Reason ?? texts.Erased;
        return before.Length == 0 ? reason : $"{before.TrimEnd('.')}. {reason}";
    }

    /// <summary>CASE-4: also where the case cannot be reopened any more: what is written then opens another.</summary>
    private Html AddForm() => Html.Of(
        $"""
        <section id="add"><h2>{texts.Add}</h2><p class="sub">{texts.AddAbout}</p>
        {Form("add", Html.Of($"""<label class="field"><span class="vh">{texts.AddLabel}</span><textarea class="in" name="text" rows="4" maxlength="{CustomerRoutes.LongestText}" required>{request.Draft}</textarea></label><button class="btn">{texts.Send}</button>"""))}</section>

        """);

    /// <summary>What the company's policy says of cases of this type; nothing where it says nothing.</summary>
    private Html ByType(string heading, IReadOnlyDictionary<string, string> byType) =>
        LanguageTexts.Of(byType, state.Opening!.Type) is { } text ? Html.Of($"""<section><h2>{heading}</h2><p>{text}</p></section>""") : Html.Empty;

    /// <summary>CUS-8, REG-1: what the company's policy says, then each law that covers the case, with the dates that it gives.</summary>
    private Html Rights()
    {
        var own = LanguageTexts.Of(_dates.Rights, state.Opening!.Type) is { } text ? Html.Of($"<p>{text}</p>") : Html.Empty;
        var lawful = laws.Select(pack =>
        {
            var dates = pack.Clocks.Select(clock => (clock.Title, Clock: state.Clocks.FirstOrDefault(running => running.IsRunning && running.Name == pack.NameOf(clock.Id))))
                .Where(each => each.Clock is not null)
                .Select(each => Html.Of($"""<li><span{Foreign(each.Title)}>{each.Title.For(texts.Language)}</span> <b>{Fill(texts.ByDate, DueByLaw(each.Clock!))}</b></li>"""));
            return Html.Of($"""<p{Foreign(pack.Rights)}>{pack.Rights.For(texts.Language)}</p><ul class="law">{Html.Join(dates)}</ul>""");
        });
        var all = Html.Of($"{own}{Html.Join(lawful)}");
        return all.Text.Length == 0 ? all : Html.Of($"""<section id="rights"><h2>{texts.Rights}</h2>{all}</section>""");

        Html Foreign(PolicyText text) => text.LanguageFor(texts.Language) is { } language && language != texts.Language
            ? new Html($" lang=\"{language}\"")
            : Html.Empty;
    }

    /// <summary>CASE-4: asked of a closed case, it is opened again, or another goes on from it.</summary>
    private Html Disagree()
    {
        var higher = state.Escalations.Any(escalation => escalation.IsOpen && escalation.Cause == "customer")
            ? Html.Of($"""<p class="msg">{texts.HigherWaits}</p>""")
            : Html.Of($"""{(state.IsOpen ? Html.Empty : Html.Of($"""<p class="sub">{texts.HigherReopens}</p>"""))}{Form("higher", Html.Of($"""<button class="btn">{texts.AskHigher}</button>"""))}""");
        var tell = Owner() is { } owner ? Fill(texts.DisagreeTell, owner) : texts.DisagreeTellNobody;
        return Html.Of(
            $"""
            <section><h2>{texts.Disagree}</h2><ol class="do"><li><span>{tell}</span></li><li><span>{texts.DisagreeHigher}</span></li><li><span>{texts.DisagreeOutside}</span></li></ol>{higher}</section>

            """);
    }

    private Html Reach()
    {
        var waits = state.CallTasks.Any(task => task.DoneAt is null && task.Reason == CallTask.CallMe);
        var call = waits ? Html.Of($"""<p class="msg">{texts.CallWaits}</p>""")
            : state.IsOpen ? Form("call", Html.Of($"""<button class="btn">{texts.CallMeBack}</button>"""))
            : Html.Empty;
        var write = company.Email.Length == 0 ? Html.Empty
            : Html.Of($"""<a class="btn" href="mailto:{company.Email}?subject={Uri.EscapeDataString(Fill(texts.Case, state.Opening!.Number))}">{Fill(texts.WriteTo, company.Email)}</a>""");
        var ways = Html.Of($"{Phone("btn")}{call}{write}");
        return ways.Text.Length == 0 ? Html.Empty : Html.Of($"""<section><h2>{texts.Reach}</h2><div class="reach">{ways}</div></section>""");
    }

    private Html Phone(string style) => company.Phone.Length == 0 ? Html.Empty : Html.Of(
        $"""<a class="{style}" href="tel:{new string([.. company.Phone.Where(letter => char.IsAsciiDigit(letter) || letter == '+')])}">{Fill(texts.CallNumber, company.Phone)}</a>""");

    private Html Form(string what, Html fields) => Html.Of(
        $"""<form method="post" action="?lang={texts.Language}"><input type="hidden" name="do" value="{what}"><input type="hidden" name="key" value="{request.Key}">{fields}</form>""");

    private (string Style, string Word) Tag(Promise promise) => promise.State switch
    {
        PromiseState.Kept => ("kept", texts.Kept),
        PromiseState.Withdrawn => ("", texts.Withdrawn),
        PromiseState.Lapsed => ("over", texts.Lapsed),
        PromiseState.Explained => ("warn", Plural.Of(texts.Moved, texts.Language, promise.Revision)),
        PromiseState.Open or PromiseState.Merged => ("", texts.Waiting),
    };

    private string WordOf(CustomerAnswer answer) => answer switch
    {
        CustomerAnswer.Fine => texts.Fine,
        CustomerAnswer.CallMe => texts.CallMe,
        CustomerAnswer.Cancel => texts.Cancel,
    };

    private string? Owner() => string.IsNullOrEmpty(state.Owner) ? null : policy.NameOf(state.Owner);

    private string TextOf(Promise promise) => promise.Text ?? texts.Erased;

    /// <summary>REG-1: the law's days are those of its own calendar: what is due at midnight there is due by the end of its last working day.</summary>
    private string DueByLaw(Clock clock) => LawDays.EndOf(clock, policy, state) is var (last, timeZone) ? _dates.Due(last, timeZone) : Due(clock.DueAt);

    private string Due(DateTimeOffset instant) => _dates.Due(instant, state.TimeZone);

    private string Date(DateTimeOffset instant) => _dates.Date(instant, state.TimeZone);
}
