using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains.Policies;
using Escalation.Grains.Reviews;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using static Escalation.Dashboard.CustomerPages.PageTexts;

namespace Escalation.Dashboard.CustomerPages;

/// <summary>REV-4: what we answer everyone, for everyone to read, without script and without a link.</summary>
internal sealed class AnswersPage(IPolicySource policies, TimeProvider time, IOptions<CustomerPageOptions> options)
{
    public const string Path = "/answers";

    private const string ContentSecurity =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(Path, ["GET", "HEAD"], ShowAsync).Requires(Rights.Public).WithDisplayName($"GET {Path}");

    private Task ShowAsync(HttpContext context)
    {
        var texts = TextsOf(context);
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=60";
        headers.Vary = "Accept-Language";
        headers.ContentLanguage = texts.Language;
        headers.ContentSecurityPolicy = ContentSecurity;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        context.Response.ContentType = "text/html; charset=utf-8";
        var page = Render(texts);
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(page.Text, context.RequestAborted);
    }

    private Html Render(PageTexts texts)
    {
        var policy = policies.Current;
        var now = time.GetUtcNow();
        var sections = policy.Questions.Questions.GroupBy(question => question.Type).Select(type => Html.Of(
            $"""<section id="{type.Key}"><h2>{In(type.First().Titles, texts)}</h2>{Html.Join(type.Select(question => Question(question, policy, texts, now)))}</section>"""));
        var all = policy.Questions.Questions.IsEmpty ? Html.Of($"""<section><p class="sub">{texts.NoAnswers}</p></section>""") : Html.Join(sections);
        var main = Html.Of(
            $"""<main id="main"><section class="hero"><h1>{texts.Answers}</h1><p class="lead">{texts.AnswersLead}</p></section>{all}</main>""");
        var languages = Html.Join(Offered.Select(other => Html.Of(
            $"""<a href="{Path}?lang={other.Language}" hreflang="{other.Language}" lang="{other.Language}"{new Html(other == texts ? " aria-current=\"true\"" : "")}>{other.Language.ToUpperInvariant()}</a>""")));
        return PageFrame.Render(texts, options.Value, $"{texts.Answers} · {options.Value.Company}", languages, main, isPublic: true);
    }

    private static Html Question(PublicQuestion question, Policy policy, PageTexts texts, DateTimeOffset now)
    {
        var (asked, day) = (In(question.Texts, texts), DayOf(question.TrueUntil, policy, texts));
        var until = question.IsStaleAt(now)
            ? Html.Of($"""<p class="msg warn">{Fill(texts.BeingChecked, day)}</p>""")
            : Html.Of($"""<p class="sub">{Fill(texts.TrueUntil, day)}</p>""");
        return Html.Of($"""<article class="qa" id="{question.Type}-{question.Id}"><h3>{asked.Question}</h3><p>{asked.Answer}</p>{until}</article>""");
    }

    /// <summary>The text in the page's language; English where the policy does not have it.</summary>
    private static T In<T>(IReadOnlyDictionary<string, T> byLanguage, PageTexts texts) =>
        byLanguage.TryGetValue(texts.Language, out var text) ? text : byLanguage[Grains.Notices.NoticeTexts.Fallback];

    private static string DayOf(DateOnly day, Policy policy, PageTexts texts) => string.Create(
        CultureInfo.InvariantCulture, $"{day.Day} {policy.Texts.For(texts.Language).Months[day.Month - 1]} {day.Year}");

    /// <summary>The language that was chosen, else the first that the browser asks for and we have.</summary>
    private static PageTexts TextsOf(HttpContext context) =>
        context.Request.Query["lang"] is [{ Length: > 0 } chosen]
            ? For(chosen)
            : context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(one => one.Quality ?? 1)
                .Select(one => one.Value.ToString().Split('-')[0])
                .Select(tag => Offered.FirstOrDefault(texts => texts.Language.Equals(tag, StringComparison.OrdinalIgnoreCase)))
                .FirstOrDefault(texts => texts is not null) ?? English;
}
