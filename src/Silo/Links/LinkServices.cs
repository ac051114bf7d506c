using Escalation.Grains.Links;
using Escalation.Silo.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Links;

/// <summary>Composes customers' links.</summary>
internal static class LinkServices
{
    public static IServiceCollection AddCustomerLinks(this IServiceCollection services, PlatformSettings settings)
    {
        services.AddOptionsWithValidateOnStart<LinkOptions>().BindConfiguration(LinkOptions.Section).ValidateDataAnnotations();
        return services.AddSingleton<ICustomerLinks>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<LinkOptions>>().Value;
            return new SignedLinks(
                LinkKey.Of(options.Key, settings.DataFolder),
                TimeSpan.FromDays(options.Days),
                () => settings.PublicUrl ?? ListeningAt(provider.GetRequiredService<IServer>()));
        });
    }

    /// <summary>The address that this host listens on: good for one machine, until a public one is set.</summary>
    private static string ListeningAt(IServer server)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:5080";
        foreach (var anywhere in new[] { "://*:", "://+:", "://0.0.0.0:", "://[::]:" })
        {
            address = address.Replace(anywhere, "://localhost:", StringComparison.Ordinal);
        }

        return address.TrimEnd('/');
    }
}
