namespace Escalation.Dashboard.CustomerPages;

/// <summary>What stands around everything that a customer is shown.</summary>
internal static class PageFrame
{
    /// <param name="isPublic">Everyone may find it; a page behind a link is its customer's alone.</param>
    public static Html Render(PageTexts texts, CustomerPageOptions company, string title, Html languages, Html main, bool isPublic = false) => Html.Of(
        $"""
        <!doctype html>
        <html lang="{texts.Language}" data-density="touch">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="{(isPublic ? "index, follow" : "noindex, nofollow")}">
        <meta name="referrer" content="no-referrer">
        <title>{title}</title>
        <link rel="stylesheet" href="/customer.css">
        {(isPublic ? Html.Empty : Html.Of($"""<script src="/customer.js" defer></script>"""))}
        </head>
        <body>
        <div class="wrap">
        <header class="top"><span class="mark">{company.Company}</span><nav class="seg" aria-label="{texts.SwitchLanguage}">{languages}</nav></header>
        {main}
        </div>
        </body>
        </html>

        """);

    /// <summary>A page with one thing to say.</summary>
    public static Html Say(PageTexts texts, CustomerPageOptions company, string title, string text) => Render(
        texts, company, title, Html.Empty, Html.Of($"""<main id="main"><section class="hero"><h1>{title}</h1><p class="lead">{text}</p></section></main>"""));
}
