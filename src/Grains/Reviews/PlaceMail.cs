using System.Collections.Immutable;

namespace Escalation.Grains.Reviews;

/// <summary>REV-2: how a place writes to us.</summary>
/// <param name="From">Addresses that its letters come from; one that begins with @ stands for all of a domain.</param>
/// <param name="Patterns">How its letters read; the first that fits holds.</param>
public sealed record PlaceMail(ImmutableArray<string> From, ImmutableArray<MailPattern> Patterns)
{
    /// <summary>A place that does not write.</summary>
    public static PlaceMail None { get; } = new([], []);

    public bool IsFrom(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return From.Any(known => known.StartsWith('@')
            ? address.EndsWith(known, StringComparison.OrdinalIgnoreCase)
            : address.Equals(known, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>REV-2: what a letter from a place turned out to be.</summary>
public abstract record PlaceLetter
{
    /// <summary>It tells of a review.</summary>
    public sealed record OfReview(PublicPlace Place, MailedReview Review) : PlaceLetter;

    /// <summary>A pattern says that it holds no review.</summary>
    public sealed record Ignored(PublicPlace Place, string Pattern) : PlaceLetter;

    /// <summary>No pattern fits, or those of several places do: a person has to read it.</summary>
    public sealed record Unread(PublicPlace Place) : PlaceLetter;

    private PlaceLetter()
    {
    }

    /// <summary>Reads a letter by the patterns of all places that write from that address; null when none does.</summary>
    public static PlaceLetter? Read(ReviewBook book, string from, string subject, string text)
    {
        ArgumentNullException.ThrowIfNull(book);
        var places = book.Places.Where(place => place.Mail.IsFrom(from)).ToList();
        var read = places.Select(place => Read(place, subject, text)).OfType<PlaceLetter>().ToList();
        return places.Count == 0 ? null
            : read.Count == 1 || (read.Count > 1 && read.TrueForAll(letter => letter is Ignored)) ? read[0]
            : new Unread(places[0]);
    }

    private static PlaceLetter? Read(PublicPlace place, string subject, string text)
    {
        foreach (var pattern in place.Mail.Patterns)
        {
            if (pattern.Read(subject, text) is { } review)
            {
                return pattern.IsIgnored ? new Ignored(place, pattern.Name) : new OfReview(place, review);
            }
        }

        return null;
    }
}
