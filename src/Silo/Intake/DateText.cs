using System.Globalization;
using System.Text.RegularExpressions;

namespace Escalation.Silo.Intake;

/// <summary>Which part of a date stands where.</summary>
internal enum DateOrder
{
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
    YearDayMonth,
}

/// <summary>How a date is written, apart from which number is which.</summary>
/// <param name="Separator">Between the numbers; NUL for none.</param>
/// <param name="YearFirst">Four digits stand first.</param>
/// <param name="FourDigitYear">The year has four digits.</param>
/// <param name="NamedMonth">The month is a word.</param>
internal readonly record struct DateShape(char Separator, bool YearFirst, bool FourDigitYear, bool NamedMonth)
{
    /// <summary>The orders that dates of this shape may be in.</summary>
    public IReadOnlyList<DateOrder> Orders => (NamedMonth, YearFirst, FourDigitYear) switch
    {
        (true, true, _) => [DateOrder.YearMonthDay],
        (true, false, _) => [DateOrder.DayMonthYear],
        (false, true, _) => [DateOrder.YearMonthDay, DateOrder.YearDayMonth],
        (false, false, true) => [DateOrder.DayMonthYear, DateOrder.MonthDayYear],
        (false, false, false) => [DateOrder.DayMonthYear, DateOrder.MonthDayYear, DateOrder.YearMonthDay],
    };

    /// <summary>As a mapping names it: <c>dd-MM-yy</c>.</summary>
    public string FormatOf(DateOrder order)
    {
        var (year, month) = (FourDigitYear ? "yyyy" : "yy", NamedMonth ? "MMM" : "MM");
        string[] parts = order switch
        {
            DateOrder.DayMonthYear => ["dd", month, year],
            DateOrder.MonthDayYear => [month, "dd", year],
            DateOrder.YearMonthDay => [year, month, "dd"],
            DateOrder.YearDayMonth => [year, "dd", month],
        };
        return string.Join(Separator == '\0' ? "" : Separator.ToString(), parts);
    }

    /// <summary>Reads a format that a mapping names; null when it is none.</summary>
    public static (DateShape Shape, DateOrder Order)? TryFormat(string format)
    {
        foreach (var separator in "-/. \0")
        {
            foreach (var (yearFirst, four, named) in new[] { (true, true, false), (false, true, false), (false, false, false), (true, true, true), (false, true, true), (false, false, true) })
            {
                var shape = new DateShape(separator, yearFirst, four, named);
                foreach (var order in shape.Orders)
                {
                    if (shape.FormatOf(order) == format)
                    {
                        return (shape, order);
                    }
                }
            }
        }

        return null;
    }
}

/// <summary>A text that is a date, perhaps with a time of day and an offset, before it is known which number is which.</summary>
internal readonly partial record struct DateText(DateShape Shape, int A, int B, int C, TimeSpan? Time, TimeSpan? Offset)
{
    private const int EarliestYear = 1970;

    private static readonly string[][] MonthNames =
    [
        ["jan", "ian", "янв"], ["feb", "фев"], ["mar", "мар"], ["apr", "апр"], ["may", "mai", "май", "мая"], ["jun", "iun", "июн"],
        ["jul", "iul", "июл"], ["aug", "авг"], ["sep", "сен"], ["oct", "окт"], ["nov", "noi", "ноя"], ["dec", "дек"],
    ];

    /// <summary>Null when the text is no date.</summary>
    public static DateText? TryRead(string text)
    {
        if (Numbers().Match(text) is { Success: true } numbers)
        {
            var a = numbers.Groups["a"].ValueSpan;
            var c = numbers.Groups["c"].ValueSpan;
            return a.Length == 3 || c.Length == 3 || (a.Length == 4 && c.Length > 2)
                ? null
                : WithTime(numbers, new DateShape(numbers.Groups["s"].ValueSpan[0], a.Length == 4, a.Length == 4 || c.Length == 4, false), Int(a), Int(numbers.Groups["b"].ValueSpan), Int(c));
        }

        if (Words().Match(text) is { Success: true } words)
        {
            var month = MonthOf(words.Groups["m"].Value);
            var year = words.Groups["y"].ValueSpan;
            var separator = words.Groups["s"].ValueSpan is [var first, ..] ? first : ' ';
            return month == 0 ? null : WithTime(words, new DateShape(separator, false, year.Length == 4, true), Int(words.Groups["d"].ValueSpan), month, Int(year));
        }

        if (MonthFirst().Match(text) is { Success: true } named)
        {
            var month = MonthOf(named.Groups["m"].Value);
            return month == 0 ? null : WithTime(named, new DateShape(' ', false, true, true), Int(named.Groups["d"].ValueSpan), month, Int(named.Groups["y"].ValueSpan));
        }

        return null;
    }

    /// <summary>The day in that order; null when there is none, or one that no complaint can be of.</summary>
    public DateOnly? DayIn(DateOrder order, DateOnly latest)
    {
        var (year, month, day) = order switch
        {
            DateOrder.DayMonthYear => (C, B, A),
            DateOrder.MonthDayYear => (C, A, B),
            DateOrder.YearMonthDay => (A, B, C),
            DateOrder.YearDayMonth => (A, C, B),
        };
        if (!Shape.FourDigitYear)
        {
            year += year + 2000 > latest.Year ? 1900 : 2000;
        }

        if (year < EarliestYear || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(Math.Min(year, 9999), month))
        {
            return null;
        }

        var found = new DateOnly(year, month, day);
        return found <= latest ? found : null;
    }

    /// <summary>A time of day alone: <c>3:53:50 PM</c>, <c>15:53</c>.</summary>
    public static TimeSpan? TryTime(string text) => TimeOnlyText().Match(text) is { Success: true } match ? TimeOf(match) : null;

    private static DateText? WithTime(Match match, DateShape shape, int a, int b, int c)
    {
        if (!match.Groups["h"].Success)
        {
            return new DateText(shape, a, b, c, null, null);
        }

        return TimeOf(match) is { } time ? new DateText(shape, a, b, c, time, OffsetOf(match.Groups["z"].Value)) : null;
    }

    private static TimeSpan? TimeOf(Match match)
    {
        var (hour, minute) = (Int(match.Groups["h"].ValueSpan), Int(match.Groups["n"].ValueSpan));
        var second = match.Groups["sec"].Success ? Int(match.Groups["sec"].ValueSpan) : 0;
        if (match.Groups["p"].Value is { Length: > 0 } half)
        {
            if (hour is < 1 or > 12)
            {
                return null;
            }

            hour = (hour % 12) + (half[0] is 'p' or 'P' ? 12 : 0);
        }

        var fraction = match.Groups["f"].Success ? double.Parse($"0.{match.Groups["f"].Value}", CultureInfo.InvariantCulture) : 0;
        return hour > 23 || minute > 59 || second > 59
            ? null
            : new TimeSpan(hour, minute, second) + TimeSpan.FromSeconds(fraction);
    }

    private static TimeSpan? OffsetOf(string zone)
    {
        if (zone.Length == 0)
        {
            return null;
        }

        if (zone is "Z" or "z")
        {
            return TimeSpan.Zero;
        }

        var offset = new TimeSpan(Int(zone.AsSpan(1, 2)), Int(zone.AsSpan(zone.Length - 2)), 0);
        return zone[0] == '-' ? -offset : offset;
    }

    private static int MonthOf(string word) =>
        Array.FindIndex(MonthNames, names => names.Any(name => word.StartsWith(name, StringComparison.OrdinalIgnoreCase))) + 1;

    private static int Int(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private const string Clock = @"(?<h>\d{1,2})[:.](?<n>\d{2})(:(?<sec>\d{2})([.,](?<f>\d{1,7}))?)?\s*(?<p>[AaPp]\.?[Mm]\.?)?\s*(?<z>[Zz]|[+-]\d{2}:?\d{2})?";

    [GeneratedRegex(@"^(?<a>\d{1,4})(?<s>[-/. ])(?<b>\d{1,2})\k<s>(?<c>\d{1,4})\.?([T, ]\s*" + Clock + ")?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^(?<d>\d{1,2})(?<s>[-/. ])\s*(?<m>\p{L}{3,12})\.?[-/., ]\s*(?<y>\d{4}|\d{2})([T, ]\s*" + Clock + ")?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Words();

    [GeneratedRegex(@"^(?<m>\p{L}{3,12})\.? (?<d>\d{1,2}),? (?<y>\d{4})([T, ]\s*" + Clock + ")?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MonthFirst();

    [GeneratedRegex("^" + Clock + "$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TimeOnlyText();
}
