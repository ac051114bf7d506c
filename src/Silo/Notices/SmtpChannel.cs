using System.Net;
using System.Net.Mail;
using System.Text;
using Escalation.Grains.Cases;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Notices;

/// <summary>E-mail through a mail server.</summary>
internal sealed class SmtpChannel(IOptions<SmtpOptions> options) : INoticeChannel
{
    private const string AutoSubmitted = "Auto-Submitted";

    public Channel Channel => Channel.Email;

    public async Task<Delivery> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (!MailAddress.TryCreate(message.To, out var to))
        {
            return Delivery.Never($"'{message.To}' is no mail address.");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(settings.Timeout);
        using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.Tls };
        if (settings.User.Length > 0)
        {
            client.Credentials = new NetworkCredential(settings.User, settings.Password);
        }

        using var mail = new MailMessage(new MailAddress(settings.From), to)
        {
            Subject = message.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = message.Body,
            BodyEncoding = Encoding.UTF8,
        };
        mail.Headers.Add("Message-ID", $"<{message.MessageId}>");
        mail.Headers.Add(AutoSubmitted, "auto-generated");
        mail.Headers.Add("Content-Language", message.Language);
        try
        {
            await client.SendMailAsync(mail, timeout.Token);
            return Delivery.Taken;
        }
        catch (SmtpFailedRecipientException e) when ((int)e.StatusCode >= 500)
        {
            return Delivery.Never(e.Message);
        }
        catch (SmtpException e)
        {
            return Delivery.NotNow(e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Delivery.NotNow($"{settings.Host}:{settings.Port} did not take the message within {settings.Timeout.TotalSeconds:0} s.");
        }
    }
}
