using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Webhooks;

/// <summary>
/// Keeps webhooks out of the network that the host stands in. Names are resolved here, and the address that was looked at is
/// the one that is connected to: a name that changes its address in between gains nothing.
/// </summary>
internal sealed class AddressGuard(IOptions<WebhookOptions> options, IHostEnvironment environment)
{
    private const int LongestUrl = 2000;

    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>Of IPv6 only what is given out to the world, and of that nothing that carries an IPv4 address within.</summary>
    private static readonly IPNetwork World = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotWorld =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(text => IPNetwork.Parse(text))];

    /// <summary>Says why an address is not taken, or null. A name is looked up only when it is called.</summary>
    public string? FaultOf(string text)
    {
        if (text.Length > LongestUrl || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return "must be an https address";
        }

        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            return "must hold no name, password or fragment";
        }

        var isLoopback = url.IsLoopback;
        var mayBePrivate = options.Value.AllowPrivate || (isLoopback && environment.IsDevelopment());
        if (mayBePrivate)
        {
            return null;
        }

        return isLoopback || (IPAddress.TryParse(url.DnsSafeHost, out var address) && !IsPublic(address))
            ? $"leads to {url.DnsSafeHost}, which is not a public address; {WebhookOptions.Section}:AllowPrivate allows it"
            : url.Scheme == "https" ? null : "must be an https address";
    }

    /// <summary>Connects to an address that may be called.</summary>
    /// <exception cref="PrivateAddressException">The name leads to none.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        var allowed = addresses.Where(IsAllowed).ToArray();
        if (allowed.Length == 0)
        {
            throw new PrivateAddressException($"{target.Host} leads to {string.Join(", ", addresses.Take(3).AsEnumerable())}, which is not a public address.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>True for what is reached over the internet, and there by anyone.</summary>
    internal static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? !NotPublic.Any(network => network.Contains(plain))
            : World.Contains(plain) && !NotWorld.Any(network => network.Contains(plain));
    }

    private bool IsAllowed(IPAddress address) =>
        options.Value.AllowPrivate || IsPublic(address) || (environment.IsDevelopment() && IPAddress.IsLoopback(address));
}

/// <summary>A name leads into the host's own network.</summary>
internal sealed class PrivateAddressException(string message) : Exception(message);
