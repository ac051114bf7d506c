using System.Globalization;

namespace Escalation.Grains.Board;

/// <summary>What a view is sorted by. Every order is total: ties end at the id.</summary>
public enum BoardSort
{
    /// <summary>Nearest due instant first; ties by law, promise, target; rows without due last.</summary>
    Urgency,

    /// <summary>Hottest first, then by due instant.</summary>
    Heat,

    /// <summary>Who has waited longest first.</summary>
    Waiting,

    /// <summary>Newest case first.</summary>
    Newest,
}

/// <summary>
/// A row's place in an order, as plain numbers. It depends on the row alone and never on the clock, so a row moves
/// only when it changes: time alone re-sorts nothing.
/// </summary>
public readonly record struct BoardRank(long First, long Second, Guid Id) : IComparable<BoardRank>
{
    /// <summary>The place of <paramref name="row"/> in the order <paramref name="sort"/>.</summary>
    public static BoardRank Of(BoardRow row, BoardSort sort) => sort switch
    {
        BoardSort.Urgency => new(DueOf(row), row.Due is null ? 0 : -(long)row.Due.Kind, row.Id),
        BoardSort.Heat => new(-(long)row.Heat, DueOf(row), row.Id),
        BoardSort.Waiting => new(row.ComplainedAt.UtcTicks, 0, row.Id),
        BoardSort.Newest => new(-row.Number, 0, row.Id),
    };

    /// <summary>Reads what <see cref="ToString"/> wrote: the cursor of a page.</summary>
    public static bool TryParse(string? text, out BoardRank rank)
    {
        rank = default;
        var parts = (text ?? "").Split('.');
        if (parts.Length != 3 ||
            !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var first) ||
            !long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var second) ||
            !Guid.TryParseExact(parts[2], "N", out var id))
        {
            return false;
        }

        rank = new BoardRank(first, second, id);
        return true;
    }

    public int CompareTo(BoardRank other)
    {
        var order = First.CompareTo(other.First);
        order = order != 0 ? order : Second.CompareTo(other.Second);
        return order != 0 ? order : Id.CompareTo(other.Id);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}.{Second}.{Id:N}");

    public static bool operator <(BoardRank left, BoardRank right) => left.CompareTo(right) < 0;

    public static bool operator >(BoardRank left, BoardRank right) => left.CompareTo(right) > 0;

    public static bool operator <=(BoardRank left, BoardRank right) => left.CompareTo(right) <= 0;

    public static bool operator >=(BoardRank left, BoardRank right) => left.CompareTo(right) >= 0;

    private static long DueOf(BoardRow row) => row.Due?.DueAt.UtcTicks ?? long.MaxValue;
}
