using Escalation.Grains.Reviews;
using NodaTime;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>reviews.yaml</c>: the register of public places. See <c>docs/REVIEWS.md</c>.</summary>
internal static class ReviewsYaml
{
    private const int MostStars = 5;

    public static ReviewBook Read(YamlPart file, IReadOnlySet<string> types)
    {
        var none = ReviewBook.Empty;
        var threshold = file.Find("threshold") is null ? none.Threshold : file.Number("threshold");
        if (threshold >= MostStars)
        {
            file.Fault($"is {threshold}: every review would be a complaint. At most {MostStars - 1}.", "threshold");
        }

        var (healthy, madeUp) = (none.HealthyFrom, none.MadeUpFrom);
        if (file.Find("bands") is { } bands)
        {
            (healthy, madeUp) = (bands.Amount("healthyFrom"), bands.Amount("madeUpFrom"));
            if (healthy < 1 || healthy >= madeUp || madeUp > MostStars)
            {
                bands.Fault($"must rise from 1 to {MostStars}: healthyFrom below madeUpFrom.");
            }

            bands.Close();
        }

        var places = new List<PublicPlace>();
        foreach (var part in file.Get("places")?.Items() ?? [])
        {
            var place = ReadPlace(part, types);
            if (places.Exists(other => other.Id == place.Id))
            {
                part.Fault($"is {place.Id}, which is there already.", "id");
            }

            places.Add(place);
        }

        var words = file.Words("complaintWords");
        if (words.Any(string.IsNullOrWhiteSpace))
        {
            file.Fault("holds an empty word, which every review would have.", "complaintWords");
        }

        file.Close();
        return new ReviewBook
        {
            Places = [.. places], Threshold = threshold, ComplaintWords = [.. words], HealthyFrom = healthy, MadeUpFrom = madeUp,
        };
    }

    private static PublicPlace ReadPlace(YamlPart part, IReadOnlySet<string> types)
    {
        var place = new PublicPlace(
            part.Text("id"), part.Text("name"), part.Text("url"), part.Duration("lookEvery"), part.Text("type"),
            part.Find("site")?.Word(), part.Find("language")?.Word() ?? "en", part.Find("timeZone")?.Word() ?? "UTC")
        {
            Mail = part.Find("mail") is { } mail ? ReadMail(mail) : PlaceMail.None,
        };
        part.Close();
        if (!Uri.TryCreate(place.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
        {
            part.Fault("must be an address such as https://reviews.example.org/us.", "url");
        }

        if (place.Type.Length > 0 && !types.Contains(place.Type))
        {
            part.Fault($"is '{place.Type}', which is no conflict type of policy.yaml.", "type");
        }

        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(place.TimeZone) is null)
        {
            part.Fault("must be an IANA time zone, for instance Europe/Chisinau.", "timeZone");
        }

        return place;
    }

    private static PlaceMail ReadMail(YamlPart mail)
    {
        var from = mail.Words("from");
        if (from.Count == 0 || from.Any(address => address.IndexOf('@') is var at && (at < 0 || at == address.Length - 1)))
        {
            mail.Fault("must name the addresses that its letters come from, such as reviews@place.example, or @place.example for all of a domain.", "from");
        }

        var patterns = new List<MailPattern>();
        foreach (var (name, part) in mail.Find("patterns")?.Entries() ?? [])
        {
            var (pattern, fault) = MailPattern.TryParse(
                name, part.Find("subject")?.Word(), part.Find("text")?.Word(), part.Flag("ignore"));
            if (pattern is null)
            {
                part.Fault(fault!);
            }
            else
            {
                patterns.Add(pattern);
            }

            part.Close();
        }

        mail.Close();
        return new PlaceMail([.. from], [.. patterns]);
    }
}
