using System.Collections.Frozen;
using System.Net.Mail;
using System.Text.RegularExpressions;
using Escalation.Grains.Cases;
using Escalation.Grains.Promises;
using NodaTime;

namespace Escalation.Dashboard.Api;

/// <summary>Members of request bodies that concern cases, each declared once.</summary>
internal static partial class CaseFields
{
    private const int LongText = 4000;
    private const int Line = 200;

    private static readonly FrozenSet<string> Zones = DateTimeZoneProviders.Tzdb.Ids.ToFrozenSet(StringComparer.Ordinal);

    public static UuidField CustomerId { get; } = new("id", false, "The customer, if known; an unknown id is given to a new customer.");

    public static TextField Name { get; } = new("name", Line, true, "The person's or firm's name.", lines: false);

    public static TextField Email { get; } = new("email", 254, false, "Mail address.", lines: false, FaultOfEmail);

    public static TextField Phone { get; } = new("phone", 40, false, "Phone number.", lines: false, FaultOfPhone);

    public static TextField Language { get; } = new("language", 35, false, "BCP 47, for instance en or ru. Default: en.", lines: false, FaultOfLanguage);

    public static TextField TimeZone { get; } = new("timeZone", 60, false, "IANA zone, for instance Europe/Chisinau. Default: UTC.", lines: false, FaultOfZone);

    public static TextField CustomerGroup { get; } = new("group", Line, false, "The group that the company sorts this customer into; policies may ask for it.", lines: false);

    public static WordField<Channel> Prefers { get; } = new("prefers", false, "The channel over which they want to be told first: email, sms, chat or webhook. Default: the way they came, then the company's order.");

    public static ObjectField Customer { get; } =
        new("customer", true, "Who complains.", CustomerId, Name, Email, Phone, Language, TimeZone, Prefers, CustomerGroup);

    public static TextField Type { get; } = new("type", 100, true, "Conflict type, for instance wrongPayment.", lines: false);

    public static TextField Summary { get; } = new("summary", LongText, true, "What happened.");

    public static WordField<Channel> Channel { get; } = new("channel", true, "The way by which they came, or were reached.");

    public static WordField<Heat> HeatIfKnown { get; } = new("heat", false, "How hot the conflict is. Default: calm.");

    public static WordField<Heat> Heat { get; } = new("heat", true, "How hot the conflict is now.");

    public static MoneyField Claim { get; } = new("claim", false, "What the customer claims.");

    public static TextField Product { get; } = new("product", Line, false, "What it is about.", lines: false);

    public static TextField Site { get; } = new("site", Line, false, "Where it happened.", lines: false);

    public static InstantField ComplainedAt { get; } = new("complainedAt", false, "When the customer complained; clocks run from then. Default: now.");

    public static WordField<Direction> Direction { get; } = new("direction", true, "Who spoke to whom.");

    public static TextField Note { get; } = new("note", LongText, true, "What was said, or is worth remembering.");

    public static TextField NoteIfAny { get; } = new("note", LongText, false, "Worth remembering.");

    public static WordField<Step> Step { get; } = new("step", true, "The step that was done.");

    public static TextField Facts { get; } = new("facts", LongText, true, "What really happened.");

    public static TextField Expectation { get; } = new("expectation", LongText, true, "What the customer expects.");

    public static TextField Text { get; } = new("text", LongText, true, "In words that the customer would understand.");

    public static MoneyField Cost { get; } = new("cost", false, "What it would cost us, if known.");

    public static NumbersField Options { get; } = new("options", false, "Numbers of the options that the customer chose.");

    public static BooleanField RemedyGiven { get; } = new("remedyGiven", false, "A remedy was given on the spot. Default: false.");

    public static WordField<Stage> To { get; } = new("to", true, "The next stage, or contact for a new round.");

    public static TextField ReasonIfAny { get; } = new("reason", LongText, false, "Why.");

    public static WholeField Expected { get; } =
        new("expected", Grains.Cases.Survey.Least, Grains.Cases.Survey.Most, false, "CUS-2: what the customer expected, 1 (little) to 5 (very much).");

    public static WholeField Got { get; } =
        new("got", Grains.Cases.Survey.Least, Grains.Cases.Survey.Most, false, "CUS-2: what they got, 1 to 5.");

    public static TextField ReasonOfDeclining { get; } = new("reason", LongText, true, "CUS-5: why, in words that the customer is told.");

    public static InstantField DeclinedUntil { get; } = new("until", true, "CUS-5: it ends by itself then, within a year.");

    public static InstantField DecliningReview { get; } = new("reviewAt", false, "CUS-5: by then a supervisor looks whether it still has to be. Default: in half a year, or at the end.");

    public static YearDayField Birthday { get; } = new("birthday", false, "CUS-6: month and day, for instance 03-14.");

    public static BooleanField NewYear { get; } = new("newYear", false, "CUS-6: greet them on 1 January. Default: false.");

    public static OwnDatesField OwnDates { get; } = new("dates", false, "CUS-6: days of their own.");

    public static TextField ReasonOfErasure { get; } = new("reason", Line, true, "Why, in words that name nobody: they stay.", lines: false);

    public static TextField Reason { get; } = new("reason", LongText, true, "Why, in words that can be told to the customer.");

    public static WordField<Level> Level { get; } = new("level", false, "Who is asked. Default: one above the case's level.");

    public static TextField Agent { get; } = new("agent", 100, true, "Who answers for the case from now on; null takes it back to the queue.", lines: false) { Nullable = true };

    public static TextField Owner { get; } = new("owner", 100, false, "Who gives their word. Default: the case's owner, else the sender.", lines: false);

    public static InstantField DueAt { get; } = new("dueAt", true, "By when it will happen.");

    public static BooleanField OutsideLaw { get; } = new("outsideLaw", false, "REG-1: what a law says of delays is not about this promise, for instance a call back beside a delivery. Default: false.");

    public static InstantField NewDueAt { get; } = new("newDueAt", true, "By when it will happen instead.");

    public static WordField<CustomerAnswer> Answer { get; } = new("answer", true, "What the customer says to the new date.");

    public static WordField<Channel> AnswerChannel { get; } = new("channel", false, "The way by which they said so. Default: phone.");

    public static BooleanField Approve { get; } = new("approve", true, "Yes or no.");

    public static TextField ReasonOfDecision { get; } = new("reason", LongText, false, "Why; a denial needs it, in words that can be told.");

    public static TextField Evidence { get; } = new("evidence", LongText, true, "How we know that it was kept.");

    public static TextField PauseReason { get; } = new("reason", Line, true, "One of the policy's reasons to pause, for instance waitingForCustomer.", lines: false);

    public static WordField<Outcome> Outcome { get; } = new("outcome", true, "How the case ends.");

    public static TextField Farewell { get; } = new("summary", LongText, true, "What was done and agreed; the customer is sent this, with thanks.");

    public static MoneyField Amount { get; } = new("amount", false, "How much. Default, to concede: all that is claimed.");

    public static BooleanField Concede { get; } = new("concede", false, "The customer is to have it. Default: false, which only says what is claimed.");

    public static TextField ReasonOfConcession { get; } = new("reason", LongText, false, "Why; needed when it is above your limit and someone else decides.");

    public static TextField GiftItem { get; } = new("gift", 100, true, "What is given, by its id in the catalogue.", lines: false);

    public static BooleanField GiftAccepted { get; } = new("accepted", false, "Did the customer take it?");

    public static BooleanField GiftClosedCase { get; } = new("caseClosed", false, "Did it end the conflict?");

    public static BooleanField GiftCustomerStayed { get; } = new("customerStayed", false, "Did the customer stay?");

    public static TextField StockSite { get; } = new("site", Line, false, "Whose stock. Default: the one that all sites share.", lines: false);

    public static WholeField StockPieces { get; } = new("pieces", -100_000, 100_000, true, "How many came; fewer with a minus.");

    public static TextField CausedBy { get; } = new("causedBy", 100, true, "Who caused the conflict; null when it was none of us.", lines: false) { Nullable = true };

    public static TextField ApologyBy { get; } = new("by", 100, false, "Who apologised. Default: the sender.", lines: false);

    public static UuidField MergeCustomerInto { get; } = new("into", true, "The customer who goes on with everything.");
    public static UuidField MergeInto { get; } = new("into", true, "The case that goes on with everything.");

    public static UuidField Previous { get; } = new("previous", false, "CASE-4: the closed case of the same customer that this one goes on from.");

    /// <summary>An address that mail servers take, written plainly. Only a message that arrives proves that it exists.</summary>
    private static string? FaultOfEmail(string text) =>
        PlainEmail().IsMatch(text) && MailAddress.TryCreate(text, out var address) && address.Address == text
            ? null
            : "must be a mail address, for instance ana@example.org";

    private static string? FaultOfPhone(string text) =>
        PlainPhone().IsMatch(text) && text.Count(char.IsAsciiDigit) is >= 3 and <= 20
            ? null
            : "must be a phone number, for instance +373 22 123456";

    private static string? FaultOfLanguage(string text) =>
        LanguageTag().IsMatch(text) ? null : "must be a language as in BCP 47, for instance en or pt-BR";

    private static string? FaultOfZone(string text) =>
        Zones.Contains(text) ? null : "must be an IANA time zone, for instance Europe/Chisinau";

    [GeneratedRegex(@"^[^\s@<>()\[\],;:\\""\p{Cc}]{1,64}@[^\s@<>()\[\],;:\\""\p{Cc}.]+(\.[^\s@<>()\[\],;:\\""\p{Cc}.]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainEmail();

    [GeneratedRegex(@"^\+?[0-9 ().\-/]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainPhone();

    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
