using Escalation.Bench;

var benches = new Dictionary<string, Func<BenchRun, Task>>
{
    ["start"] = StartBench.RunAsync,
    ["board"] = BoardBench.RunAsync,
    ["look"] = LookBench.RunAsync,
    ["past"] = PastBench.RunAsync,
    ["commit"] = CommitBench.RunAsync,
    ["deadlines"] = DeadlineBench.RunAsync,
    ["ladder"] = LadderBench.RunAsync,
    ["replay"] = ReplayBench.RunAsync,
    ["calendar"] = CalendarBench.RunAsync,
    ["notices"] = NoticeBench.RunAsync,
    ["storm"] = StormBench.RunAsync,
    ["desk"] = DeskBench.RunAsync,
    ["hosts"] = HostsBench.RunAsync,
    ["import"] = ImportBench.RunAsync,
};

string[] known = ["cases", "viewers", "rate", "seconds", "data", "lines", "hours", "heapMb"];
var settings = new Dictionary<string, string>();
var names = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i].StartsWith("--", StringComparison.Ordinal) && Array.IndexOf(known, args[i][2..]) >= 0 && i + 1 < args.Length)
    {
        settings[args[i][2..]] = args[++i];
    }
    else if (!args[i].StartsWith("--", StringComparison.Ordinal))
    {
        names.Add(args[i]);
    }
}

if (args.Contains("--list") || names.Count == 0 || names.Exists(name => !benches.ContainsKey(name)))
{
    await Console.Error.WriteLineAsync($"usage: ./bench NAME... [--json] [--small] [--cases N] [--viewers N] [--rate N] [--seconds N] [--data FOLDER] [--lines N] [--hours N] [--heapMb N]; names: {string.Join(' ', benches.Keys)}");
    return args.Contains("--list") ? 0 : 2;
}

foreach (var name in names)
{
    var run = new BenchRun(name, args.Contains("--json"), args.Contains("--small"), settings);
    await benches[name](run);
}

return 0;
