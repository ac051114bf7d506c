using System.Text;
using Escalation.Dashboard.Inbound;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Inbound;

/// <summary>Letters as they come: every charset and encoding, reports of every server, and noise.</summary>
public sealed class InboundMailTests
{
    private const string Bounce =
        """
        From: Mail Delivery System <MAILER-DAEMON@mx.example>
        To: care@shop.example
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

        --b1
        Content-Type: text/plain; charset=us-ascii

        I could not deliver it.
        --b1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example
        Arrival-Date: Thu, 19 Nov 2026 14:00:00 +0200

        Final-Recipient: rfc822; stefan@example.org
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 <stefan@example.org>: Recipient
         address rejected: User unknown
        --b1
        Content-Type: text/rfc822-headers

        Message-ID: <0197f3c000007000800000000000000a-n2@shop.example>
        Subject: A new date
        --b1--
        """;

    [Fact, Rule("PRM-5")]
    public void A_delivery_report_says_which_letter_failed_and_why_and_names_nobody()
    {
        var mail = Read(Bounce);

        Assert.Equal(Report.Failed, mail.Report);
        Assert.Equal("0197f3c000007000800000000000000a-n2@shop.example", mail.About[0]);
        Assert.Equal("5.1.1 smtp; 550 5.1.1 <recipient>: Recipient address rejected: User unknown", mail.Reason);
        Assert.True(mail.IsAutomatic);
    }

    [Theory, Rule("PRM-5")]
    [InlineData("Action: delayed", (int)Report.Delayed)]
    [InlineData("Action: Failed", (int)Report.Failed)]
    [InlineData("Action: delivered", (int)Report.Other)]
    [InlineData("Action: relayed", (int)Report.Other)]
    public void What_a_report_says_is_taken_as_it_says_it(string action, int report) =>
        Assert.Equal((Report)report, Read(Bounce.Replace("Action: failed", action, StringComparison.Ordinal)).Report);

    [Fact, Rule("PRM-5")]
    public void A_report_in_a_servers_own_words_is_known_by_the_letter_it_quotes()
    {
        var mail = Read(
            """
            From: Mailer-Daemon@old.example
            Return-Path: <>
            Subject: failure notice: no such user <stefan@example.org>

            Hi. This is the mail program at old.example.
            --- Below this line is a copy of the message.
            Message-ID: <0197f3c000007000800000000000000a-n3@shop.example>
            """);

        Assert.Equal((Report.Failed, "0197f3c000007000800000000000000a-n3@shop.example"), (mail.Report, mail.About[0]));
        Assert.DoesNotContain("stefan", mail.Reason, StringComparison.Ordinal);
    }

    [Fact, Rule("PRM-5")]
    public void A_reply_in_two_forms_and_a_charset_of_its_own_reads_as_it_was_written()
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes("Да, подходит.\r\n\r\nчт, 19 нояб. 2026 г., Shop care пишет:\r\n> The new date\r\n"));
        var mail = Read(
            $"""
            From: =?koi8-r?B?4c7OwQ==?= <anna@example.org>
            Subject: =?utf-8?Q?Re:_=D0=A1=D1=80?= =?utf-8?Q?=D0=BE=D0=BA?=
            Message-ID: <answer-1@example.org>
            In-Reply-To: <0197f3c000007000800000000000000a-n2@shop.example>
            References: <0197f3c000007000800000000000000a@shop.example>
             <0197f3c000007000800000000000000a-n2@shop.example>
            Content-Type: multipart/alternative; boundary=xx

            --xx
            Content-Type: text/plain; charset="utf-8"
            Content-Transfer-Encoding: base64

            {text}
            --xx
            Content-Type: text/html; charset=utf-8

            <p>Да</p>
            --xx--
            """);

        Assert.Equal(("anna@example.org", "Re: Срок", "answer-1@example.org"), (mail.From, mail.Subject, mail.MessageId));
        Assert.Equal("Да, подходит.", InboundMail.OwnWords(mail.Text));
        Assert.Equal("0197f3c000007000800000000000000a-n2@shop.example", mail.About[0]);
        Assert.False(mail.IsAutomatic);
    }

    [Theory, Rule("PRM-5")]
    [InlineData("Content-Type: text/plain; charset=windows-1251\nContent-Transfer-Encoding: quoted-printable", "=C4=E0=\n!", "Да!")]
    [InlineData("Content-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: 8bit", "ok", "ok")]
    [InlineData("Content-Type: text/plain; charset=x-unknown", "Bun\u0103", "Bun\u0103")]
    [InlineData("Content-Type: text/html", "<html><head><style>p{}</style></head><p>One &amp; two<br>three</p></html>", "One & two\nthree")]
    [InlineData("Content-Transfer-Encoding: quoted-printable", "a=3Db =ZZ =", "a=b =ZZ =")]
    public void Texts_are_read_in_their_encoding(string headers, string body, string expected) =>
        Assert.Equal(expected, Read($"From: a@b.example\n{headers}\n\n{body}").Text.Trim());

    [Theory, Rule("PRM-5")]
    [InlineData("Auto-Submitted: auto-replied", true)]
    [InlineData("Auto-Submitted: no", false)]
    [InlineData("Precedence: bulk", true)]
    [InlineData("X-Autoreply: yes", true)]
    [InlineData("Return-Path: <>", true)]
    [InlineData("X-Mailer: Thunder", false)]
    public void A_machine_is_known_by_its_habits(string header, bool automatic) =>
        Assert.Equal(automatic, Read($"From: a@b.example\n{header}\n\nAway until Monday.").IsAutomatic);

    [Theory, Rule("PRM-5")]
    [InlineData("Fine.\n\nOn Thu, 19 Nov 2026 at 14:00, Shop care wrote:\n> Dear Stefan", "Fine.")]
    [InlineData("Bine.\n\nLa joi, Shop care a scris:\n\n> Stimate", "Bine.")]
    [InlineData("No.\n-- \nStefan\nDirector", "No.")]
    [InlineData("No!\n\n-----Original Message-----\nFrom: Shop", "No!")]
    [InlineData("> Dear Stefan\nfine", "> Dear Stefan\nfine")]
    [InlineData("Only this", "Only this")]
    public void Their_own_words_are_what_they_do_not_quote(string text, string own) => Assert.Equal(own, InboundMail.OwnWords(text));

    [Theory, Rule("PRM-5")]
    [InlineData(1)]
    [InlineData(20261121)]
    public void Whatever_comes_it_is_read(int seed)
    {
        var chance = new Random(seed);
        var source = Encoding.UTF8.GetBytes(Bounce.ReplaceLineEndings("\r\n"));
        for (var round = 0; round < 400; round++)
        {
            var letter = source.ToList();
            for (var change = chance.Next(1, 30); change > 0; change--)
            {
                var at = chance.Next(letter.Count);
                switch (chance.Next(4))
                {
                    case 0:
                        letter[at] = (byte)chance.Next(256);
                        break;
                    case 1:
                        letter.RemoveRange(at, Math.Min(chance.Next(40), letter.Count - at));
                        break;
                    case 2:
                        letter.InsertRange(at, source.AsSpan(chance.Next(source.Length / 2), chance.Next(200)).ToArray());
                        break;
                    default:
                        letter.InsertRange(at, Encoding.ASCII.GetBytes("\r\n--b1\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n"));
                        break;
                }

                if (letter.Count == 0)
                {
                    break;
                }
            }

            InboundMail.OwnWords(InboundMail.Read([.. letter]).Text);
        }
    }

    [Fact, Rule("PRM-5")]
    public void A_letter_made_to_be_hard_is_read_in_no_time()
    {
        var nested = string.Concat(Enumerable.Range(0, 3000).Select(i => $"--b{i}\nContent-Type: multipart/mixed; boundary=b{i + 1}\n\n"));
        var hard = "Content-Type: multipart/mixed; boundary=b0\nSubject: " + string.Concat(Enumerable.Repeat("=?utf-8?Q?a", 20_000)) +
            "\nX: " + new string(';', 50_000) + "\n\n" + nested + new string('<', 50_000);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();

        InboundMail.Read(Encoding.UTF8.GetBytes(hard));

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
    }

    private static InboundMail Read(string letter) => InboundMail.Read(Encoding.UTF8.GetBytes(letter.ReplaceLineEndings("\r\n")));
}
