using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Links;

/// <summary>CUS-8: a customer's way to their own case, and to no other. Holds nothing that names a person.</summary>
/// <param name="CaseId">The case that it opens.</param>
/// <param name="Generation">The case's generation of links that it belongs to; older ones are revoked.</param>
/// <param name="ExpiresAt">Until when it opens the case, in whole seconds.</param>
/// <param name="Promise">PRM-6: the promise whose new date it was sent with; null for the page alone.</param>
/// <param name="Revision">The revision of that promise.</param>
public sealed record CustomerLink(Guid CaseId, int Generation, DateTimeOffset ExpiresAt, int? Promise = null, int? Revision = null);

/// <summary>Makes the addresses that customers are sent, and reads them again.</summary>
public interface ICustomerLinks
{
    /// <summary>How long a link opens its case.</summary>
    TimeSpan Lifetime { get; }

    /// <summary>The whole address; with an answer chosen, the page asks for it to be confirmed (PRM-6).</summary>
    string UrlOf(CustomerLink link, CustomerAnswer? chosen = null);

    /// <summary>The link behind the last part of an address; null unless this platform made it. May have expired.</summary>
    CustomerLink? Read(string token);
}

/// <summary>Links as notices carry them.</summary>
public static class NoticeLinks
{
    /// <summary>
    /// The text with its links in place of <c>{status}</c>, <c>{answerFine}</c>, <c>{answerCall}</c> and
    /// <c>{answerCancel}</c>. They are put in when a notice is handed over, so that the log holds no key to the case; the
    /// same notice has the same links at every attempt.
    /// </summary>
    public static string Fill(string text, Case state, Notice notice, ICustomerLinks links)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(notice);
        ArgumentNullException.ThrowIfNull(links);
        var link = new CustomerLink(state.Id, state.LinkGeneration, notice.DecidedAt + links.Lifetime, notice.Promise, notice.Revision);
        return new MessageTemplate("", text).Fill(new Dictionary<string, string>
        {
            ["status"] = links.UrlOf(link with { Promise = null, Revision = null }),
            ["answerFine"] = links.UrlOf(link, CustomerAnswer.Fine),
            ["answerCall"] = links.UrlOf(link, CustomerAnswer.CallMe),
            ["answerCancel"] = links.UrlOf(link, CustomerAnswer.Cancel),
        }).Body;
    }
}
