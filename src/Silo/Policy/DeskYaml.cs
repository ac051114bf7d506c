using Escalation.Grains.Desks;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>desk.yaml</c>: how cases are offered. See <c>docs/DESK.md</c>.</summary>
internal static class DeskYaml
{
    public static DeskPolicy Read(YamlPart file, IReadOnlySet<string> types)
    {
        var none = new DeskPolicy();
        var weights = new Dictionary<string, int>(StringComparer.Ordinal);
        var weighed = file.Find("weights");
        foreach (var (type, _) in weighed?.Entries() ?? [])
        {
            weights[type] = weighed!.Number(type);
            if (!types.Contains(type))
            {
                weighed.Fault("is no conflict type.", type);
            }
        }

        var reasons = (file.Find("declineReasons")?.Entries() ?? [])
            .ToDictionary(entry => entry.Key, entry => entry.Part.Word(), StringComparer.Ordinal);
        var desk = new DeskPolicy
        {
            Window = Duration("window", none.Window),
            WindowLeast = Duration("windowLeast", none.WindowLeast),
            WindowShare = file.Find("windowShare") is null ? none.WindowShare : file.Share("windowShare"),
            CoolDown = Duration("coolDown", none.CoolDown),
            Grace = Duration("grace", none.Grace),
            ReturnWithin = Duration("returnWithin", none.ReturnWithin),
            MissedBeforeAway = file.Find("missedBeforeAway") is null ? none.MissedBeforeAway : file.Number("missedBeforeAway"),
            DeclineReasons = reasons.Count > 0 ? reasons : none.DeclineReasons,
            Weights = weights,
        };
        if (desk.WindowLeast > desk.Window)
        {
            file.Fault($"is longer than window ({desk.Window}).", "windowLeast");
        }

        file.Close();
        return desk;

        TimeSpan Duration(string key, TimeSpan otherwise) => file.Find(key)?.Duration() ?? otherwise;
    }
}
