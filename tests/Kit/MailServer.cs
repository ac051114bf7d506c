using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading.Channels;
using Escalation.Grains;

namespace Escalation.TestKit;

/// <summary>A letter as a mail program shows it, and as it came over the wire.</summary>
/// <param name="From">The envelope's sender.</param>
/// <param name="To">The envelope's recipients.</param>
/// <param name="Secure">It came over TLS.</param>
/// <param name="User">Who signed in, if anybody.</param>
/// <param name="Headers">Every header with its raw lines, in order; names in lower case.</param>
/// <param name="MessageId">With angle brackets.</param>
/// <param name="Charset">Of the body.</param>
/// <param name="Subject">Decoded.</param>
/// <param name="Text">Decoded.</param>
/// <param name="Html">Decoded; null when the letter has none.</param>
public sealed record Letter(
    string From,
    IReadOnlyList<string> To,
    bool Secure,
    string? User,
    IReadOnlyList<LetterHeader> Headers,
    string? MessageId,
    string? Charset,
    string Subject,
    string Text,
    string? Html)
{
    /// <summary>The one header of that name, without its name, unfolded but not decoded.</summary>
    public string Header(string name) =>
        Headers.Single(header => header.Name == name).Line[(name.Length + 1)..].ReplaceLineEndings("").Trim();
}

/// <summary>A header as it came over the wire.</summary>
public sealed record LetterHeader(string Name, string Line);

/// <summary>A letter that a brief server took.</summary>
/// <param name="MessageId">With angle brackets.</param>
/// <param name="To">The envelope's recipients.</param>
/// <param name="At">When, as milliseconds of the Unix epoch.</param>
/// <param name="Said">It said so; else the sender cannot know.</param>
public sealed record TakenLetter(string MessageId, IReadOnlyList<string> To, long At, bool Said = true);

/// <summary>A real mail server in a process of its own (tests/Mail), which answers as it is told to.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Once for all tests of this process.</summary>
    private static readonly Lazy<Task<string>> Folder = new(InstallAsync);

    private readonly Process _process;
    private readonly Channel<Letter> _letters = Channel.CreateUnbounded<Letter>();
    private readonly Channel<int> _answers = Channel.CreateUnbounded<int>();
    private readonly Channel<bool> _connections = Channel.CreateUnbounded<bool>();
    private readonly Channel<string> _moods = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<TakenLetter> _taken = [];
    private readonly Task _reading;

    private MailServer(Process process, int port, X509Certificate2? certificate)
    {
        _process = process;
        Port = port;
        Certificate = certificate;
        _reading = ReadAsync();
    }

    public int Port { get; }

    /// <summary>What it shows after STARTTLS; nobody knows it.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="answers">What the first connections get, for instance <c>rcpt:451</c>; see tests/Mail/server.mjs.</param>
    /// <param name="user">Demanded, with <paramref name="password"/>; null for an open server.</param>
    /// <param name="startTls">With a certificate for <c>localhost</c> made for this server alone.</param>
    /// <param name="weather">What each letter gets by chance, for instance <c>0.1:rcpt:451</c>.</param>
    /// <param name="brief">Keeps of each letter only what <see cref="Taken"/> says.</param>
    public static async Task<MailServer> StartAsync(
        IReadOnlyList<string>? answers = null, string? user = null, string? password = null, bool startTls = false, string? weather = null, bool brief = false)
    {
        var start = new ProcessStartInfo("node", ["server.mjs", "--answers", string.Join(',', answers ?? [])])
        {
            WorkingDirectory = await Folder.Value,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (user is not null)
        {
            start.ArgumentList.Add($"--user={user}");
            start.ArgumentList.Add($"--password={password}");
        }

        if (weather is not null)
        {
            start.ArgumentList.Add($"--weather={weather}");
        }

        if (brief)
        {
            start.ArgumentList.Add("--brief");
        }

        X509Certificate2? certificate = null;
        if (startTls)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            certificate = CertificateOf(key);
            start.ArgumentList.Add("--starttls");
            start.Environment["MAIL_KEY"] = key.ExportPkcs8PrivateKeyPem();
            start.Environment["MAIL_CERTIFICATE"] = certificate.ExportCertificatePem();
        }

        var process = Process.Start(start)!;
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
            ?? throw new InvalidOperationException("The mail server ended before it listened; what it said is on the error output.");
        return new MailServer(process, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), certificate);
    }

    /// <summary>The next letter that it took.</summary>
    public Task<Letter> NextLetterAsync() => NextAsync(_letters, "letter");

    /// <summary>The next code with which it refused, or took a password (235).</summary>
    public Task<int> NextAnswerAsync() => NextAsync(_answers, "answer");

    /// <summary>Waits for the next connection.</summary>
    public Task ConnectedAsync() => NextAsync(_connections, "connection");

    /// <summary>What a brief server took so far, in order.</summary>
    public IReadOnlyCollection<TakenLetter> Taken => _taken;

    /// <summary>Closes the port and hangs up on everybody.</summary>
    public Task GoAwayAsync() => TurnAsync("away");

    /// <summary>Opens the same port again.</summary>
    public Task ComeBackAsync() => TurnAsync("back");

    /// <summary>True when it took a letter that no test has read.</summary>
    public bool HasMoreLetters => _letters.Reader.TryPeek(out _);

    /// <summary>True when somebody called whom no test waited for.</summary>
    public bool HasMoreConnections => _connections.Reader.TryPeek(out _);

    /// <summary>True when it refused something of which no test has read.</summary>
    public bool HasMoreAnswers => _answers.Reader.TryPeek(out _);

    /// <summary>Ends it; what it took and said until then can still be read.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        Certificate?.Dispose();
    }

    private async Task TurnAsync(string word)
    {
        await _process.StandardInput.WriteLineAsync(word);
        await _process.StandardInput.FlushAsync();
        await NextAsync(_moods, word);
    }

    private static async Task<T> NextAsync<T>(Channel<T> channel, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await channel.Reader.ReadAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new TimeoutException($"The mail server saw no further {what}.");
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var happened = JsonDocument.Parse(line);
            switch (happened.RootElement.GetProperty("event").GetString())
            {
                case "letter":
                    _letters.Writer.TryWrite(happened.RootElement.Deserialize<Letter>(Wire.Json)!);
                    break;
                case "took":
                    _taken.Enqueue(happened.RootElement.Deserialize<TakenLetter>(Wire.Json)!);
                    break;
                case "away" or "back":
                    _moods.Writer.TryWrite("");
                    break;
                case "answered":
                    _answers.Writer.TryWrite(happened.RootElement.GetProperty("code").GetInt32());
                    break;
                case "connected":
                    _connections.Writer.TryWrite(true);
                    break;
            }
        }

        _letters.Writer.TryComplete();
        _answers.Writer.TryComplete();
        _connections.Writer.TryComplete();
        _moods.Writer.TryComplete();
    }

    private static X509Certificate2 CertificateOf(ECDsa key)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>Restores the server's packages when they are missing, or older than their list.</summary>
    private static async Task<string> InstallAsync()
    {
        var folder = FindFolder();
        await RunAsync("node", folder, "--version");
        var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
        if (!installed.Exists || installed.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
        {
            await RunAsync("npm", folder, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund");
        }

        return folder;
    }

    private static string FindFolder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Escalation.Platform.sln")))
            {
                return Path.Combine(folder, "tests", "Mail");
            }
        }

        throw new InvalidOperationException($"The mail server of the tests (tests/Mail) is not above {AppContext.BaseDirectory}. Run the tests inside the checkout.");
    }

    private static async Task RunAsync(string tool, string folder, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(tool, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException($"The tests of mail need '{tool}' on the PATH: install Node.js 20.19 or newer.");
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"'{tool} {string.Join(' ', arguments)}' in {folder} failed:{Environment.NewLine}{await output}{await errors}");
            }
        }
    }
}
