using System.Buffers;

namespace Escalation.Grains.Board;

/// <summary>
/// The rows by slot, in blocks that never change, with the words that a search looks in lying side by side: a search
/// reads memory from one end to the other and unpacks nothing. The next table shares the blocks that did not change.
/// </summary>
internal sealed class RowTable
{
    /// <summary>How many rows lie in a block.</summary>
    public const int BlockSize = 128;

    private const int GroupSize = 128;

    private readonly Block[][] _groups;

    private RowTable(Block[][] groups)
    {
        _groups = groups;
    }

    public static RowTable Empty { get; } = new([]);

    /// <summary>One more than the last slot of the last block.</summary>
    public int Slots => _groups.Length == 0 ? 0 : (((_groups.Length - 1) * GroupSize) + _groups[^1].Length) * BlockSize;

    /// <summary>A table of blocks that were filled one by one.</summary>
    public static RowTable Of(IReadOnlyList<Block> blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            blocks[i].Number(i * BlockSize);
        }

        return new RowTable([.. blocks.Chunk(GroupSize)]);
    }

    public IEnumerable<Block> Blocks => _groups.SelectMany(group => group);

    /// <summary>Slots without a row, the first one first.</summary>
    public IEnumerable<int> FreeSlots => Blocks
        .SelectMany((block, number) => block.Rows.Select((row, place) => row is null ? (number * BlockSize) + place : -1))
        .Where(slot => slot >= 0);

    /// <summary>The words of the row in <paramref name="slot"/> that a search looks in.</summary>
    public ReadOnlySpan<byte> SearchOf(int slot) => BlockOf(slot / BlockSize).SearchOf(slot % BlockSize);

    private Block BlockOf(int block) => _groups[block / GroupSize][block % GroupSize];

    /// <summary>Up to 128 rows; a null is a free slot.</summary>
    internal sealed class Block
    {
        private readonly int[] _ends;

        public Block(KeptRow?[] rows, byte[] search, int[] ends)
        {
            (Rows, Search, _ends) = (rows, search, ends);
        }

        /// <summary>Always 128 of them.</summary>
        public KeptRow?[] Rows { get; }

        /// <summary>The words of all rows, one row after another.</summary>
        public byte[] Search { get; }

        public ReadOnlySpan<byte> SearchOf(int place) => Search.AsSpan(StartOf(place).._ends[place]);

        public int EndOf(int place) => _ends[place];

        /// <summary>The same words for rows that say the same to a search.</summary>
        public Block With(KeptRow?[] rows) => new(rows, Search, _ends);

        /// <summary>Which row the byte at <paramref name="at"/> of <see cref="Search"/> belongs to.</summary>
        public int PlaceOf(int at)
        {
            var place = Array.BinarySearch(_ends, at + 1);
            if (place < 0)
            {
                return ~place;
            }

            // Free slots end where the row before them ends; the row that the byte belongs to is the first of those.
            while (place > 0 && _ends[place - 1] == _ends[place])
            {
                place--;
            }

            return place;
        }

        internal void Number(int first)
        {
            for (var i = 0; i < Rows.Length; i++)
            {
                if (Rows[i] is { } row)
                {
                    row.Slot = first + i;
                }
            }
        }

        private int StartOf(int place) => place == 0 ? 0 : _ends[place - 1];
    }

    /// <summary>Fills blocks, one row after another.</summary>
    internal sealed class Filler
    {
        private readonly ArrayBufferWriter<byte> _search = new(32 * 1024);
        private KeptRow?[] _rows = new KeptRow?[BlockSize];
        private int[] _ends = new int[BlockSize];
        private int _count;

        public List<Block> Blocks { get; } = [];

        /// <summary>Where the words of the row that comes next belong.</summary>
        public IBufferWriter<byte> Search => _search;

        public void Add(KeptRow row)
        {
            _rows[_count] = row;
            _ends[_count] = _search.WrittenCount;
            if (++_count == BlockSize)
            {
                Finish();
            }
        }

        public void Finish()
        {
            if (_count == 0)
            {
                return;
            }

            _ends.AsSpan(_count).Fill(_search.WrittenCount);
            Blocks.Add(new Block(_rows, _search.WrittenSpan.ToArray(), _ends));
            _search.ResetWrittenCount();
            (_rows, _ends, _count) = (new KeptRow?[BlockSize], new int[BlockSize], 0);
        }
    }

    /// <summary>The next table while it is being made; each block that changes is copied once.</summary>
    internal sealed class Draft(RowTable from)
    {
        private static readonly byte[] NoWords = [];
        private readonly Dictionary<int, (KeptRow?[] Rows, Dictionary<int, byte[]>? Search)> _blocks = [];

        public int Slots { get; private set; } = from.Slots;

        public ReadOnlySpan<byte> SearchOf(int slot) =>
            _blocks.TryGetValue(slot / BlockSize, out var block) && block.Search is { } changed && changed.TryGetValue(slot % BlockSize, out var words) ? words
                : slot < from.Slots ? from.SearchOf(slot)
                : NoWords;

        /// <summary>Puts a row, or nothing, into a slot, with the words that a search looks in.</summary>
        public void Put(int slot, KeptRow? row, ReadOnlySpan<byte> search)
        {
            if (slot >= Slots)
            {
                Slots = ((slot / BlockSize) + 1) * BlockSize;
            }

            var same = search.SequenceEqual(SearchOf(slot));
            var block = slot / BlockSize;
            var (rows, words) = _blocks.TryGetValue(block, out var known) ? known
                : (slot < from.Slots ? (KeptRow?[])from.BlockOf(block).Rows.Clone() : new KeptRow?[BlockSize], null);
            rows[slot % BlockSize] = row;
            if (!same)
            {
                (words ??= [])[slot % BlockSize] = search.ToArray();
            }

            _blocks[block] = (rows, words);
        }

        public RowTable Done()
        {
            if (_blocks.Count == 0)
            {
                return from;
            }

            var count = Slots / BlockSize;
            var groups = new Block[(count + GroupSize - 1) / GroupSize][];
            from._groups.CopyTo(groups, 0);
            var own = new bool[groups.Length];
            foreach (var (number, (rows, words)) in _blocks.OrderBy(block => block.Key))
            {
                var group = number / GroupSize;
                if (!own[group])
                {
                    var length = Math.Min(GroupSize, count - (group * GroupSize));
                    var copy = new Block[length];
                    groups[group]?.CopyTo(copy, 0);
                    (groups[group], own[group]) = (copy, true);
                }

                groups[group][number % GroupSize] = BlockOf(number, rows, words);
            }

            return new RowTable(groups);
        }

        private Block BlockOf(int number, KeptRow?[] rows, Dictionary<int, byte[]>? words)
        {
            var before = number * BlockSize < from.Slots ? from.BlockOf(number) : null;
            if (before is not null && words is null)
            {
                return before.With(rows);
            }

            var search = new ArrayBufferWriter<byte>(Math.Max(256, before?.Search.Length ?? 0));
            var ends = new int[BlockSize];
            for (var place = 0; place < BlockSize; place++)
            {
                search.Write(words is not null && words.TryGetValue(place, out var changed) ? changed : before is null ? NoWords : before.SearchOf(place));
                ends[place] = search.WrittenCount;
            }

            return new Block(rows, search.WrittenSpan.ToArray(), ends);
        }
    }
}
