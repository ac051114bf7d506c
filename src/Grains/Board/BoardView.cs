using System.Globalization;
using System.Text;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;

namespace Escalation.Grains.Board;

/// <summary>
/// A viewer's view of the board: which cases, in which order, and how many. Within a field any of several values
/// matches; every field given has to match.
/// </summary>
public sealed record BoardView
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 500;
    private const int MaxText = 200;

    /// <summary>All open cases, most urgent first.</summary>
    public static BoardView Default { get; } = new();

    /// <summary>Words that all have to be found in customer, number, summary, type or owner, whatever the case of letters; null for no search.</summary>
    public string? Text { get; init; }

    /// <summary>The words of <see cref="Text"/>.</summary>
    public IReadOnlyList<string> Words => Text?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];

    public IReadOnlyList<Level> Levels { get; init; } = [];

    public IReadOnlyList<Stage> Stages { get; init; } = [];

    public IReadOnlyList<Heat> Heats { get; init; } = [];

    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Only this owner's cases; null for everyone's.</summary>
    public string? Owner { get; init; }

    /// <summary>Only cases of these teams: their owner's, or that of whoever they ring at; empty for all.</summary>
    public IReadOnlyList<string> Teams { get; init; } = [];

    /// <summary>Who is in which team, when the view was asked for.</summary>
    public PeopleBook People { get; init; } = PeopleBook.Empty;

    /// <summary>Only this case; null for all.</summary>
    public Guid? Case { get; init; }

    public BoardSort Sort { get; init; }

    /// <summary>How many rows at most. Default: 100.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Rows after this place; null from the top.</summary>
    public BoardRank? After { get; init; }

    /// <summary>Whether every word of <see cref="Text"/> is found in one of <paramref name="fields"/>.</summary>
    public bool Finds(params ReadOnlySpan<string?> fields)
    {
        foreach (var word in Words)
        {
            var found = false;
            foreach (var field in fields)
            {
                found |= field is not null && field.ToUpperInvariant().Contains(word.ToUpperInvariant(), StringComparison.Ordinal);
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    public bool IsFiltered =>
        Text is not null || Owner is not null || Case is not null ||
        Levels.Count + Stages.Count + Heats.Count + Types.Count + Teams.Count > 0;

    /// <summary>Filter and order in one text, the same for views that differ only in their window.</summary>
    public string Key =>
        (this with { Limit = DefaultLimit, After = null }).ToQuery() + (Teams.Count == 0 ? "" : $"#{TeamLookup.Of(People).Key}");

    /// <summary>
    /// Reads a view from named texts, as a query string or a hub's request gives them. False, with a sentence for each
    /// field that cannot be read.
    /// </summary>
    /// <param name="field">The text of a field; null for none.</param>
    /// <param name="people">Who is in which team.</param>
    /// <param name="view">What was asked for.</param>
    /// <param name="errors">A sentence by field.</param>
    public static bool TryParse(Func<string, string?> field, PeopleBook people, out BoardView view, out IReadOnlyDictionary<string, string> errors)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(people);
        var wrong = new Dictionary<string, string>();
        view = new BoardView
        {
            Text = Line("q"),
            Levels = Any<Level>("level"),
            Stages = Any<Stage>("stage"),
            Heats = Any<Heat>("heat"),
            Types = [.. Parts("type").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Owner = Line("owner"),
            Teams = TeamsOf("team"),
            People = people,
            Case = Id("case"),
            Sort = Any<BoardSort>("sort") is [var sort, ..] ? sort : BoardSort.Urgency,
            Limit = Window("limit"),
            After = Cursor("after"),
        };
        errors = wrong;
        return wrong.Count == 0;

        string? Line(string name)
        {
            var text = field(name)?.Trim();
            if (text is { Length: > MaxText })
            {
                wrong[name] = $"At most {MaxText} characters; got {text.Length}.";
            }

            return string.IsNullOrEmpty(text) ? null : text;
        }

        string[] Parts(string name) =>
            (Line(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        TWord[] Any<TWord>(string name)
            where TWord : struct, Enum
        {
            var words = new SortedSet<TWord>();
            foreach (var part in Parts(name))
            {
                if (char.IsAsciiLetter(part[0]) && Enum.TryParse<TWord>(part, ignoreCase: true, out var word) && Enum.IsDefined(word))
                {
                    words.Add(word);
                }
                else
                {
                    wrong[name] = $"'{part}' is none of {string.Join(", ", Enum.GetNames<TWord>().Select(Camel))}.";
                }
            }

            return [.. words];
        }

        string[] TeamsOf(string name)
        {
            string[] teams = [.. Parts(name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (teams.FirstOrDefault(team => !people.Teams.Any(known => known.Id == team)) is { } unknown)
            {
                wrong[name] = people.Teams.IsEmpty
                    ? $"'{unknown}' is no team: the policy has none."
                    : $"'{unknown}' is none of {string.Join(", ", people.Teams.Select(known => known.Id))}.";
            }

            return teams;
        }

        Guid? Id(string name)
        {
            if (Line(name) is not { } text)
            {
                return null;
            }

            if (!Guid.TryParse(text, out var id))
            {
                wrong[name] = $"'{text}' is not a case's id.";
            }

            return id;
        }

        int Window(string name)
        {
            if (Line(name) is not { } text)
            {
                return DefaultLimit;
            }

            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > MaxLimit)
            {
                wrong[name] = $"A number from 1 to {MaxLimit} is expected; got '{text}'.";
            }

            return limit;
        }

        BoardRank? Cursor(string name)
        {
            if (Line(name) is not { } text)
            {
                return null;
            }

            if (!BoardRank.TryParse(text, out var rank))
            {
                wrong[name] = "Not a cursor: take `next` of the page before.";
            }

            return rank;
        }
    }

    /// <summary>The view as a query string, without a question mark; empty for <see cref="Default"/>.</summary>
    public string ToQuery()
    {
        var query = new StringBuilder();
        Add("q", Text);
        Add("level", Joined(Levels));
        Add("stage", Joined(Stages));
        Add("heat", Joined(Heats));
        Add("type", Types.Count == 0 ? null : string.Join(',', Types));
        Add("owner", Owner);
        Add("team", Teams.Count == 0 ? null : string.Join(',', Teams));
        Add("case", Case?.ToString());
        Add("sort", Sort == BoardSort.Urgency ? null : Camel(Sort.ToString()));
        Add("limit", Limit == DefaultLimit ? null : Limit.ToString(CultureInfo.InvariantCulture));
        Add("after", After?.ToString());
        return query.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        static string? Joined<TWord>(IReadOnlyList<TWord> words)
            where TWord : struct, Enum =>
            words.Count == 0 ? null : string.Join(',', words.Select(word => Camel(word.ToString())));
    }

    private static string Camel(string word) => char.ToLowerInvariant(word[0]) + word[1..];
}
