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
    /// <summary>The place of <paramref name="row"/> in the order <paramref name="order"/>.</summary>
    internal static BoardRank Of(KeptRow row, RowOrder order)
    {
        ref readonly var keys = ref row.Keys;
        return order switch
        {
            RowOrder.Urgency or RowOrder.Heat or RowOrder.Waiting or RowOrder.Newest =>
                Of((BoardSort)order, keys.Id, keys.Number, keys.ComplainedAt, keys.DueAt, keys.DueKind, keys.Heat),
            RowOrder.Id => new(0, 0, keys.Id),
            RowOrder.Escalations => new(keys.Waiting?.AcknowledgeBy ?? KeptRow.Never, 0, keys.Id),
            RowOrder.Approvals => new(keys.Waiting?.DecideBy ?? KeptRow.Never, 0, keys.Id),
            RowOrder.Silent => new(keys.Waiting?.SilentDueAt ?? KeptRow.Never, 0, keys.Id),
            RowOrder.Harm => new(HarmOf(keys), keys.ComplainedAt, keys.Id),
        };
    }

    /// <summary>The place of a row of the live board or of one of the past in the order of a view.</summary>
    internal static BoardRank Of(BoardSort sort, Guid id, long number, long complainedAt, long dueAt, byte dueKind, byte heat) => sort switch
    {
        BoardSort.Urgency => new(dueAt, -dueKind, id),
        BoardSort.Heat => new(-heat, dueAt, id),
        BoardSort.Waiting => new(complainedAt, 0, id),
        BoardSort.Newest => new(-number, 0, id),
    };

    private static long HarmOf(in RowKeys keys)
    {
        var kind = keys.DueAt == KeptRow.Never ? 0 : keys.DueKind;
        return -((kind * 256) + (4 * keys.Heat) + keys.Level);
    }

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
}

/// <summary>What rows stand in order of inside the board; the first four are those of <see cref="BoardSort"/>.</summary>
internal enum RowOrder
{
    Urgency = BoardSort.Urgency,
    Heat = BoardSort.Heat,
    Waiting = BoardSort.Waiting,
    Newest = BoardSort.Newest,

    /// <summary>To find them.</summary>
    Id,

    /// <summary>By when the first escalation goes on.</summary>
    Escalations,

    /// <summary>By when the first approval has to be decided.</summary>
    Approvals,

    /// <summary>By when the first promise is due whose owner was silent.</summary>
    Silent,

    /// <summary>As <see cref="KeptRow.Harm"/> says.</summary>
    Harm,
}

/// <summary>Rows by rank.</summary>
internal readonly struct ByRank(RowOrder order) : IComparer<KeptRow>
{
    public int Compare(KeptRow? x, KeptRow? y) => BoardRank.Of(x!, order).CompareTo(BoardRank.Of(y!, order));
}

/// <summary>A place among rows.</summary>
internal readonly struct AtRank(BoardRank rank, RowOrder order) : IComparable<KeptRow>
{
    public int CompareTo(KeptRow? other) => rank.CompareTo(BoardRank.Of(other!, order));
}

/// <summary>Numbers by size.</summary>
internal readonly struct BySize : IComparer<long>
{
    public int Compare(long x, long y) => x.CompareTo(y);
}
