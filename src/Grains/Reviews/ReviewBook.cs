using System.Collections.Immutable;

namespace Escalation.Grains.Reviews;

/// <summary>REV-1 to REV-3: where customers complain in public, and what is made of it.</summary>
public sealed record ReviewBook
{
    /// <summary>A company that looks nowhere.</summary>
    public static ReviewBook Empty { get; } = new();

    /// <summary>REV-1: the register, in the policy's order.</summary>
    public ImmutableArray<PublicPlace> Places { get; init; } = [];

    /// <summary>REV-2: a review with so many stars or fewer opens a case. Default: 3.</summary>
    public int Threshold { get; init; } = 3;

    /// <summary>REV-2: a review that holds any of these opens a case, however many stars it has.</summary>
    public ImmutableArray<string> ComplaintWords { get; init; } = [];

    /// <summary>REV-3: from this rating on a place is healthy. Default: 4.6.</summary>
    public decimal HealthyFrom { get; init; } = 4.6m;

    /// <summary>REV-3: from this rating on it looks made up. Default: 5.0.</summary>
    public decimal MadeUpFrom { get; init; } = 5.0m;

    /// <summary>The place of that id; null when the register has none.</summary>
    public PublicPlace? Find(string id) => Places.FirstOrDefault(place => place.Id == id);

    /// <summary>REV-2: whether a review is a complaint. Someone's word goes before words and stars.</summary>
    public bool IsComplaint(int? rating, string? text, bool? said) =>
        said ?? (rating <= Threshold ||
            (text is not null && ComplaintWords.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))));

    /// <summary>REV-3: the band of a rating, as the public reads it.</summary>
    public RatingBand BandOf(decimal rating) =>
        rating >= MadeUpFrom ? RatingBand.LooksMadeUp : rating >= HealthyFrom ? RatingBand.Healthy : RatingBand.NeedsWork;
}

/// <summary>REV-1: a public place where customers complain.</summary>
/// <param name="Id">For instance <c>googleMaps</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Url">Where to look.</param>
/// <param name="LookEvery">It is to be looked at this often.</param>
/// <param name="Type">The conflict type of a case from there when nobody says which.</param>
/// <param name="Site">Our site that it is about; null for the whole company.</param>
/// <param name="Language">BCP 47, of whoever writes there; English when nothing is said.</param>
/// <param name="TimeZone">IANA, of whoever writes there.</param>
public sealed record PublicPlace(
    string Id, string Name, string Url, TimeSpan LookEvery, string Type, string? Site, string Language, string TimeZone)
{
    /// <summary>REV-2: how it writes to us about reviews.</summary>
    public PlaceMail Mail { get; init; } = PlaceMail.None;
}

/// <summary>REV-3: what a rating says.</summary>
public enum RatingBand
{
    NeedsWork,
    Healthy,
    LooksMadeUp,
}
