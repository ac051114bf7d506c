using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;

namespace Escalation.Grains.Desks;

/// <summary>
/// DSK-7, CLK-7: a case's place by harm: what the law asks next, then what was promised, then the rest; in each the hottest and
/// highest first, then who has waited longest. It depends on the row alone, so that time moves nothing.
/// </summary>
public readonly record struct HarmRank(int Kind, int Harm, long Age, Guid Id) : IComparable<HarmRank>
{
    public static HarmRank Of(BoardRow row) => Of(row.Due?.Kind, row.Heat, row.Level, row.ComplainedAt, row.Id);

    /// <summary>The place of a case of which this is known.</summary>
    public static HarmRank Of(ClockKind? due, Heat heat, Level level, DateTimeOffset complainedAt, Guid id) => new(
        due switch
        {
            ClockKind.Statutory => 0,
            ClockKind.Promise => 1,
            _ => 2,
        },
        -((4 * (int)heat) + (int)level),
        complainedAt.UtcTicks,
        id);

    public int CompareTo(HarmRank other)
    {
        var order = Kind.CompareTo(other.Kind);
        order = order != 0 ? order : Harm.CompareTo(other.Harm);
        order = order != 0 ? order : Age.CompareTo(other.Age);
        return order != 0 ? order : Id.CompareTo(other.Id);
    }

    public static bool operator <(HarmRank left, HarmRank right) => left.CompareTo(right) < 0;

    public static bool operator >(HarmRank left, HarmRank right) => left.CompareTo(right) > 0;

    public static bool operator <=(HarmRank left, HarmRank right) => left.CompareTo(right) <= 0;

    public static bool operator >=(HarmRank left, HarmRank right) => left.CompareTo(right) >= 0;
}
