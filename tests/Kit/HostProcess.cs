using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Escalation.TestKit;

/// <summary>The real host in a process of its own, to be stopped, and killed.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output;

    private HostProcess(Process process, ConcurrentQueue<string> output, Uri url, string dataFolder)
    {
        _process = process;
        _output = output;
        Url = url;
        DataFolder = dataFolder;
    }

    public Uri Url { get; }

    public string DataFolder { get; }

    public int Id => _process.Id;

    /// <summary>What the host printed so far.</summary>
    public string Output => string.Join(Environment.NewLine, _output);

    /// <summary>Bytes of memory that the process holds.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>CPU time that the process used so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the host on <paramref name="dataFolder"/> and waits until it serves.</summary>
    /// <exception cref="InvalidOperationException">It ended before that; the message holds what it printed.</exception>
    public static async Task<HostProcess> StartAsync(
        string dataFolder, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments)
    {
        var output = new ConcurrentQueue<string>();
        var serving = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Create(["serve", "--data", dataFolder, "--port", "0", "--no-demo", .. arguments], environment);
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => serving.TrySetException(new InvalidOperationException(
            $"The host ended before it served:{Environment.NewLine}{string.Join(Environment.NewLine, output)}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new HostProcess(process, output, await serving.Task.WaitAsync(Patience), dataFolder);

        void Take(string? line)
        {
            if (line is null)
            {
                return;
            }

            output.Enqueue(line);
            if (Welcome().Match(line) is { Success: true } welcome)
            {
                serving.TrySetResult(new Uri(welcome.Groups[1].Value));
            }
        }
    }

    /// <summary>Runs a verb to its end; returns its exit code and what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Create(arguments, null);
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>The key of a role, as a fresh development host writes it.</summary>
    public string KeyOf(string role)
    {
        using var access = JsonDocument.Parse(File.ReadAllText(Path.Combine(DataFolder, "dev-access.json")));
        return access.RootElement.GetProperty(role).GetString()!;
    }

    /// <summary>A client that signs in with the key of <paramref name="role"/>.</summary>
    public HttpClient ClientFor(string role) => new()
    {
        BaseAddress = Url,
        DefaultRequestHeaders = { Authorization = new("Bearer", KeyOf(role)) },
    };

    /// <summary>kill -9: no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and wait for a clean end.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
            }

            _process.Dispose();
        }
    }

    private static Process Create(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Escalation.Silo.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new Process { StartInfo = start };
    }

    [GeneratedRegex(@"Escalation Platform +(http\S+)")]
    private static partial Regex Welcome();
}
