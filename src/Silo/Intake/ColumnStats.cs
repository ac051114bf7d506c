namespace Escalation.Silo.Intake;

/// <summary>What a column holds, counted over the whole file in constant memory.</summary>
internal sealed class ColumnStats(string name, DateOnly latest)
{
    private const int MostWords = 60;
    private const int LongestWord = 100;
    private const int MostExamples = 3;
    private const int DatesDecidedAfter = 1000;

    private readonly Dictionary<string, long> _words = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool _isTime = HeaderNames.IsTime(name);

    public string Name { get; } = name;

    public long Filled { get; private set; }

    public List<string> Examples { get; } = [];

    public DateColumn Dates { get; } = new(latest);

    public AmountColumn Amounts { get; } = new();

    public long Times { get; private set; }

    /// <summary>A mapping says that this column holds dates: it is looked at to the end, whatever it begins with.</summary>
    public bool MustBeDates { get; init; }

    /// <summary>By its heading, or by the mapping's word, this column holds amounts.</summary>
    public bool MayBeAmounts { get; init; }

    /// <summary>The values that occur, most often first; null when there are too many to be words.</summary>
    public IReadOnlyList<string>? Words => _words.Count <= MostWords ? [.. _words.OrderByDescending(word => word.Value).Select(word => word.Key)] : null;

    public bool AreDates => Filled > 0 && Dates.Dates * 10 >= Filled * 9;

    public bool AreTimes => Filled > 0 && Times * 10 >= Filled * 9;

    public void Add(string value)
    {
        Filled++;
        if (Examples.Count < MostExamples && !Examples.Contains(value))
        {
            Examples.Add(value.Length > LongestWord ? value[..LongestWord] : value);
        }

        if (_words.Count <= MostWords && value.Length <= LongestWord)
        {
            _words[value] = _words.GetValueOrDefault(value) + 1;
        }

        if (MustBeDates || Filled < DatesDecidedAfter || Dates.Dates * 2 > Filled)
        {
            Dates.Add(value);
        }

        if (_isTime && DateText.TryTime(value) is not null)
        {
            Times++;
        }

        if (MayBeAmounts)
        {
            Amounts.Add(value);
        }
    }
}
