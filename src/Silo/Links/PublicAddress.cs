using Escalation.Silo.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Escalation.Silo.Links;

/// <summary>Where people find this platform: what links in messages begin with.</summary>
internal sealed class PublicAddress(PlatformSettings settings, IServer server)
{
    /// <summary>Without a slash at its end. Until a public one is set, the address that this host listens on: good for one machine.</summary>
    public string Url => settings.PublicUrl ?? ListeningAt();

    private string ListeningAt()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:5080";
        foreach (var anywhere in new[] { "://*:", "://+:", "://0.0.0.0:", "://[::]:" })
        {
            address = address.Replace(anywhere, "://localhost:", StringComparison.Ordinal);
        }

        return address.TrimEnd('/');
    }
}
