using Escalation.Grains.Cases;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Notices;

/// <summary>PRM-5: over which channels a customer can be told, one after another, and until when each may try.</summary>
public static class NoticeChannels
{
    /// <summary>Channels that carry little text: messages there use the short form.</summary>
    public static bool IsShort(Channel channel) => channel is Channel.Sms or Channel.Chat;

    /// <summary>Channels over which the platform can send by itself.</summary>
    public static bool CanSend(Channel channel) => channel is Channel.Email or Channel.Sms or Channel.Chat or Channel.Webhook;

    /// <summary>
    /// The ways to the customer in the order in which they are taken: what the customer wants, the way they came by, then the
    /// company's order; only those that this host has and the customer can be reached by. Empty after erasure.
    /// </summary>
    internal static IReadOnlyList<(Channel Channel, string To)> For(Case state, NoticePolicy policy)
    {
        if (state.Opening?.Customer is not { } customer)
        {
            return [];
        }

        Channel?[] first = [customer.Prefers, state.Opening.Channel];
        return
        [
            .. first.OfType<Channel>().Where(policy.Order.Contains).Concat(policy.Order).Distinct()
                .Where(policy.Available.Contains)
                .Select(channel => (channel, AddressOf(customer, state.Opening.CustomerId, channel)))
                .Where(way => way.Item2 is not null)
                .Select(way => (way.channel, way.Item2!)),
        ];
    }

    /// <summary>
    /// When the first of <paramref name="channels"/> channels has to have found a server: the time until
    /// <paramref name="notAfter"/>, less what a person needs to call, in equal parts. Null when nothing hangs on it.
    /// </summary>
    internal static DateTimeOffset? FallbackAt(DateTimeOffset now, DateTimeOffset? notAfter, int channels, NoticePolicy policy)
    {
        if (notAfter is not { } end)
        {
            return null;
        }

        var left = end - now;
        var kept = left / 2 < policy.KeptForCall ? left / 2 : policy.KeptForCall;
        return (now + ((left - kept) / channels)).ToMicroseconds();
    }

    private static string? AddressOf(CustomerContact customer, Guid customerId, Channel channel) => channel switch
    {
        Channel.Email => customer.Email,
        Channel.Sms or Channel.Chat => customer.Phone,
        Channel.Webhook => $"customer:{customerId}",
        Channel.Phone or Channel.Web or Channel.Visit or Channel.Letter or Channel.Review or Channel.Api or Channel.Import => null,
    };
}
