using Escalation.Silo.Notices;
using Escalation.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Tests.Notices;

/// <summary>Settings of the mail server that cannot work are told at start, with what to set instead.</summary>
public sealed class SmtpSettingsTests
{
    [Theory, Rule("PRM-5")]
    [InlineData("Port", "465", "587")]
    [InlineData("Port", "0", "Port")]
    [InlineData("From", "care", "Name <address>")]
    [InlineData("ReplyTo", "nowhere", "ReplyTo")]
    public void Are_refused_with_what_to_set_instead(string key, string value, string said)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"{SmtpOptions.Section}:Host", "mail.example"), new($"{SmtpOptions.Section}:{key}", value)]).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddNotices(configuration).BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<SmtpOptions>>().Value);

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }
}
