using System.Globalization;
using Escalation.Grains.Calendars;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Calendars;

/// <summary>Thousands of calendars at random, against a walk by minutes and against each other's laws.</summary>
public sealed class RandomCalendarTests
{
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    [Fact, Rule("CLK-2"), Rule("CLK-5"), Rule("CLK-6")]
    public void A_walk_by_minutes_comes_to_the_same()
    {
        var compared = 0;
        foreach (var seed in Enumerable.Range(1, 1000))
        {
            Try(seed, random =>
            {
                var (text, start) = AnyCalendar.Of(random);
                if (!WorkCalendar.TryRead(text, out var calendar, out _))
                {
                    return;
                }

                var walk = new MinuteWalk(text);
                var end = start.AddMicroseconds(random.NextInt64(1, 6L * 86_400_000_000));
                var worked = walk.Worked(start, end);
                Assert.Equal(worked, calendar.Worked(start, end));
                Assert.Equal(worked, Sum(calendar.Intervals(start, end)));
                if (worked == TimeSpan.Zero)
                {
                    return;
                }

                compared++;
                var target = TimeSpan.FromTicks(random.NextInt64(0, (worked.Ticks / 10) + 1) * 10);
                var due = walk.Due(start, target);
                Assert.Equal(due, calendar.Due(start, Target.Working(target)).At);
                Assert.Equal(target, Sum(calendar.Explain(start, Target.Working(target)).Intervals));
                Assert.Equal(walk.Due(start, TimeSpan.Zero), calendar.Due(start, Target.Working(TimeSpan.Zero)).At);
                Assert.Equal(walk.Due(start, TimeSpan.Zero) == start, calendar.IsWorking(start));
                if (text.Base.Hours.Values.Any(day => day.Count > 0) && text.Versions.Count == 0)
                {
                    var days = random.Next(0, 3);
                    Assert.Equal(walk.DueInWorkingDays(start, days), calendar.Due(start, Target.WorkingDays(days)).At);
                }
            });
        }

        Assert.True(compared > 500, $"Only {compared} calendars worked.");
    }

    [Fact, Rule("CLK-2"), Rule("CLK-6")]
    public void Due_and_worked_are_inverse_monotone_and_associative_near_and_far()
    {
        foreach (var seed in Enumerable.Range(1, 3000))
        {
            Try(seed, random =>
            {
                var (text, start) = AnyCalendar.Of(random);
                if (!WorkCalendar.TryRead(text, out var calendar, out _))
                {
                    return;
                }

                // From seconds to years.
                var (first, second) = (Length(random), Length(random));
                var due = calendar.Due(start, Target.Working(first));
                if (due.IsRefused)
                {
                    return;
                }

                Assert.Equal(first, calendar.Worked(start, due.At));
                Assert.Equal(first - Microsecond, calendar.Worked(start, due.At - Microsecond));
                var whole = calendar.Due(start, Target.Working(first + second));
                var rest = calendar.Due(due.At, Target.Working(second));
                Assert.Equal((whole.At, whole.IsRefused), (rest.At, rest.IsRefused));
                Assert.True(whole.IsRefused || whole.At > due.At, "not monotone in the target");
                var later = calendar.Due(start + Length(random), Target.Working(first));
                Assert.True(later.IsRefused || later.At >= due.At, "not monotone in the start");

                // A change at any moment, to the same calendar and target, changes nothing.
                var now = start + ((due.At - start) * random.NextDouble());
                now = now.ToMicroseconds();
                var progress = ClockProgress.From(start).Ran(calendar, start, now);
                Assert.Equal(due, progress.Due(calendar, now, Target.Working(first)));

                var explained = calendar.Explain(start, Target.Working(first), limit: random.Next(1, 600));
                Assert.Equal(due, explained.Due);
                Assert.Equal(first, Sum(explained.Intervals));
                CheckOrder(explained.Intervals, start, due.At);
            });
        }
    }

    [Fact, Rule("CLK-2"), Rule("CLK-6")]
    public void Days_follow_one_another()
    {
        foreach (var seed in Enumerable.Range(1, 2000))
        {
            Try(seed, random =>
            {
                var (text, start) = AnyCalendar.Of(random);
                if (!WorkCalendar.TryRead(text, out var calendar, out _))
                {
                    return;
                }

                var days = random.Next(0, random.Next(2) == 0 ? 10 : 4000);
                foreach (var (target, next) in new[]
                {
                    (Target.WorkingDays(days), Target.WorkingDays(days + 1)), (Target.CalendarDays(days), Target.CalendarDays(days + 1)),
                })
                {
                    var explained = calendar.Explain(start, target, limit: random.Next(1, 600));
                    if (explained.Due.IsRefused)
                    {
                        continue;
                    }

                    var after = calendar.Due(start, next);
                    Assert.True(after.IsRefused || after.At >= explained.Due.At, "not monotone");
                    Assert.Equal(TimeSpan.FromDays(days), Sum(explained.Intervals));
                    Assert.Equal(explained.Due.At, explained.Intervals.Count == 0 ? explained.Due.At : explained.Intervals[^1].To);
                }
            });
        }
    }

    [Fact, Rule("CLK-2")]
    public void Any_number_of_threads_may_ask_one_calendar()
    {
        const int Seed = 20261121;
        var text = Week.Text("Europe/Paris", Week.Office, "", "12-25,05-01");
        var shared = Week.Read(text);
        var start = Week.At("2026-11-20T10:00Z");
        var questions = Enumerable.Range(0, 2000).Select(i => new Random(Seed + i))
            .Select(random => (Start: start.AddDays(random.Next(-20_000, 20_000)), Target: Target.Working(TimeSpan.FromHours(random.Next(1, 40_000))))).ToList();

        var answers = questions.AsParallel().AsOrdered().WithDegreeOfParallelism(8).Select(asked => shared.Due(asked.Start, asked.Target)).ToList();

        var alone = Week.Read(text);
        Assert.Equal(questions.Select(asked => alone.Due(asked.Start, asked.Target)), answers);
    }

    private static TimeSpan Length(Random random) =>
        TimeSpan.FromMicroseconds(Math.Exp(random.NextDouble() * Math.Log(3.0e13))) + Microsecond is var length
            ? TimeSpan.FromTicks(length.Ticks - (length.Ticks % TimeSpan.TicksPerMicrosecond))
            : default;

    private static TimeSpan Sum(IReadOnlyList<CountedInterval> intervals) =>
        intervals.Aggregate(TimeSpan.Zero, (sum, interval) => sum + interval.Counted);

    private static void CheckOrder(IReadOnlyList<CountedInterval> intervals, DateTimeOffset start, DateTimeOffset due)
    {
        var last = start;
        foreach (var interval in intervals)
        {
            Assert.True(interval.From >= last && interval.To > interval.From, "intervals overlap");
            Assert.True(interval.Counted > TimeSpan.Zero && interval.Counted <= interval.To - interval.From, "counted more than passed");
            last = interval.To;
        }

        Assert.Equal(due, last);
    }

    private static void Try(int seed, Action<Random> check)
    {
        try
        {
            check(new Random(seed));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {e.Message}"), e);
        }
    }
}
