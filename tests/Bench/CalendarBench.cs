using System.Diagnostics;
using Escalation.Grains.Calendars;

namespace Escalation.Bench;

/// <summary>
/// Due instants on calendars as teams have them, beside a walk from day to day over the same questions in the same run;
/// and all running clocks computed anew after a change of their calendars.
/// </summary>
internal static class CalendarBench
{
    private const int Seed = 20261121;
    private const int Clocks = 100_000;

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    public static Task RunAsync(BenchRun run)
    {
        var walks = Texts().Select(text => new DayWalk(text)).ToList();
        var random = new Random(Seed);
        var questions = Enumerable.Range(0, run.Small ? 2_000 : 20_000).Select(i => Ask(random, i % walks.Count)).ToList();

        var (fast, slow) = (new List<double>(), new List<double>());
        var calendars = Texts().Select(Read).ToList();
        for (var round = 0; round < (run.Small ? 3 : 8); round++)
        {
            var mine = Nanoseconds(questions, asked => calendars[asked.Calendar].Due(asked.Start, Target.Working(asked.Length)).At);
            var walked = Nanoseconds(questions, asked => walks[asked.Calendar].Due(asked.Start, asked.Length));
            if (mine.Sum != walked.Sum)
            {
                throw new InvalidOperationException("The two came to different due instants.");
            }

            run.Say($"round {round}: {mine.Each:0} ns per due, {walked.Each:0} ns walking day by day{(round == 0 ? "; cold, not counted" : "")}");
            if (round > 0)
            {
                fast.Add(mine.Each);
                slow.Add(walked.Each);
            }
        }

        run.Report("nsPerDue", Median(fast), "ns", "a walk day by day", Median(slow));
        run.Report("recalculate100kMs", Median([.. Enumerable.Range(0, run.Small ? 2 : 7).Select(_ => Recalculate())]), "ms");
        run.Report("firstFarUs", Median([.. Enumerable.Range(0, 200).Select(_ => FirstFar())]), "µs");
        return Task.CompletedTask;
    }

    /// <summary>A new calendar's first due instant, decades away: it sums up all the years between.</summary>
    private static double FirstFar()
    {
        var calendar = Read(Texts()[0]);
        var started = Stopwatch.GetTimestamp();
        var due = calendar.Due(Now, Target.Working(TimeSpan.FromHours(100_000)));
        return due.IsRefused ? throw new InvalidOperationException(due.Refusal.Detail) : Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }

    /// <summary>100,000 running clocks, and then every calendar changes its hours: what was used is kept.</summary>
    private static double Recalculate()
    {
        var random = new Random(Seed);
        var before = Texts().Select(Read).ToList();
        var clocks = Enumerable.Range(0, Clocks).Select(i =>
        {
            var asked = Ask(random, i % before.Count);
            var progress = ClockProgress.From(asked.Start).Ran(before[asked.Calendar], asked.Start, Now);
            // All of them still run.
            return (asked.Calendar, Progress: progress, Target: Target.Working(progress.Consumed + asked.Length));
        }).ToArray();
        var dues = new DateTimeOffset[Clocks];

        var started = Stopwatch.GetTimestamp();
        var after = Texts().Select(text => Read(text with { Base = text.Base with { RecurringHolidays = [.. text.Base.RecurringHolidays, "11-24"] } })).ToList();
        for (var i = 0; i < dues.Length; i++)
        {
            dues[i] = clocks[i].Progress.Due(after[clocks[i].Calendar], Now, clocks[i].Target).At;
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static (double Each, long Sum) Nanoseconds(List<Question> questions, Func<Question, DateTimeOffset> answer)
    {
        var sum = 0L;
        var started = Stopwatch.GetTimestamp();
        foreach (var question in questions)
        {
            sum += answer(question).UtcTicks % 1_000_000_007;
        }

        return (Stopwatch.GetElapsedTime(started).TotalNanoseconds / questions.Count, sum);
    }

    /// <summary>Half of the targets within a day of work, most of the others within weeks, a few within years.</summary>
    private static Question Ask(Random random, int calendar)
    {
        var start = Now.AddSeconds(-random.Next(14 * 86_400));
        var minutes = random.Next(20) switch
        {
            < 10 => random.Next(5, 480),
            < 17 => random.Next(480, 10 * 480),
            < 19 => random.Next(10 * 480, 200 * 480),
            _ => random.Next(200 * 480, 1500 * 480),
        };
        return new Question(calendar, start, TimeSpan.FromMinutes(minutes));
    }

    private static WorkCalendar Read(CalendarText text) =>
        WorkCalendar.TryRead(text, out var calendar, out var faults) ? calendar : throw new InvalidOperationException(faults[0].Sentence);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static CalendarText[] Texts()
    {
        string[] weekdays = ["mon", "tue", "wed", "thu", "fri"];
        string[] all = [.. weekdays, "sat", "sun"];
        string[] holidays = ["2026-04-03", "2026-04-06", "2026-05-14", "2026-05-25", "2027-03-26", "2027-03-29", "2028-04-14", "2028-04-17"];
        string[] recurring = ["01-01", "01-07", "03-08", "05-01", "05-09", "08-27", "08-31", "12-25"];
        return
        [
            Text("Europe/Chisinau", weekdays, recurring, holidays, ("09:00", "18:00")),
            Text("Europe/Berlin", weekdays, recurring, holidays, ("08:00", "12:00"), ("13:00", "17:00")),
            Text("America/New_York", [.. weekdays, "sat"], recurring, [], ("09:00", "21:00")),
            Text("Australia/Lord_Howe", all, [], [], ("22:00", "06:00")),
            Text("UTC", all, [], [], ("00:00", "24:00")),
        ];
    }

    private static CalendarText Text(string zone, string[] days, string[] recurring, string[] holidays, params (string From, string To)[] openings) => new()
    {
        TimeZone = zone,
        Base = new CalendarVersionText
        {
            Hours = days.ToDictionary(day => day, IReadOnlyList<OpeningText> (_) => [.. openings.Select(opening => new OpeningText(opening.From, opening.To))]),
            Holidays = holidays,
            RecurringHolidays = recurring,
            SpecialDays = new Dictionary<string, IReadOnlyList<OpeningText>>
            {
                ["2026-12-24"] = [new("09:00", "12:00")],
                ["2026-12-31"] = [new("09:00", "12:00")],
            },
        },
    };

    private sealed record Question(int Calendar, DateTimeOffset Start, TimeSpan Length);
}
