using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Silo.Access;
using Escalation.Silo.Database;
using Escalation.Silo.Intake.Demo;
using Escalation.Silo.Policy;
using Npgsql;

namespace Escalation.Silo.Hosting;

/// <summary>The port that was asked for is taken.</summary>
internal sealed class PortInUseException(int port) : Exception(
    $"Port {port} is taken by another program. Stop it, or choose another with --port.");

/// <summary>Runs the platform until it is told to stop.</summary>
internal static class ServeVerb
{
    private const int FirstPort = 5080;

    public static async Task<int> RunAsync(string? data, int? port, bool noDemo, CancellationToken cancellationToken)
    {
        var builder = PlatformApp.CreateBuilder();
        var settings = PlatformSettings.Read(
            builder.Configuration, builder.Environment.IsDevelopment(), data, port, noDemo);
        using var boot = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole(PlatformApp.OneLine));
        using var folder = settings.ConnectionString is null ? DataFolderLock.Acquire(settings.DataFolder) : null;
        await using var postgres = settings.ConnectionString is null
            ? await PrivatePostgres.StartAsync(
                new PrivatePostgresOptions { DataFolder = settings.DataFolder },
                boot.CreateLogger("Escalation.Silo.Database.PrivatePostgres"), cancellationToken)
            : null;

        await using var app = PlatformApp.Build(builder, settings, settings.ConnectionString ?? postgres!.ConnectionString);
        if (app.Configuration[WebHostDefaults.ServerUrlsKey] is not { Length: > 0 })
        {
            var free = PortOf(settings);
            app.Urls.Add(free == 0 ? "http://127.0.0.1:0" : $"http://localhost:{free}");
        }

        var access = await PrepareAsync(app, settings.DataFolder, cancellationToken);
        var demo = settings.Demo && await IsEmptyAsync(app.Services, cancellationToken)
            ? ActivatorUtilities.CreateInstance<DemoDay>(app.Services)
            : null;
        if (demo is not null)
        {
            await demo.SeedAsync(cancellationToken);
        }

        await app.StartAsync(cancellationToken);
        folder?.Announce(app.Urls.First());
        Welcome(app.Urls.First(), settings, access);
        var day = demo is null ? Task.CompletedTask : PlayAsync(demo, app.Lifetime.ApplicationStopping);
        await app.WaitForShutdownAsync(cancellationToken);
        await day;
        return 0;
    }

    /// <summary>Brings the database up to this build and, in Development, lets people in.</summary>
    internal static async Task<DevAccess.Sheet?> PrepareAsync(WebApplication app, string dataFolder, CancellationToken cancellationToken)
    {
        await app.Services.GetRequiredService<Migrator>().RunAsync(cancellationToken);
        await app.Services.GetRequiredService<PolicyBook>().StoreAsync(cancellationToken);
        if (!app.Environment.IsDevelopment())
        {
            return null;
        }

        var path = await app.Services.GetRequiredService<DevAccess>().WriteAsync(dataFolder, cancellationToken);
        return JsonSerializer.Deserialize<DevAccess.Sheet>(await File.ReadAllBytesAsync(path, cancellationToken), Wire.Json);
    }

    private static async Task PlayAsync(DemoDay demo, CancellationToken stopping)
    {
        try
        {
            await demo.LiveAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The day ends when the host does.
        }
    }

    private static async Task<bool> IsEmptyAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select not exists (select from event)");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static int PortOf(PlatformSettings settings)
    {
        if (settings.Port is { } asked)
        {
            return asked == 0 || IsFree(asked) ? asked : throw new PortInUseException(asked);
        }

        return Enumerable.Range(FirstPort, 100).FirstOrDefault(IsFree);
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Welcome(string url, PlatformSettings settings, DevAccess.Sheet? access)
    {
        Console.WriteLine();
        Console.WriteLine($"  Escalation Platform   {url}");
        foreach (var person in access?.SignIns ?? [])
        {
            Console.WriteLine($"  sign in as            {person.User} / {person.Password}   ({person.Role})");
        }

        if (access is not null)
        {
            Console.WriteLine($"  keys for programs     {Path.Combine(settings.DataFolder, DevAccess.FileName)}");
        }

        Console.WriteLine($"  API                   {url}/openapi/v1.json");
        Console.WriteLine("  Ctrl-C stops everything.");
        Console.WriteLine();
    }
}
