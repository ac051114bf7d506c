using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Escalations;
using Escalation.Grains.Policies;
using Escalation.TestKit;
using static Escalation.Grains.Customers.CustomerCommand;
using static Escalation.Grains.Customers.CustomerEvent;

namespace Escalation.Grains.Tests.Customers;

/// <summary>CUS-5, CUS-6: declining to serve, greetings, and letters that go out once.</summary>
public sealed class GreetingTests
{
    private static readonly Guid Case1 = Guid.Parse("0197f3c0-0000-7000-8000-0000000000c1");
    private static readonly Policy Policy = TestPolicy.Shipped.Current;
    private static readonly Actor Irina = new("irina", Roles.Supervisor);
    private static readonly CustomerContact Ioana = new("Ioana Munteanu", "ioana@example.org", null, "ro", "Europe/Chisinau");

    private Customer _ioana = Customer.Empty(Guid.Parse("0197f3c0-0000-7000-8000-0000000000ff"));

    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact, Rule("CUS-6")]
    public void A_greeting_goes_out_once_a_year_on_its_day_in_the_customers_morning()
    {
        Known();
        Tell(new SetOccasions([new(OccasionKind.Birthday, 3, 14), new(OccasionKind.NewYear, 1, 1)]));

        // Ten in the morning in Chișinău, still winter time.
        Assert.Equal(At("2026-03-14T08:00:00Z"), _ioana.NextDue()!.At);
        Assert.Empty(Tick("2026-03-14T07:59:59Z"));
        var letter = Assert.IsType<CustomerLetterDecided>(Tick("2026-03-14T08:00:00Z")[0]);
        Assert.Equal(("ioana@example.org", "La mulți ani, Ioana Munteanu", "birthday"), (letter.To, letter.Subject, letter.Occasion));
        Assert.Empty(Tick("2026-03-14T08:00:01Z"));
        Assert.Equal(At("2027-01-01T08:00:00Z"), _ioana.Planned!.At);

        // The same day once more in the same year, or a corrected one, brings no second greeting.
        Tell(new SetOccasions([new(OccasionKind.Birthday, 5, 1)]));
        Assert.Equal(At("2027-05-01T07:00:00Z"), _ioana.Planned!.At);
    }

    [Theory, Rule("CUS-6")]
    [InlineData(true, null, "case.open")]
    [InlineData(false, "2026-03-08T08:00:00Z", "case.closedLately")]
    [InlineData(false, "2026-03-07T07:59:00Z", null)]
    [InlineData(false, null, null)]
    public void A_greeting_is_suppressed_while_a_case_is_open_and_a_week_after(bool open, string? closedAt, string? because)
    {
        Known();
        Tell(new SetOccasions([new(OccasionKind.Birthday, 3, 14)]));

        var decided = Tell(new TickCustomer(open, closedAt is null ? null : At(closedAt)), "2026-03-14T08:00:00Z");

        Assert.Equal(because, (decided[0] as GreetingSuppressed)?.Because);
        Assert.Equal(because is null ? 1 : 0, _ioana.Letters.Length);
        Assert.Equal(2027, _ioana.Planned!.Year);
    }

    [Fact, Rule("CUS-6")]
    public void After_its_day_a_greeting_is_not_sent_and_the_29th_of_February_is_kept_on_the_28th()
    {
        Known();
        Tell(new SetOccasions([new(OccasionKind.Birthday, 3, 14), new(OccasionKind.Own, 2, 29, "Wedding")]));

        Assert.Equal("late", Assert.IsType<GreetingSuppressed>(Tick("2026-03-14T19:00:00Z")[0]).Because);
        Assert.Equal(("own-02-29", At("2027-02-28T08:00:00Z")), (_ioana.Planned!.Occasion, _ioana.Planned.At));
        Tick("2027-02-28T08:00:00Z");
        Assert.Equal("Wedding: cele mai bune urări", _ioana.Letters[^1].Subject);
    }

    [Fact, Rule("CUS-6")]
    public void A_letter_is_taken_by_one_and_what_was_taken_is_never_sent_again()
    {
        Known();
        Tell(new SetOccasions([new(OccasionKind.Birthday, 3, 14)]));
        Tick("2026-03-14T08:00:00Z");

        Assert.Single(Tell(new TakeLetter(1)));
        Assert.Empty(Tell(new TakeLetter(1)));
        Tell(new SettleLetter(1, LetterState.Waiting, "The server is closed."));
        Assert.Equal((LetterState.Waiting, At("2026-03-14T08:10:00Z")), (_ioana.Letters[0].State, _ioana.NextDue()!.At));
        Assert.Empty(Tell(new TakeLetter(1)));
        Assert.Single(Tell(new TakeLetter(1), "2026-03-14T08:10:00Z"));
        Tell(new SettleLetter(1, LetterState.Sent, null));
        Assert.Empty(Tell(new SettleLetter(1, LetterState.Failed, "Again.")));
        Assert.Equal((LetterState.Sent, 2027), (_ioana.Letters[0].State, _ioana.NextDue()!.At.Year));
    }

    [Fact, Rule("CUS-5")]
    public void Only_a_supervisor_declines_for_a_time_and_what_is_owed_is_taken_all_the_same()
    {
        Known();
        var decline = new DeclineService("Threats against our staff.", _now.AddDays(90), null);
        Assert.Equal("customer.decline.needsSupervisor", Decide(decline, new Actor("ana", Roles.Agent)).Refusal!.Code);
        Assert.Equal("until", Decide(decline with { Until = _now.AddDays(367) }).Refusal!.Field);
        Assert.Equal("until", Decide(decline with { Until = _now }).Refusal!.Field);
        Assert.Equal("reviewAt", Decide(decline with { ReviewAt = _now.AddDays(91) }).Refusal!.Field);

        Tell(decline);
        Assert.Empty(Tell(decline));

        Assert.Equal((_now.AddDays(90), "irina"), (_ioana.Declined!.ReviewAt, _ioana.Declined.By));
        var letter = Assert.Single(_ioana.Letters);
        Assert.Equal(LetterKind.Declining, letter.Kind);
        Assert.All(["Threats against our staff.", "30 mai 2026", "rămâne valabil", "răspundeți la această scrisoare"], words => Assert.Contains(words, letter.Body, StringComparison.Ordinal));
        Assert.Equal("customer.declined", Decide(new AddCase(Ioana, Case1, "quality")).Refusal!.Code);
        Assert.False(Decide(new AddCase(Ioana, Case1, "quality", IsOwed: true)).IsRefused);

        // It ends by itself, or earlier by a supervisor's word.
        var declined = _ioana;
        Tell(new ServeAgain("The appeal was right."));
        Assert.False(Decide(new AddCase(Ioana, Case1, "quality")).IsRefused);
        _ioana = declined;
        _now = _now.AddDays(90);
        Assert.False(Decide(new AddCase(Ioana, Case1, "quality")).IsRefused);
        Assert.Null(_ioana.DeclinedAt(_now));
    }

    [Fact, Rule("CUS-5"), Rule("CUS-6")]
    public void Who_is_declined_is_not_greeted()
    {
        Known();
        Tell(new SetOccasions([new(OccasionKind.Birthday, 3, 14)]));
        Tell(new DeclineService("Threats.", _now.AddDays(90), null));

        Assert.Equal("customer.declined", Assert.IsType<GreetingSuppressed>(Tick("2026-03-14T08:00:00Z")[0]).Because);
    }

    [Fact, Rule("CUS-5"), Rule("CLM-4")]
    public void Who_is_declined_is_given_nothing_until_it_ends()
    {
        Known();
        Assert.Empty(Tell(new AllowGift()));
        Tell(new DeclineService("Threats.", _now.AddDays(90), null));

        Assert.Equal("customer.declined", Decide(new AllowGift()).Refusal!.Code);
        _now = _now.AddDays(90);
        Assert.Empty(Tell(new AllowGift()));
    }

    [Fact, Rule("CUS-5")]
    public void On_the_review_date_those_on_duty_are_asked_once()
    {
        var heads = new DutyRoster(
            "heads", NodaTime.DateTimeZone.Utc, new(2026, 1, 5), NodaTime.IsoDayOfWeek.Monday, new(9, 0), ["irina"], [], null, []);
        var policy = Policy with
        {
            Ladder = Policy.Ladder with
            {
                Rungs = [.. Policy.Ladder.Rungs.Select(rung => rung with { Rosters = rung.Level == Level.Head ? ["heads"] : [] })],
                Rosters = new Dictionary<string, DutyRoster> { ["heads"] = heads },
                People = new Dictionary<string, DutyPerson> { ["irina"] = new("irina", "Irina", "irina@example.org", null, [DutyChannel.Email]) },
            },
        };
        Known();
        Tell(new DeclineService("Threats.", _now.AddDays(90), _now.AddDays(60)));
        var (due, letters) = (_now.AddDays(60), _ioana.Letters.Length);
        Assert.Equal(due, _ioana.ReviewDueAt);

        Assert.Empty(At(due.AddSeconds(-1)));
        var asked = At(due);
        Assert.Equal(new DecliningReviewAsked(due), asked[0]);
        var letter = Assert.IsType<CustomerLetterDecided>(asked[1]);
        Assert.Equal((letters + 1, LetterKind.DecliningReview, "irina@example.org", due), (letter.Letter, letter.LetterKind, letter.To, letter.SendAt));
        Assert.DoesNotContain("Ioana", letter.Body, StringComparison.Ordinal);
        Assert.Equal((null, 2), (_ioana.ReviewDueAt, asked.Count));
        Assert.Empty(At(due.AddDays(1)));

        // Whoever is served again, or was declined for a time that is over, needs no look.
        Tell(new DeclineService("Threats.", _now.AddDays(90), _now.AddDays(60)));
        Assert.Equal([new DecliningReviewAsked(_now.AddDays(60))], At(_now.AddDays(91)));
        Tell(new DeclineService("Threats.", _now.AddDays(90), _now.AddDays(60)));
        Tell(new ServeAgain("The appeal was right."));
        Assert.Null(_ioana.ReviewDueAt);

        IReadOnlyList<CustomerEvent> At(DateTimeOffset at)
        {
            _now = at;
            var events = _ioana.Decide(new TickCustomer(false, null), new Context(_now, Actor.Clock, policy)).Events;
            _ioana = events.Aggregate(_ioana, (folded, happened) => folded.Evolve(happened, _now, Irina.Id));
            return events;
        }
    }

    [Fact, Rule("CUS-7")]
    public void Erased_they_have_no_days_no_reason_and_nothing_on_its_way()
    {
        Known();
        Tell(new SetOccasions([new(OccasionKind.Birthday, 3, 14)]));
        Tell(new DeclineService("Ioana threatened us.", _now.AddDays(90), null));
        Tell(new EraseCustomer("They asked."));

        Assert.Equal((null, null, null, null), (_ioana.Declined!.Reason, _ioana.Planned, _ioana.Letters[0].Body, _ioana.NextDue()));
        Assert.Empty(_ioana.Occasions);
        Assert.Equal("customer.erased", Decide(new SetOccasions([])).Refusal!.Code);
    }

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);

    private void Known() => Tell(new UpdateContact(Ioana));

    private IReadOnlyList<CustomerEvent> Tick(string at) => Tell(new TickCustomer(false, null), at);

    private Decision<CustomerEvent> Decide(CustomerCommand command, Actor? by = null) => _ioana.Decide(command, new Context(_now, by ?? Irina, Policy));

    private IReadOnlyList<CustomerEvent> Tell(CustomerCommand command, string? at = null)
    {
        _now = at is null ? _now : At(at);
        var decision = Decide(command);
        Assert.True(!decision.IsRefused, decision.Refusal?.Detail);
        _ioana = decision.Events.Aggregate(_ioana, (folded, happened) => folded.Evolve(happened, _now, Irina.Id));
        return decision.Events;
    }
}
