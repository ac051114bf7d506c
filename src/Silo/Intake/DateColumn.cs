namespace Escalation.Silo.Intake;

/// <summary>One way to read the dates of one shape, and where it leads.</summary>
internal sealed record DateReading(DateOrder Order, string Format, long Readable, DateOnly? First, DateOnly? Last)
{
    public override string ToString() => $"{Format}: {First:yyyy-MM-dd} to {Last:yyyy-MM-dd}";
}

/// <summary>The dates of one shape in a column.</summary>
/// <param name="Readable">How many of them are a day in at least one reading.</param>
/// <param name="Example">The first of them that readings disagree on, or else the first.</param>
/// <param name="Decided">The only order that fits all of them; null when several do, or none.</param>
internal sealed record DateFinding(DateShape Shape, long Readable, string Example, DateOrder? Decided, IReadOnlyList<DateReading> Readings);

/// <summary>
/// Finds out how a column writes its dates, from all of it: a reading counts only if every value of its shape is a day in it
/// that is not still to come. What remains open is asked about.
/// </summary>
internal sealed class DateColumn(DateOnly latest)
{
    private const int MostShapes = 16;

    private readonly Dictionary<DateShape, Shape> _shapes = [];

    public long Dates { get; private set; }

    /// <summary>Dates without an offset, which need a zone.</summary>
    public long Local { get; private set; }

    /// <summary>Dates without a time of day.</summary>
    public long WithoutTime { get; private set; }

    /// <summary>Counts the value; false when it is no date.</summary>
    public bool Add(string text)
    {
        if (DateText.TryRead(text) is not { } date || (!_shapes.TryGetValue(date.Shape, out var shape) && _shapes.Count == MostShapes))
        {
            return false;
        }

        shape ??= _shapes[date.Shape] = new Shape(date.Shape);
        if (!shape.Add(date, text, latest))
        {
            return false;
        }

        Dates++;
        Local += date.Offset is null ? 1 : 0;
        WithoutTime += date.Time is null ? 1 : 0;
        return true;
    }

    public IReadOnlyList<DateFinding> Read() => [.. _shapes.Values.Where(shape => shape.Readable > 0).OrderByDescending(shape => shape.Readable).Select(shape => shape.Read())];

    private sealed class Shape(DateShape shape)
    {
        private readonly IReadOnlyList<DateOrder> _orders = shape.Orders;
        private readonly (long Count, DateOnly? First, DateOnly? Last)[] _found = new (long, DateOnly?, DateOnly?)[shape.Orders.Count];
        private string? _example;
        private string? _disputed;

        public long Readable { get; private set; }

        public bool Add(DateText date, string text, DateOnly latest)
        {
            DateOnly? any = null;
            var disputed = false;
            for (var i = 0; i < _orders.Count; i++)
            {
                if (date.DayIn(_orders[i], latest) is not { } day)
                {
                    continue;
                }

                disputed |= any is { } other && other != day;
                any ??= day;
                var (count, first, last) = _found[i];
                _found[i] = (count + 1, first < day ? first : day, last > day ? last : day);
            }

            if (any is null)
            {
                return false;
            }

            Readable++;
            _example ??= text;
            if (disputed)
            {
                _disputed ??= text;
            }

            return true;
        }

        public DateFinding Read()
        {
            var readings = _orders.Select((order, i) => new DateReading(order, shape.FormatOf(order), _found[i].Count, _found[i].First, _found[i].Last)).ToList();
            var fitting = readings.Where(reading => reading.Readable == Readable).ToList();

            // A year of four digits in front is ISO 8601, unless some month would be above twelve.
            DateOrder? decided = fitting.Count == 1 || (fitting.Count > 0 && (_disputed is null || shape.YearFirst)) ? fitting[0].Order : null;
            return new DateFinding(shape, Readable, _disputed ?? _example!, decided, fitting.Count > 0 ? fitting : [.. readings.Where(reading => reading.Readable > 0)]);
        }
    }
}
