using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Notices;

/// <summary>The words of a notice.</summary>
public static class NoticeDraft
{
    /// <summary>What the customer would read in a notice of <paramref name="kind"/>; null when they would not be told.</summary>
    /// <param name="state">The case.</param>
    /// <param name="policy">Whose texts.</param>
    /// <param name="kind">Which notice.</param>
    /// <param name="owner">Who signs.</param>
    /// <param name="values">What the kind's placeholders stand for; those that every notice has are added.</param>
    public static string? BodyOf(Case state, Policy policy, NoticeKind kind, string? owner, Dictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        if (state.Opening?.Customer is null || !IsTold(state, policy, kind))
        {
            return null;
        }

        var texts = policy.Texts.For(state.Language);
        AddCommon(state, policy, texts, owner, values);
        return texts.Messages[kind].Fill(values).Body;
    }

    /// <summary>CASE-9: is the customer told, and is there a way to? An explanation of a delay goes out whatever the policy says.</summary>
    internal static bool IsTold(Case state, Policy policy, NoticeKind kind) =>
        NoticeChannels.For(state, policy.Notices).Count > 0 && (kind is NoticeKind.Explanation or NoticeKind.Letter || policy.Tells.Contains(kind));

    /// <summary>Adds what every notice may name.</summary>
    internal static void AddCommon(Case state, Policy policy, LanguageTexts texts, string? owner, Dictionary<string, string> values)
    {
        values["name"] = state.Opening!.Customer!.Name;
        values["owner"] = owner is { Length: > 0 } ? policy.NameOf(owner) : texts.Signature;
        values["number"] = state.Opening.Number.ToString(CultureInfo.InvariantCulture);
    }
}
