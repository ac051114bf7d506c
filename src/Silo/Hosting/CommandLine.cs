using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Escalation.Grains.Calendars.Holidays;
using Escalation.Silo.Access;
using Escalation.Silo.Database;
using Escalation.Silo.Intake;
using Escalation.Silo.Notices;
using Escalation.Silo.Policy;
using Escalation.Silo.Policy.Holidays;
using Command = System.CommandLine.Command;

namespace Escalation.Silo.Hosting;

/// <summary>The host's verbs. Without one it serves.</summary>
internal static class CommandLine
{
    private static readonly IReadOnlyDictionary<string, ImportKind> Formats = new Dictionary<string, ImportKind>
    {
        ["incident-log"] = ImportKind.IncidentLog,
        ["cases"] = ImportKind.Cases,
        ["reviews"] = ImportKind.Reviews,
    };

    private static readonly TimeSpan VerbStopsWithin = TimeSpan.FromSeconds(30);

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder for the host's own files. Default: data, beside the solution or in the current folder.",
        Recursive = true,
    };

    private static readonly Option<string?> Stack = new("--stack")
    {
        Description = "embedded (default) or cluster; chosen when the host is built, named here for ./run.",
        Recursive = true,
    };

    /// <summary>Runs what <paramref name="args"/> ask for; returns the process's exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Escalation Platform: no promise to a customer ever lapses silently.") { Data, Stack };
        AddServe(root);
        root.Subcommands.Add(Import());
        root.Subcommands.Add(Replay());
        root.Subcommands.Add(Prove());
        root.Subcommands.Add(Migrate());
        root.Subcommands.Add(BackUp());
        root.Subcommands.Add(Restore());
        root.Subcommands.Add(Health());
        root.Subcommands.Add(CheckPolicy());
        root.Subcommands.Add(Holidays());
        root.Subcommands.Add(KeysCommand.Create((parsed, verb, token) => Verb.RunAsync(
            parsed.GetValue(Data), (services, cancel) => services.KeysAsync(verb, cancel), token)));

        var parsed = root.Parse(args);
        var serves = parsed.CommandResult.Command == root || parsed.CommandResult.Command.Name == "serve";
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,

                // Serving, the host itself answers Ctrl-C and SIGTERM, and takes the time it needs.
                ProcessTerminationTimeout = serves ? null : VerbStopsWithin,
            });
        }
        catch (Exception e) when (e is DataFolderInUseException or PrivatePostgresException or PolicyException
            or SchemaMismatchException or SourceFileException or PortInUseException or ChannelSettingsException or BackupException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 130;
        }
    }

    private static void AddServe(RootCommand root)
    {
        var port = new Option<int?>("--port") { Description = "Port to listen on. Default: the first free one from 5080." };
        var noDemo = new Option<bool>("--no-demo") { Description = "Do not fill an empty database with a demo day." };
        var serve = new Command("serve", "Runs the platform (the default).") { port, noDemo };
        root.Options.Add(port);
        root.Options.Add(noDemo);
        serve.SetAction((parsed, token) => ServeVerb.RunAsync(parsed.GetValue(Data), parsed.GetValue(port), parsed.GetValue(noDemo), token));
        root.SetAction((parsed, token) => ServeVerb.RunAsync(parsed.GetValue(Data), parsed.GetValue(port), parsed.GetValue(noDemo), token));
        root.Subcommands.Add(serve);
    }

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "The file to read; .gz is unpacked on the way." };
        var format = new Option<string>("--as") { Description = "What the file holds.", Required = true };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        var zone = new Option<string?>("--zone") { Description = "IANA zone of local times in the file. Default: UTC for incident logs; asked for cases and reviews." };
        var mapping = new Option<string?>("--mapping") { Description = "A file that says in JSON which column is which field; cases and reviews only." };
        var preview = new Option<bool>("--preview") { Description = "Say how the file is understood and what it leaves open, and take nothing; cases and reviews only." };
        var command = new Command("import", "Takes over cases or reviews from a file.") { file, format, zone, mapping, preview };
        command.SetAction((parsed, token) => Verb.RunAsync(
            parsed.GetValue(Data),
            (services, cancel) => services.ImportAsync(
                new ImportOptions(parsed.GetValue(file)!, Formats[parsed.GetValue(format)!])
                {
                    TimeZone = parsed.GetValue(zone),
                    Mapping = parsed.GetValue(mapping),
                    Preview = parsed.GetValue(preview),
                },
                cancel),
            token));
        return command;
    }

    private static Command Replay()
    {
        var file = new Argument<string>("file") { Description = "An incident log; .gz is unpacked on the way." };
        var speed = new Option<double>("--speed")
        {
            Description = "How many times faster than it happened, or max. Default: 1.",
            DefaultValueFactory = _ => 1,
            CustomParser = SpeedOf,
        };
        var salt = new Option<string>("--salt") { Description = "Another salt replays the same file as new cases.", DefaultValueFactory = _ => "replay" };
        var zone = new Option<string>("--zone") { Description = "IANA zone of local times in the file.", DefaultValueFactory = _ => "UTC" };
        var command = new Command("replay", "Plays an incident log as live traffic.") { file, speed, salt, zone };
        command.SetAction((parsed, token) => Verb.RunAsync(
            parsed.GetValue(Data),
            (services, cancel) => services.ReplayAsync(
                parsed.GetValue(file)!, parsed.GetValue(speed) is var times && double.IsFinite(times) ? times : null, parsed.GetValue(salt)!, parsed.GetValue(zone)!, cancel),
            token));
        return command;
    }

    private static double SpeedOf(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (text == "max")
        {
            return double.PositiveInfinity;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var speed) && speed > 0 && double.IsFinite(speed))
        {
            return speed;
        }

        argument.AddError($"--speed is '{text}'; a number above 0, or max, is expected.");
        return 1;
    }

    private static Command Prove()
    {
        var promises = new Option<bool>("--promises", "--list") { Description = "Also print each promise with its fate, and each explanation with its instants." };
        var command = new Command("prove", "Reads the whole log and checks the invariants; exits with 1 on any fault.") { promises };
        command.SetAction((parsed, token) => Verb.RunAsync(
            parsed.GetValue(Data), (services, cancel) => services.ProveAsync(parsed.GetValue(promises), cancel), token));
        return command;
    }

    private static Command Migrate()
    {
        var command = new Command("migrate", "Brings the database's schema up to this build.");
        command.SetAction((parsed, token) => Verb.RunAsync(parsed.GetValue(Data), static (_, _) => Task.FromResult(0), token));
        return command;
    }

    private static Command BackUp()
    {
        var file = new Argument<string>("file") { Description = "The file to write. It holds personal data and keys: keep it as safe as the database." };
        var command = new Command("backup", "Writes everything into one file, while hosts go on working.") { file };
        command.SetAction((parsed, token) => Verb.RunAsync(
            parsed.GetValue(Data), (services, cancel) => services.BackUpAsync(parsed.GetValue(file)!, cancel), token));
        return command;
    }

    private static Command Restore()
    {
        var file = new Argument<string>("file") { Description = "A file that backup wrote." };
        var command = new Command("restore", "Fills an empty database from a backup, all or nothing; no host may be running on it.") { file };
        command.SetAction((parsed, token) => Verb.RunAsync(
            parsed.GetValue(Data), (services, cancel) => services.RestoreAsync(parsed.GetValue(file)!, cancel), token));
        return command;
    }

    private static Command CheckPolicy()
    {
        var folder = new Argument<string>("folder")
        {
            Description = "A policy folder. Default: as shipped.",
            DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "Policy"),
        };
        var command = new Command("check-policy", "Reads a policy folder, and lists everything that is wrong with it by file and line.") { folder };
        command.SetAction((parsed, _) =>
        {
            var policy = PolicyReader.Read(PolicyFiles.In(parsed.GetValue(folder)!));
            Console.WriteLine(
                $"Version {policy.Version}: {policy.Sla.Policies.Length} SLA policies, {policy.Sla.Calendars.Count} calendars, " +
                $"{policy.Sla.PauseReasons.Count} reasons to pause, {policy.Sla.Statutory.Length} clocks of the law, {policy.ConflictTypes.Count} conflict types, {policy.Packs.Packs.Count} statutory packs.");
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Holidays()
    {
        var thisYear = TimeProvider.System.GetUtcNow().Year;
        var file = new Argument<string>("file") { Description = "A YAML file of holiday rules, as published for many countries." };
        var region = new Option<string[]>("--region")
        {
            Description = "Such as ro, or us_ca for a part of a country with all that holds in it. May come several times.",
            Required = true,
        };
        var from = new Option<int>("--from") { Description = "The first year. Default: this year.", DefaultValueFactory = _ => thisYear };
        var to = new Option<int>("--to") { Description = "The last year. Default: nine years on.", DefaultValueFactory = _ => thisYear + 9 };
        var informal = new Option<bool>("--informal") { Description = "Also days that are kept but worked." };
        var unmoved = new Option<bool>("--unmoved") { Description = "Holidays on their own dates, not on the days off given for them." };
        var command = new Command("holidays", "Prints a country's holidays as those of a calendar.") { file, region, from, to, informal, unmoved };
        command.SetAction((parsed, token) => new HolidaysVerb(Console.Out, Console.Error).RunAsync(
            parsed.GetValue(file)!,
            new HolidayQuery(parsed.GetValue(region)!, parsed.GetValue(from), parsed.GetValue(to))
            {
                Observed = !parsed.GetValue(unmoved),
                Informal = parsed.GetValue(informal),
            },
            token));
        return command;
    }

    private static Command Health()
    {
        var url = new Option<string>("--url") { Description = "Where the host answers.", DefaultValueFactory = _ => "http://localhost:5080" };
        var command = new Command("health", "Asks a running host whether it is ready; exits with 1 when it is not.") { url };
        command.SetAction(async (parsed, token) =>
        {
            using var client = new HttpClient();
            try
            {
                using var answer = await client.GetAsync(new Uri($"{parsed.GetValue(url)!.TrimEnd('/')}/readyz"), token);
                return answer.IsSuccessStatusCode ? 0 : 1;
            }
            catch (Exception e) when (e is HttpRequestException or UriFormatException)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
        return command;
    }
}
