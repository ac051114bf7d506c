using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Escalation.Grains.Cases;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Notices;

/// <summary>
/// E-mail through a mail server. Only a recipient that the server refuses for good is given up at once. Connections are kept
/// while there is more to send.
/// </summary>
internal sealed class SmtpChannel(IOptions<SmtpOptions> options, TimeProvider time) : INoticeChannel, IDisposable
{
    /// <summary>A header line may hold 998 bytes (RFC 5322), and no mail program shows more than this.</summary>
    private const int LongestSubject = 200;

    private const int LongestDetail = 500;

    private readonly ConcurrentStack<Connection> _idle = [];

    public Channel Channel => Channel.Email;

    public int PerMinute => options.Value.PerMinute;

    public async Task<Delivery> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (!MailAddress.TryCreate(message.To, out var to) || to.Address != message.To)
        {
            return Delivery.Never("The customer's address is no mail address.");
        }

        using var timeout = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var mail = MailOf(message, settings, to);
        var connection = _idle.TryPop(out var idle) ? idle : new Connection(settings);
        while (true)
        {
            var (delivery, mayStay) = await SendAsync(connection, mail, to, settings, timeout.Token, either.Token, cancellationToken);
            var wasUsed = connection.Letters++ > 0;
            if (mayStay && connection.Letters < settings.PerConnection)
            {
                _idle.Push(connection);
            }
            else
            {
                connection.Dispose();
            }

            if (delivery.Unreachable is null || !wasUsed || either.IsCancellationRequested)
            {
                return delivery;
            }

            // The server had closed what was kept open: that says nothing about whether it is there.
            connection = new Connection(settings);
        }
    }

    /// <summary>Takes leave of the server, so that no connection is kept for nothing.</summary>
    public void Rest()
    {
        while (_idle.TryPop(out var connection))
        {
            connection.Dispose();
        }
    }

    public void Dispose() => Rest();

    private static async Task<(Delivery Delivery, bool MayStay)> SendAsync(
        Connection connection,
        MailMessage mail,
        MailAddress to,
        SmtpOptions settings,
        CancellationToken timeout,
        CancellationToken either,
        CancellationToken cancellationToken)
    {
        try
        {
            // Raw UTF-8 in headers only where the address cannot go otherwise: not every server on the way takes it.
            connection.Client.DeliveryFormat = Ascii.IsValid(to.User) ? SmtpDeliveryFormat.SevenBit : SmtpDeliveryFormat.International;

            // The client waits for the server on the thread it was called on, also where it says async: on threads of the
            // pool a slow server would hold up the whole host. It listens to no token either; disposing it hangs up.
            await Task.Factory
                .StartNew(() => connection.Client.Send(mail), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(either);
            return (Delivery.Taken, true);
        }
        catch (SmtpFailedRecipientException e)
        {
            return ((int)e.StatusCode >= 500 ? Delivery.Never(DetailOf(e, to)) : Delivery.NotNow(DetailOf(e, to)), false);
        }
        catch (Exception e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Cut off, the client fails in several ways: cancelled, disposed, connection reset.
            return (
                Delivery.Nobody(
                    Delivery.NoAnswer,
                    $"{settings.Host}:{settings.Port} did not take the message within {settings.Timeout.TotalSeconds:0} s ({e.GetType().Name})."),
                false);
        }
        catch (SmtpException e)
        {
            var detail = DetailOf(e, to);
            return (ReasonOf(e) is { } reason ? Delivery.Nobody(reason, detail) : Delivery.NotNow(detail), false);
        }
        catch (System.Security.Authentication.AuthenticationException e)
        {
            return (Delivery.Nobody(Delivery.SignIn, OneLine(e.Message, LongestDetail)), false);
        }
    }

    /// <summary>Why no letter would fare better, or null when it was this one alone.</summary>
    private static string? ReasonOf(SmtpException e) => e switch
    {
        { InnerException: System.Net.Sockets.SocketException or { InnerException: System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.ConnectionRefused } } } => Delivery.NoServer,
        { InnerException: System.Security.Authentication.AuthenticationException } => Delivery.SignIn,
        { StatusCode: SmtpStatusCode.ServiceNotAvailable } => Delivery.Closed,
        { StatusCode: SmtpStatusCode.MustIssueStartTlsFirst or SmtpStatusCode.ClientNotPermitted } => Delivery.SignIn,
        { StatusCode: SmtpStatusCode.GeneralFailure } => Delivery.NoAnswer,
        _ => null,
    };

    private static MailMessage MailOf(OutgoingMessage message, SmtpOptions settings, MailAddress to)
    {
        var language = OneLine(message.Language, LongestSubject);
        var subject = OneLine(message.Subject, LongestSubject);
        var mail = new MailMessage(new MailAddress(settings.From), to)
        {
            Subject = subject,
            SubjectEncoding = Encoding.UTF8,
            Body = message.Body,
            BodyEncoding = Encoding.UTF8,
            Headers =
            {
                ["Message-ID"] = $"<{message.MessageId}>",
                ["Auto-Submitted"] = "auto-generated",
                ["Content-Language"] = language,
            },
        };
        mail.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(
            LetterHtml.Of(message.Body, language, subject), Encoding.UTF8, MediaTypeNames.Text.Html));
        if (message.Thread is { } thread)
        {
            // Never sent itself: all letters of a case are answers to it, so that mail programs keep them together.
            mail.Headers["References"] = $"<{thread}>";
            mail.Headers["In-Reply-To"] = $"<{thread}>";
        }

        if (settings.ReplyTo.Length > 0)
        {
            mail.ReplyToList.Add(new MailAddress(settings.ReplyTo));
        }

        return mail;
    }

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

    /// <summary>A client that keeps its connection from one letter to the next.</summary>
    private sealed class Connection(SmtpOptions settings) : IDisposable
    {
        public SmtpClient Client { get; } = new(settings.Host, settings.Port)
        {
            EnableSsl = settings.Tls,
            Timeout = (int)settings.Timeout.TotalMilliseconds,
            Credentials = settings.User.Length > 0 ? new NetworkCredential(settings.User, settings.Password) : null,
        };

        public int Letters { get; set; }

        public void Dispose() => Client.Dispose();
    }
}
