using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Escalation.Silo.Intake;

/// <summary>Which field a column's heading means, in the spellings that people use.</summary>
internal sealed class HeaderNames
{
    private readonly FrozenDictionary<string, string> _exact;
    private readonly FrozenDictionary<string, string> _likely;

    private HeaderNames(IReadOnlyList<string> fields, Dictionary<string, string> likely)
    {
        Fields = fields;
        _exact = fields.ToFrozenDictionary(Plain);
        _likely = likely.SelectMany(entry => entry.Value.Split(", "), (entry, spelling) => (Spelling: Plain(spelling), entry.Key))
            .ToFrozenDictionary(pair => pair.Spelling, pair => pair.Key);
    }

    /// <summary>The headings of files with cases.</summary>
    public static HeaderNames Cases { get; } = new(
        [
            "key", "customer.id", "customer.name", "customer.email", "customer.phone", "customer.language", "customer.timeZone",
            "type", "summary", "channel", "heat", "claim.amount", "claim.currency", "product", "site", "complainedAt",
        ],
        new()
        {
            ["key"] = "id, ticket, ticketno, ticketnumber, ticketid, caseid, casenumber, complaintid, reference, ref, numar, nr, номер, идентификатор",
            ["customer.id"] = "customeruuid",
            ["customer.name"] = "name, customer, client, clientname, fullname, complainant, consumer, nume, numeclient, numelesiprenumele, клиент, имя, фио, заявитель",
            ["customer.email"] = "email, mail, emailaddress, customermail, posta, adresaemail, почта, электроннаяпочта, эл.почта",
            ["customer.phone"] = "phone, phonenumber, telephone, tel, mobile, telefon, numardetelefon, телефон, тел",
            ["customer.language"] = "language, lang, limba, язык",
            ["customer.timeZone"] = "timezone, zone, fusorar, часовойпояс",
            ["type"] = "conflicttype, complainttype, category, tip, tipul, categorie, тип, категория",
            ["summary"] = "description, complaint, customercomplaint, subject, text, details, issue, problem, descriere, reclamatie, rezumat, описание, жалоба, текст, суть",
            ["channel"] = "receivedvia, via, source, submittedvia, canal, sursa, канал, источник",
            ["heat"] = "tone, mood, тон",
            ["claim.amount"] = "amount, sum, claim, value, suma, valoare, сумма, претензия",
            ["claim.currency"] = "currency, valuta, moneda, валюта",
            ["product"] = "item, productname, produs, товар, продукт",
            ["site"] = "branch, store, shop, location, filiala, magazin, филиал, магазин",
            ["complainedAt"] = "date, datetime, received, receiveddate, datereceived, complaintdate, created, createdat, opened, openedat, data, datareclamatiei, дата, датажалобы, датаобращения",
        });

    /// <summary>REV-2: the headings of files with reviews.</summary>
    public static HeaderNames Reviews { get; } = new(
        ["key", "place", "rating", "text", "author", "url", "at", "type", "language", "complains", "customer"],
        new()
        {
            ["key"] = "id, reviewid, reviewkey, reference, ref, numar, nr, номер, идентификатор",
            ["place"] = "platform, source, website, sursa, platforma, площадка, источник, сайт",
            ["rating"] = "stars, starrating, score, rate, stele, nota, calificativ, рейтинг, оценка, звезды",
            ["text"] = "review, reviewtext, comment, content, body, message, recenzie, comentariu, отзыв, комментарий, текст",
            ["author"] = "name, reviewer, reviewername, username, user, autor, nume, автор, имя, пользователь",
            ["url"] = "link, reviewurl, permalink, adresa, ссылка",
            ["at"] = "date, datetime, reviewdate, published, publishedat, posted, postedat, created, createdat, writtenat, data, datarecenziei, дата, датаотзыва",
            ["type"] = "conflicttype, complainttype, category, tip, categorie, тип, категория",
            ["language"] = "lang, locale, limba, язык",
            ["complains"] = "complaint, iscomplaint, reclamatie, жалоба",
            ["customer"] = "customerid, customeruuid",
        });

    /// <summary>The fields that a column may go into, as the API names them.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>The field, and whether the heading is the field's own name, however it is separated; null for one that is not known.</summary>
    public (string Field, bool IsSure)? Find(string heading)
    {
        var plain = Plain(heading);
        return _exact.TryGetValue(plain, out var own) ? (own, true)
            : _likely.TryGetValue(plain, out var likely) ? (likely, false)
            : null;
    }

    /// <summary>True for a heading that says that a column holds times of day.</summary>
    public static bool IsTime(string heading) => Plain(heading) is "time" or "hour" or "ora" or "время" or "timeofday";

    /// <summary>Letters and digits, small, without marks.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormD))
        {
            if (char.IsLetterOrDigit(letter) && CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            {
                plain.Append(char.ToLowerInvariant(letter));
            }
        }

        return plain.ToString();
    }
}
