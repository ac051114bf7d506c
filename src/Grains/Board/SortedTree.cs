namespace Escalation.Grains.Board;

/// <summary>
/// A sorted sequence that never changes: adding and removing give the next one, which shares all but a few small arrays
/// with it. A place costs eight bytes and a bit, a change the logarithm of the length. Equal items may stand side by side.
/// </summary>
internal sealed class SortedTree<T, TOrder>
    where TOrder : struct, IComparer<T>
{
    private const int Most = 32;
    private const int Filled = 28;

    private readonly TOrder _order;
    private readonly Node? _root;

    private SortedTree(TOrder order, Node? root)
    {
        (_order, _root) = (order, root);
    }

    public int Count => _root?.Count ?? 0;

    /// <summary>The first item. Only of a tree that is not empty.</summary>
    public T First => _root!.Least;

    /// <summary>The item at <paramref name="index"/>, from 0.</summary>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var node = _root!;
            while (node.Children is { } children)
            {
                var child = 0;
                for (; index >= children[child].Count; child++)
                {
                    index -= children[child].Count;
                }

                node = children[child];
            }

            return node.Items![index];
        }
    }

    public static SortedTree<T, TOrder> Empty(TOrder order) => new(order, null);

    /// <summary>A tree of items that are sorted already.</summary>
    public static SortedTree<T, TOrder> Of(TOrder order, ReadOnlySpan<T> sorted)
    {
        if (sorted.IsEmpty)
        {
            return Empty(order);
        }

        var level = new List<Node>((sorted.Length / Filled) + 1);
        for (var at = 0; at < sorted.Length; at += Filled)
        {
            level.Add(Leaf(sorted.Slice(at, Math.Min(Filled, sorted.Length - at)).ToArray()));
        }

        while (level.Count > 1)
        {
            var above = new List<Node>((level.Count / Filled) + 1);
            for (var at = 0; at < level.Count; at += Filled)
            {
                above.Add(Branch([.. level[at..Math.Min(at + Filled, level.Count)]]));
            }

            level = above;
        }

        return new SortedTree<T, TOrder>(order, level[0]);
    }

    public SortedTree<T, TOrder> Add(T item)
    {
        if (_root is null)
        {
            return new SortedTree<T, TOrder>(_order, Leaf([item]));
        }

        var (node, split) = Add(_root, item);
        return new SortedTree<T, TOrder>(_order, split is null ? node : Branch([node, split]));
    }

    /// <summary>The tree without one item that is equal to <paramref name="item"/>; the same tree when there is none.</summary>
    public SortedTree<T, TOrder> Remove(T item)
    {
        if (_root is null)
        {
            return this;
        }

        var node = Remove(_root, item);
        while (node is { Children: [var only] })
        {
            node = only;
        }

        return ReferenceEquals(node, _root) ? this : new SortedTree<T, TOrder>(_order, node);
    }

    /// <summary>Puts <paramref name="item"/> where an equal one stands, or where it belongs when there is none.</summary>
    public SortedTree<T, TOrder> Put(T item) =>
        _root is not null && Replace(_root, item) is { } node ? new SortedTree<T, TOrder>(_order, node) : Add(item);

    /// <summary>The item that is at <paramref name="key"/>, if there is one.</summary>
    public bool TryFind<TKey>(TKey key, out T item)
        where TKey : IComparable<T>
    {
        var node = _root;
        while (node is { Children: { } children })
        {
            node = children[Math.Max(0, CountUpTo(children, key) - 1)];
        }

        var at = node is null ? 0 : CountUpTo(node.Items!, key);
        item = at > 0 ? node!.Items![at - 1] : default!;
        return at > 0 && key.CompareTo(item) == 0;
    }

    /// <summary>How many items stand at or before <paramref name="key"/>.</summary>
    public int CountThrough<TKey>(TKey key)
        where TKey : IComparable<T>
    {
        var count = 0;
        var node = _root;
        while (node is { Children: { } children })
        {
            var child = Math.Max(0, CountUpTo(children, key) - 1);
            for (var before = 0; before < child; before++)
            {
                count += children[before].Count;
            }

            node = children[child];
        }

        return count + (node is null ? 0 : CountUpTo(node.Items!, key));
    }

    /// <summary>The items from <paramref name="first"/> on, at most <paramref name="count"/>.</summary>
    public T[] Window(int first, int count)
    {
        var items = new T[Math.Clamp(Count - first, 0, count)];
        if (items.Length > 0)
        {
            Copy(_root!, first, items);
        }

        return items;
    }

    /// <summary>Calls <paramref name="each"/> with stretches of the items, in order.</summary>
    public void Walk(Action<ReadOnlyMemory<T>> each)
    {
        if (_root is not null)
        {
            Walk(_root, each);
        }
    }

    private static void Walk(Node node, Action<ReadOnlyMemory<T>> each)
    {
        if (node.Items is { } items)
        {
            each(items);
            return;
        }

        foreach (var child in node.Children!)
        {
            Walk(child, each);
        }
    }

    private (Node Node, Node? Split) Add(Node node, T item)
    {
        if (node.Items is { } items)
        {
            var at = CountUpTo(items, item);
            return items.Length < Most
                ? (Leaf(Inserted(items, at, item)), null)
                : Halves(Inserted(items, at, item), Leaf);
        }

        var children = node.Children!;
        var place = Math.Max(0, CountUpTo(children, item) - 1);
        var (child, split) = Add(children[place], item);
        var next = Replaced(children, place, child);
        if (split is null)
        {
            return (Branch(next), null);
        }

        next = Inserted(next, place + 1, split);
        return next.Length <= Most ? (Branch(next), null) : Halves(next, Branch);
    }

    /// <summary>Null when nothing is left; the same node when the item is not there.</summary>
    private Node? Remove(Node node, T item)
    {
        if (node.Items is { } items)
        {
            var at = CountUpTo(items, item) - 1;
            return at < 0 || _order.Compare(items[at], item) != 0 ? node
                : items.Length == 1 ? null
                : Leaf(Without(items, at));
        }

        var children = node.Children!;
        var place = CountUpTo(children, item) - 1;
        if (place < 0)
        {
            return node;
        }

        var child = Remove(children[place], item);
        return ReferenceEquals(child, children[place]) ? node
            : child is not null ? Branch(Replaced(children, place, child))
            : children.Length == 1 ? null
            : Branch(Without(children, place));
    }

    /// <summary>Null when the item is not there.</summary>
    private Node? Replace(Node node, T item)
    {
        if (node.Items is { } items)
        {
            var at = CountUpTo(items, item) - 1;
            return at >= 0 && _order.Compare(items[at], item) == 0 ? Leaf(Replaced(items, at, item)) : null;
        }

        var children = node.Children!;
        var place = CountUpTo(children, item) - 1;
        return place >= 0 && Replace(children[place], item) is { } child ? Branch(Replaced(children, place, child)) : null;
    }

    private static void Copy(Node node, int first, Span<T> to)
    {
        if (node.Items is { } items)
        {
            items.AsSpan(first, to.Length).CopyTo(to);
            return;
        }

        foreach (var child in node.Children!)
        {
            if (to.IsEmpty)
            {
                return;
            }

            if (first < child.Count)
            {
                var here = Math.Min(child.Count - first, to.Length);
                Copy(child, first, to[..here]);
                to = to[here..];
                first = 0;
            }
            else
            {
                first -= child.Count;
            }
        }
    }

    private int CountUpTo(T[] items, T item)
    {
        var (low, high) = (0, items.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _order.Compare(items[middle], item) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private int CountUpTo(Node[] children, T item)
    {
        var (low, high) = (0, children.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _order.Compare(children[middle].Least, item) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int CountUpTo<TKey>(T[] items, TKey key)
        where TKey : IComparable<T>
    {
        var (low, high) = (0, items.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = key.CompareTo(items[middle]) >= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int CountUpTo<TKey>(Node[] children, TKey key)
        where TKey : IComparable<T>
    {
        var (low, high) = (0, children.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = key.CompareTo(children[middle].Least) >= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static Node Leaf(T[] items) => new(items[0], items, null, items.Length);

    private static Node Branch(Node[] children)
    {
        var count = 0;
        foreach (var child in children)
        {
            count += child.Count;
        }

        return new Node(children[0].Least, null, children, count);
    }

    private static (Node, Node?) Halves<TPart>(TPart[] parts, Func<TPart[], Node> of)
    {
        var half = parts.Length / 2;
        return (of(parts[..half]), of(parts[half..]));
    }

    private static TPart[] Inserted<TPart>(TPart[] parts, int at, TPart part)
    {
        var next = new TPart[parts.Length + 1];
        parts.AsSpan(0, at).CopyTo(next);
        next[at] = part;
        parts.AsSpan(at).CopyTo(next.AsSpan(at + 1));
        return next;
    }

    private static TPart[] Replaced<TPart>(TPart[] parts, int at, TPart part)
    {
        var next = (TPart[])parts.Clone();
        next[at] = part;
        return next;
    }

    private static TPart[] Without<TPart>(TPart[] parts, int at)
    {
        var next = new TPart[parts.Length - 1];
        parts.AsSpan(0, at).CopyTo(next);
        parts.AsSpan(at + 1).CopyTo(next.AsSpan(at));
        return next;
    }

    private sealed class Node(T least, T[]? items, Node[]? children, int count)
    {
        public T Least => least;

        public T[]? Items => items;

        public Node[]? Children => children;

        public int Count => count;
    }
}
