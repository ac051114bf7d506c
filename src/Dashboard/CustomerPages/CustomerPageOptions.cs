using System.ComponentModel.DataAnnotations;

namespace Escalation.Dashboard.CustomerPages;

/// <summary>What the customer's page says of the company.</summary>
public sealed class CustomerPageOptions
{
    public const string Section = "Escalation:Customer";

    /// <summary>The company's name. Default: Customer care.</summary>
    [Required]
    [StringLength(100)]
    public string Company { get; set; } = "Customer care";

    /// <summary>The number that customers may call; empty for none. Default: empty.</summary>
    [StringLength(40)]
    public string Phone { get; set; } = "";

    /// <summary>The address that customers may write to; empty for none. Default: empty.</summary>
    [StringLength(254)]
    public string Email { get; set; } = "";

    /// <summary>Requests for customers' pages that one address may send per second. Default: 20.</summary>
    [Range(1, 100_000)]
    public int RequestsPerSecond { get; set; } = 20;
}
