using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;
using Escalation.Grains.Cases;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Notices;

/// <summary>E-mail through a mail server. Only a recipient that the server refuses for good is given up at once.</summary>
internal sealed class SmtpChannel(IOptions<SmtpOptions> options, TimeProvider time) : INoticeChannel
{
    /// <summary>A header line may hold 998 bytes (RFC 5322), and no mail program shows more than this.</summary>
    private const int LongestSubject = 200;

    private const int LongestDetail = 500;

    public Channel Channel => Channel.Email;

    public async Task<Delivery> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (!MailAddress.TryCreate(message.To, out var to) || to.Address != message.To)
        {
            return Delivery.Never("The customer's address is no mail address.");
        }

        using var timeout = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var client = ClientOf(settings, to);
        using var mail = MailOf(message, settings, to);
        try
        {
            // Once the letter is written the client listens to no token any more: a server that never says whether it
            // took it would hold the job for ever. Disposing the client hangs up on it.
            await client.SendMailAsync(mail, either.Token).WaitAsync(either.Token);
            return Delivery.Taken;
        }
        catch (SmtpFailedRecipientException e) when ((int)e.StatusCode >= 500)
        {
            return Delivery.Never(DetailOf(e, to));
        }
        catch (Exception e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Cut off, the client fails in several ways: cancelled, disposed, connection reset.
            return Delivery.NotNow(
                $"{settings.Host}:{settings.Port} did not take the message within {settings.Timeout.TotalSeconds:0} s ({e.GetType().Name}).");
        }
        catch (SmtpException e)
        {
            return Delivery.NotNow(DetailOf(e, to));
        }
    }

    private static SmtpClient ClientOf(SmtpOptions settings, MailAddress to) => new(settings.Host, settings.Port)
    {
        EnableSsl = settings.Tls,
        Credentials = settings.User.Length > 0 ? new NetworkCredential(settings.User, settings.Password) : null,

        // Raw UTF-8 in headers only where the address cannot go otherwise: not every server on the way takes it.
        DeliveryFormat = Ascii.IsValid(to.User) ? SmtpDeliveryFormat.SevenBit : SmtpDeliveryFormat.International,
    };

    private static MailMessage MailOf(OutgoingMessage message, SmtpOptions settings, MailAddress to) =>
        new(new MailAddress(settings.From), to)
        {
            Subject = OneLine(message.Subject, LongestSubject),
            SubjectEncoding = Encoding.UTF8,
            Body = message.Body,
            BodyEncoding = Encoding.UTF8,
            Headers =
            {
                ["Message-ID"] = $"<{message.MessageId}>",
                ["Auto-Submitted"] = "auto-generated",
                ["Content-Language"] = OneLine(message.Language, LongestSubject),
            },
        };

    /// <summary>The text as a header can carry it: without line breaks and other controls, and not endless.</summary>
    private static string OneLine(string text, int longest)
    {
        var line = new StringBuilder(Math.Min(text.Length, longest * 2));
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (++length > longest)
            {
                return line.Append('…').ToString();
            }

            var breaks = Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            line.Append(breaks ? " " : rune.ToString());
        }

        return line.ToString();
    }

    /// <summary>CUS-7: what the server said, without the address; it goes into the history and the logs.</summary>
    private static string DetailOf(SmtpException e, MailAddress to)
    {
        var said = e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}";
        return OneLine(said.Replace(to.Address, "recipient", StringComparison.OrdinalIgnoreCase), LongestDetail);
    }
}
