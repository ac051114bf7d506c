using System.ComponentModel.DataAnnotations;

namespace Escalation.Silo.Links;

/// <summary>CUS-8: how customers' links are signed.</summary>
internal sealed class LinkOptions
{
    public const string Section = "Escalation:Links";

    /// <summary>
    /// The key, at least 32 bytes in Base64; the same on every host of one database. Default: made once, and kept as
    /// <c>link-key</c> in the data folder.
    /// </summary>
    public string Key { get; set; } = "";

    /// <summary>How many days a link opens its case. Default: 90.</summary>
    [Range(1, 3650)]
    public int Days { get; set; } = 90;
}
