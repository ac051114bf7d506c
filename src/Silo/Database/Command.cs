using System.Diagnostics;

namespace Escalation.Silo.Database;

/// <summary>A program that was run to its end: its exit code and what it said on both outputs.</summary>
internal sealed record Command(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Runs a program. Cancelling kills it and what it started.</summary>
    public static async Task<Command> RunAsync(
        IReadOnlyList<string> line, TimeProvider time, string input = "", CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // On Windows a hidden console of its own: Ctrl-C in ours does not reach the server.
            CreateNoWindow = true,
            WorkingDirectory = Path.GetPathRoot(Environment.CurrentDirectory),
        };

        // The host's own settings for PostgreSQL clients are not meant for this server; messages stay in English, so
        // that they can be understood here.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PrivatePostgresException($"{line[0]} does not start: {e.Message}");
        }

        var outputs = Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(CancellationToken.None),
            process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await FeedAsync(process.StandardInput, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        // On Windows the server inherits pg_ctl's outputs and keeps them open: do not wait for their end.
        await Task.WhenAny(outputs, Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None));
        var said = outputs.IsCompletedSuccessfully ? string.Concat(await outputs).Trim() : "";
        return new Command(process.ExitCode, said);
    }

    private static async Task FeedAsync(StreamWriter stream, string input, CancellationToken cancellationToken)
    {
        try
        {
            await using (stream)
            {
                await stream.WriteAsync(input.AsMemory(), cancellationToken);
            }
        }
        catch (IOException)
        {
            // It ended without reading; its exit code and its words say why.
        }
    }
}
