#pragma warning disable SYSLIB0014 // The mail client of .NET asks nobody else whether to trust a certificate.
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Escalation.Silo.Notices;
using Escalation.TestKit;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Tests.Notices;

/// <summary>What the channel writes on the wire, and whom it trusts.</summary>
public sealed partial class SmtpChannelTests
{
    private const string To = "ioana@example.org";

    private static readonly OutgoingMessage Plain = new("c-n1@shop.example", Guid.Empty, To, "Cazul 1", "Bună ziua.", "ro");

    [Theory, Rule("PRM-5")]
    [InlineData("Ioana\r\nBcc: everyone@example.org\r\n\r\nBuy now", "Ioana  Bcc: everyone@example.org    Buy now")]
    [InlineData("Ioana\nBcc: everyone@example.org", "Ioana Bcc: everyone@example.org")]
    [InlineData("Ioana\rBcc: everyone@example.org", "Ioana Bcc: everyone@example.org")]
    [InlineData("Țîrdea\r\n Bcc: everyone@example.org\u2028\u0085\0x", "Țîrdea   Bcc: everyone@example.org   x")]
    public async Task A_line_break_in_a_subject_stays_in_the_subject(string subject, string expected)
    {
        var letter = await SendAsync(Plain with { Subject = subject });

        Assert.Equal(expected, letter.Subject);
        Assert.Equal([To], letter.To);
        Assert.DoesNotContain(letter.Headers, header => header.Name == "bcc");
        Assert.Equal("Bună ziua.", letter.Text.Trim());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_line_break_in_a_language_stays_in_its_header()
    {
        var letter = await SendAsync(Plain with { Language = "ro\r\nBcc: everyone@example.org" });

        Assert.Equal("ro  Bcc: everyone@example.org", letter.Header("content-language"));
        Assert.DoesNotContain(letter.Headers, header => header.Name == "bcc");
    }

    [Theory, Rule("PRM-5")]
    [InlineData("a")]
    [InlineData("a b ")]
    [InlineData("ж")]
    [InlineData("жё ")]
    [InlineData("🙂")]
    [InlineData("aж🙂")]
    public async Task A_subject_without_end_arrives_cut_and_whole_in_every_line(string part)
    {
        var subject = string.Concat(Enumerable.Repeat(part, 3000));

        var letter = await SendAsync(Plain with { Subject = subject });

        var runes = letter.Subject.EnumerateRunes().ToList();
        Assert.Equal(string.Concat(subject.EnumerateRunes().Take(200)) + "…", letter.Subject);
        Assert.DoesNotContain(Rune.ReplacementChar, runes);
        var raw = letter.Headers.Single(header => header.Name == "subject").Line;
        Assert.All(raw.Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 998));

        // RFC 2047: no character may be cut by the end of an encoded word; programs decode each word by itself.
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        Assert.All(Base64Word().Matches(raw), word => strict.GetString(Convert.FromBase64String(word.Groups[1].Value)));
    }

    [Theory, Rule("PRM-5")]
    [InlineData("one\n.\ntwo\n..\nthree")]
    [InlineData("one\r\n.\r\nQUIT\r\n")]
    [InlineData("Content-Type: text/html\n\n<b>no</b>\n--boundary\nFrom here on")]
    public async Task A_body_that_looks_like_the_protocol_arrives_as_it_is(string body)
    {
        var letter = await SendAsync(Plain with { Body = body });

        Assert.Equal(body.ReplaceLineEndings("\n").TrimEnd(), letter.Text.ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_very_long_line_in_a_body_arrives_whole()
    {
        var body = string.Concat(Enumerable.Repeat("слово и слово, ", 400)) + new string('x', 5000);

        Assert.Equal(body, (await SendAsync(Plain with { Body = body })).Text.TrimEnd());
    }

    [Theory, Rule("PRM-5")]
    [InlineData("")]
    [InlineData("ioana")]
    [InlineData("ioana@")]
    [InlineData("ioana@example.org, all@example.org")]
    [InlineData("Ioana <ioana@example.org>")]
    [InlineData("ioana@example.org>\r\nRCPT TO:<all@example.org")]
    [InlineData("ioana@example.org\r\nBcc: all@example.org")]
    public async Task What_is_no_address_is_refused_for_good_and_never_named(string address)
    {
        await using var server = await MailServer.StartAsync();

        var delivery = await ChannelTo(server).SendAsync(Plain with { To = address }, TestContext.Current.CancellationToken);

        Assert.Equal(Delivery.Never("The customer's address is no mail address."), delivery);
        Assert.False(server.HasMoreConnections);
    }

    [Theory, Rule("PRM-5")]
    [InlineData("иван@example.org")]
    [InlineData("ioana@bücher.example")]
    public async Task An_address_in_any_script_gets_its_letter(string address)
    {
        var letter = await SendAsync(Plain with { To = address });

        Assert.Equal(address, Assert.Single(letter.To));
        Assert.Equal("Bună ziua.", letter.Text.Trim());
    }

    [Theory, Rule("PRM-5")]
    [InlineData("mail:550", true)]
    [InlineData("rcpt:450", true)]
    [InlineData("rcpt:550", false)]
    [InlineData("rcpt:553", false)]
    [InlineData("data:554", true)]
    public async Task Only_a_recipient_refused_for_good_is_given_up(string answer, bool mayRetry)
    {
        await using var server = await MailServer.StartAsync([answer]);

        var delivery = await ChannelTo(server).SendAsync(Plain, TestContext.Current.CancellationToken);

        Assert.Equal((false, mayRetry), (delivery.Accepted, delivery.MayRetry));
        Assert.DoesNotContain(To, delivery.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact, Rule("PRM-5")]
    public async Task A_letter_goes_over_tls_with_name_and_password()
    {
        await using var server = await MailServer.StartAsync(user: "platform", password: "a word", startTls: true);
        using var trust = new Trust(server.Certificate!.Thumbprint);

        var delivery = await ChannelTo(server, user: "platform", password: "a word", tls: true)
            .SendAsync(Plain, TestContext.Current.CancellationToken);

        Assert.Equal(Delivery.Taken, delivery);
        var letter = await server.NextLetterAsync();
        Assert.Equal((true, "platform"), (letter.Secure, letter.User));
    }

    [Fact, Rule("PRM-5")]
    public async Task A_wrong_password_is_worth_another_attempt_and_sends_nothing()
    {
        await using var server = await MailServer.StartAsync(user: "platform", password: "a word", startTls: true);
        using var trust = new Trust(server.Certificate!.Thumbprint);

        var delivery = await ChannelTo(server, user: "platform", password: "another", tls: true)
            .SendAsync(Plain, TestContext.Current.CancellationToken);

        Assert.Equal((false, true), (delivery.Accepted, delivery.MayRetry));
        Assert.Equal(535, await server.NextAnswerAsync());
        Assert.False(server.HasMoreLetters);
    }

    [Fact, Rule("PRM-5")]
    public async Task A_server_whose_certificate_nobody_knows_gets_neither_password_nor_letter()
    {
        await using var server = await MailServer.StartAsync(user: "platform", password: "a word", startTls: true);

        var delivery = await ChannelTo(server, user: "platform", password: "a word", tls: true)
            .SendAsync(Plain, TestContext.Current.CancellationToken);

        Assert.Equal((false, true), (delivery.Accepted, delivery.MayRetry));
        await server.StopAsync();
        Assert.False(server.HasMoreLetters);
        Assert.False(server.HasMoreAnswers);
    }

    [Fact, Rule("PRM-5")]
    public async Task A_server_without_tls_gets_no_letter_when_tls_is_demanded()
    {
        await using var server = await MailServer.StartAsync();

        var delivery = await ChannelTo(server, tls: true).SendAsync(Plain, TestContext.Current.CancellationToken);

        Assert.Equal((false, true), (delivery.Accepted, delivery.MayRetry));
        await server.StopAsync();
        Assert.False(server.HasMoreLetters);
    }

    private static async Task<Letter> SendAsync(OutgoingMessage message)
    {
        await using var server = await MailServer.StartAsync();
        Assert.Equal(Delivery.Taken, await ChannelTo(server).SendAsync(message, TestContext.Current.CancellationToken));
        return await server.NextLetterAsync();
    }

    private static SmtpChannel ChannelTo(MailServer server, string user = "", string password = "", bool tls = false) =>
        new(
            Options.Create(new SmtpOptions
            {
                Host = tls ? "localhost" : "127.0.0.1",
                Port = server.Port,
                Tls = tls,
                User = user,
                Password = password,
                From = "Shop care <care@shop.example>",
            }),
            TimeProvider.System);

    [GeneratedRegex(@"=\?utf-8\?B\?([^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex Base64Word();

    /// <summary>Trusts one certificate more, for as long as it lives.</summary>
    private sealed class Trust : IDisposable
    {
        public Trust(string thumbprint) =>
            ServicePointManager.ServerCertificateValidationCallback = (_, certificate, _, faults) =>
                faults == System.Net.Security.SslPolicyErrors.None || certificate?.GetCertHashString() == thumbprint;

        public void Dispose() => ServicePointManager.ServerCertificateValidationCallback = null;
    }
}
