using System.Buffers.Binary;

namespace Escalation.Grains.Board;

/// <summary>Sorts rows by rank, first by one number alone: most rows differ in it, and numbers are sorted several times faster than whole ranks.</summary>
internal static class RankSort
{
    private const int Few = 16;

    public static void Sort(KeptRow[] rows, RowOrder order)
    {
        if (order == RowOrder.Id)
        {
            ById(rows);
            return;
        }

        ByNumber(rows, row => BoardRank.Of(row, order).First, same => ByNumber(same, row => BoardRank.Of(row, order).Second, ById));
    }

    private static void ById(Span<KeptRow> rows)
    {
        if (rows.Length <= Few)
        {
            rows.Sort(static (one, other) => one.Id.CompareTo(other.Id));
            return;
        }

        // Big-endian bytes stand in the order of the ids. What comes first of an id as a signed number, so that the least is the least.
        ByNumber(rows, static row => Start(row.Id), static same => same.Sort(static (one, other) => one.Id.CompareTo(other.Id)));
    }

    private static long Start(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ (1UL << 63));
    }

    private static void ByNumber(Span<KeptRow> rows, Func<KeptRow, long> number, SortSpan sortSame)
    {
        var numbers = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            numbers[i] = number(rows[i]);
        }

        numbers.AsSpan().Sort(rows);
        for (var start = 0; start < rows.Length;)
        {
            var end = start + 1;
            while (end < rows.Length && numbers[end] == numbers[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                sortSame(rows[start..end]);
            }

            start = end;
        }
    }

    private delegate void SortSpan(Span<KeptRow> rows);
}
