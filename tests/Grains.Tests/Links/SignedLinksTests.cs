using Escalation.Grains.Links;
using Escalation.Grains.Promises;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Links;

/// <summary>CUS-8: what stands in a customer's link, and what is not taken for one.</summary>
public sealed class SignedLinksTests
{
    private static readonly SignedLinks Links = With(7);

    private static readonly CustomerLink Link = new(
        Guid.Parse("0197f3c0-0000-7000-8000-000000000001"), 3, new DateTimeOffset(2027, 2, 19, 12, 0, 0, TimeSpan.Zero), 70_000, 2);

    [Fact, Rule("CUS-8")]
    public void A_link_reads_as_it_was_made()
    {
        Assert.Equal(Link, Links.Read(Links.TokenOf(Link)));
        Assert.Equal(Link with { Promise = null, Revision = null }, Links.Read(Links.TokenOf(Link with { Promise = null, Revision = null })));
    }

    [Fact, Rule("PRM-6")]
    public void An_answer_stands_beside_the_token() =>
        Assert.Equal($"https://care.example/c/{Links.TokenOf(Link)}?answer=callMe", Links.UrlOf(Link, CustomerAnswer.CallMe));

    [Fact, Rule("CUS-8")]
    public void A_token_with_any_letter_changed_is_none()
    {
        var token = Links.TokenOf(Link);
        for (var at = 0; at < token.Length; at++)
        {
            foreach (var letter in "AbZ09-_ =/+")
            {
                var changed = $"{token[..at]}{letter}{token[(at + 1)..]}";
                Assert.True(changed == token || Links.Read(changed) is null, changed);
            }
        }
    }

    [Theory, Rule("CUS-8")]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("žžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžžž")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_we_did_not_sign_is_no_token(string token) => Assert.Null(Links.Read(token));

    [Fact, Rule("CUS-8")]
    public void Another_key_reads_nothing() => Assert.Null(With(8).Read(Links.TokenOf(Link)));

    private static SignedLinks With(byte first) =>
        new([first, .. new byte[31]], TimeSpan.FromDays(90), () => "https://care.example");
}
