using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Escalation.Dashboard.Access;
using Escalation.Dashboard.Api;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Links;
using Escalation.Grains.Log;
using Escalation.Grains.Merging;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Escalation.Dashboard.CustomerPages;

/// <summary>
/// CUS-8, PRM-6: the customer's page behind a signed link. Looking never changes anything, so that programs that follow
/// links in mail answer nothing; what the customer does is posted by a button.
/// </summary>
internal sealed class CustomerRoutes(
    ICustomerLinks links, IGrains grains, IPolicySource policies, CustomerDesk customers, TimeProvider time, IOptions<CustomerPageOptions> options)
{
    public const string Path = "/c";

    /// <summary>Letters of a message at most.</summary>
    public const int LongestText = 4000;

    /// <summary>CASE-4: the word of a page that was reached because its case was opened for what the customer wrote.</summary>
    public const string NewCase = "opened";

    /// <summary>CUS-2: what the form asks that a customer answers with points for what they expected.</summary>
    public const string Expected = "expected";

    /// <summary>CUS-2: likewise for what they got.</summary>
    public const string Got = "got";

    private const int LargestForm = 64 * 1024;

    private const string ContentSecurity =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly Actor Customer = new("customer", Roles.Customer);

    private static readonly byte[] Css = [.. Resource("tokens.css"), .. Resource("customer.css")];

    private static readonly byte[] Script = Resource("customer.js");

    private CustomerPageOptions Company => options.Value;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path + "/{token}", ["GET", "HEAD"], ShowAsync).Requires(Rights.Public).WithDisplayName("GET /c/{token}");
        routes.MapMethods(Path + "/{token}", ["POST"], TakeAsync).Requires(Rights.Public).WithDisplayName("POST /c/{token}");
        routes.MapGet("/customer.css", context => SendAsync(context, Css, "text/css; charset=utf-8")).Requires(Rights.Public);
        routes.MapGet("/customer.js", context => SendAsync(context, Script, "text/javascript; charset=utf-8")).Requires(Rights.Public);
    }

    private Task ShowAsync(HttpContext context) => GuardAsync(context, async () =>
    {
        if (await OpenAsync(context) is var (state, link))
        {
            var query = context.Request.Query;
            var chosen = Enum.TryParse<CustomerAnswer>(query["answer"], ignoreCase: true, out var answer) && Enum.IsDefined(answer)
                ? answer
                : (CustomerAnswer?)null;
            await WriteAsync(context, state, link, new PageRequest(chosen, query["done"] is [{ Length: > 0 } done] ? done : null, null, null, NewKey()));
        }
    });

    private Task TakeAsync(HttpContext context) => GuardAsync(context, async () =>
    {
        if (await OpenAsync(context) is not var (state, link))
        {
            return;
        }

        if (await FormAsync(context) is not { } form)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(context, state, link, new PageRequest(null, null, TextsOf(context, state).NotTaken, null, NewKey()));
            return;
        }

        var texts = TextsOf(context, state);
        var (command, done, fault) = Read(form, texts);
        if (command is null)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await WriteAsync(context, state, link, new PageRequest(null, null, fault, form["text"], NewKey()));
            return;
        }

        // Not cancelled when the customer's phone goes away: what was asked is done, and asked again it is done once.
        if (command is CaseCommand.AnswerDelay old && form["case"] != state.Id.ToString())
        {
            // The page was opened before its case was merged: the promise has another number where it stands now.
            command = Moved(state, form["case"].ToString(), old.Promise) is { } promise ? old with { Promise = promise } : command;
        }

        var id = CommandIds.OfKey(Customer, $"customer.{done}", state.Id, command is CaseCommand.AnswerDelay a ? a.Promise : 0, KeyOf(form)).Command;
        var heard = command is CaseCommand.HearCustomer hear
            ? await customers.TellAsync(state.Id, id, Customer, hear, Channel.Web, SummaryOf(hear))
            : new Heard(state.Id, await grains.Case(state.Id).Tell(new Envelope<CaseCommand>(id, Customer, command), CancellationToken.None), IsNew: false);
        if (heard.Answer is Answer.Done)
        {
            var page = heard.CaseId == state.Id ? context.Request.Path.ToString() : await PageOfAsync(heard.CaseId);
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = $"{page}?lang={texts.Language}&done={(heard.IsNew ? NewCase : done)}";
            return;
        }

        (state, _) = await grains.Case(state.Id).Get(CancellationToken.None);
        context.Response.StatusCode = StatusCodes.Status409Conflict;
        await WriteAsync(context, state, link, new PageRequest(null, null, texts.NotTaken, form["text"], NewKey()));
    });

    /// <summary>CASE-4: the way to a case that goes on from the one whose link was opened.</summary>
    private async Task<string> PageOfAsync(Guid caseId)
    {
        var (state, _) = await grains.Case(caseId).Get(CancellationToken.None);
        var url = links.UrlOf(new CustomerLink(caseId, state.LinkGeneration, time.GetUtcNow() + links.Lifetime));
        return $"{Path}{url[url.LastIndexOf('/')..]}";
    }

    /// <summary>What a new case is about, for those who work on it.</summary>
    private static string SummaryOf(CaseCommand.HearCustomer hear) => hear switch
    {
        { Text: { Length: > 0 } text } => text,
        { Wish: CustomerWish.Higher } => "They come back and ask for someone higher.",
        _ => "They come back and ask to be called.",
    };

    /// <summary>What a form asks for, with the word that thanks for it; else what is wrong with it.</summary>
    private static (CaseCommand? Command, string Done, string? Fault) Read(IFormCollection form, PageTexts texts)
    {
        var text = form["text"].ToString().ReplaceLineEndings("\n");
        return form["do"].ToString() switch
        {
            "answer" when Enum.TryParse<CustomerAnswer>(form["answer"], ignoreCase: true, out var answer) && Enum.IsDefined(answer) &&
                Number(form["promise"], out var promise) && Number(form["revision"], out var revision) =>
                (new CaseCommand.AnswerDelay(promise, revision, answer, Channel.Web), answer switch
                {
                    CustomerAnswer.Fine => "fine",
                    CustomerAnswer.CallMe => "call",
                    CustomerAnswer.Cancel => "cancel",
                }, null),
            "add" when string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal) => (null, "", texts.EmptyText),
            "add" when text.Length > LongestText => (null, "", PageTexts.Fill(texts.TooLong, LongestText)),
            "add" => (new CaseCommand.HearCustomer(text, CustomerWish.None), "add", null),
            Expected when Number(form["points"], out var points) => (new CaseCommand.RateExperience(points, null), Expected, null),
            Got when Number(form["points"], out var points) => (new CaseCommand.RateExperience(null, points), Got, null),
            "call" => (new CaseCommand.HearCustomer(null, CustomerWish.Call), "call", null),
            "higher" => (new CaseCommand.HearCustomer(null, CustomerWish.Higher), "higher", null),
            _ => (null, "", texts.NotTaken),
        };
    }

    private static bool Number(string? text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>
    /// The case behind the link. A link that we did not make answers like any address that does not exist; one that has
    /// expired or was revoked says so.
    /// </summary>
    private async Task<(Case State, CustomerLink Link)?> OpenAsync(HttpContext context)
    {
        if (links.Read(context.GetRouteValue("token") as string ?? "") is { } link)
        {
            var (state, _) = await grains.Case(link.CaseId).Get(context.RequestAborted);
            if (state is { Exists: true, Opening.Customer: not null } && link.Generation == state.LinkGeneration && time.GetUtcNow() < link.ExpiresAt)
            {
                return await FollowAsync(state, link, context.RequestAborted);
            }

            if (state.Exists)
            {
                var texts = PageTexts.For(Language(context) ?? state.Opening!.Customer?.Language);
                await SayAsync(context, StatusCodes.Status410Gone, texts, texts.GoneTitle, texts.Gone);
                return null;
            }
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync("There is nothing here.\n", context.RequestAborted);
        return null;
    }

    /// <summary>CASE-8: a link to a case that was merged opens the one that has its promises now.</summary>
    private async Task<(Case State, CustomerLink Link)> FollowAsync(Case state, CustomerLink link, CancellationToken cancellationToken)
    {
        while (state.Merge is { State: MergeState.Done } merge)
        {
            var promise = merge.Promises!.FirstOrDefault(moved => moved.Was == link.Promise)?.Now;
            (state, _) = await grains.Case(merge.Into).Get(cancellationToken);
            link = link with { CaseId = state.Id, Generation = state.LinkGeneration, Promise = promise, Revision = promise is null ? null : link.Revision };
        }

        return (state, link);
    }

    /// <summary>The number here of a promise of a case that was merged into this one; null when it is not known here.</summary>
    private static int? Moved(Case state, string from, int promise) => state.Merged
        .FirstOrDefault(merged => merged.CaseId.ToString() == from)?.Promises.FirstOrDefault(moved => moved.Was == promise)?.Now;

    /// <summary>Headers for everything below the link, and a word for customers when the database is away.</summary>
    private async Task GuardAsync(HttpContext context, Func<Task> answer)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = ContentSecurity;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        try
        {
            await answer();
        }
        catch (LogUnavailableException) when (!context.Response.HasStarted)
        {
            var texts = PageTexts.For(Language(context));
            headers.RetryAfter = "60";
            await SayAsync(context, StatusCodes.Status503ServiceUnavailable, texts, texts.AwayTitle, texts.Away);
        }
    }

    private Task WriteAsync(HttpContext context, Case state, CustomerLink link, PageRequest request) => SendAsync(context, new CustomerPage(
        state, link, TextsOf(context, state), policies.Current,
        LettersOfLaw.PacksOf(state, version => policies.Find(version) ?? policies.Current), Company, time.GetUtcNow(), request).Render());

    private Task SayAsync(HttpContext context, int status, PageTexts texts, string title, string text)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, PageFrame.Say(texts, Company, title, text));
    }

    private static Task SendAsync(HttpContext context, Html html)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(html.Text, context.RequestAborted);
    }

    private static Task SendAsync(HttpContext context, byte[] file, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = file.Length;
        context.Response.Headers.CacheControl = "public, max-age=3600";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.Body.WriteAsync(file, context.RequestAborted).AsTask();
    }

    /// <summary>The form's fields; null when it is none, or too large.</summary>
    private static async Task<IFormCollection?> FormAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null or > LargestForm ||
            context.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        try
        {
            return await context.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = LargestForm, ValueCountLimit = 16 }, context.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static PageTexts TextsOf(HttpContext context, Case state) => PageTexts.For(Language(context) ?? state.Language);

    private static string? Language(HttpContext context) => context.Request.Query["lang"] is [{ Length: > 0 } language] ? language : null;

    private static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>The form's own key; a form without one counts by what it says.</summary>
    private static string KeyOf(IFormCollection form)
    {
        var key = form["key"].ToString();
        return key.Length is > 0 and <= CommandIds.LongestKey && !key.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? key
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', form.OrderBy(field => field.Key).Select(field => $"{field.Key}={field.Value}")))));
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(CustomerRoutes).Assembly.GetManifestResourceStream($"customer/{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
