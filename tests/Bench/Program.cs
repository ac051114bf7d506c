using Escalation.Bench;

var benches = new Dictionary<string, Func<BenchRun, Task>>
{
    ["start"] = StartBench.RunAsync,
    ["commit"] = CommitBench.RunAsync,
    ["deadlines"] = DeadlineBench.RunAsync,
    ["ladder"] = LadderBench.RunAsync,
    ["replay"] = ReplayBench.RunAsync,
    ["calendar"] = CalendarBench.RunAsync,
    ["notices"] = NoticeBench.RunAsync,
    ["storm"] = StormBench.RunAsync,
    ["hosts"] = HostsBench.RunAsync,
};

var names = args.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToList();
if (args.Contains("--list") || names.Count == 0 || names.Exists(name => !benches.ContainsKey(name)))
{
    await Console.Error.WriteLineAsync($"usage: ./bench NAME... [--json] [--small]; names: {string.Join(' ', benches.Keys)}");
    return args.Contains("--list") ? 0 : 2;
}

foreach (var name in names)
{
    var run = new BenchRun(name, args.Contains("--json"), args.Contains("--small"));
    await benches[name](run);
}

return 0;
