using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.TestKit;
using Npgsql;

namespace Escalation.Bench;

/// <summary>
/// Durable commands per second over HTTP with 64 clients, beside single-row commits of the same size over 64 connections
/// on the same server, in turn in the same run.
/// </summary>
internal static class CommitBench
{
    private const int Clients = 64;
    private const int CasesPerClient = 8;
    private const string Note = "The customer asked again when the refund arrives; told them Thursday.";

    public static async Task RunAsync(BenchRun run)
    {
        using var folder = new TemporaryFolder();
        await using var host = await HostProcess.StartAsync(folder.Path);
        using var client = host.ClientFor("admin");
        var cases = await OpenAsync(client, Clients * CasesPerClient);
        var span = TimeSpan.FromSeconds(run.Small ? 2 : 8);
        await using var database = NpgsqlDataSource.Create(await BenchDatabase.ConnectionStringAsync(folder.Path, Clients + 2));

        // Compiling the host takes the first seconds; they are not what is measured.
        await CommandsAsync(host, cases, run.Small ? span : TimeSpan.FromSeconds(12), []);
        var row = await PrepareAsync(database);
        await RowsAsync(database, row, span / 2);
        var latencies = new List<double>();
        var commands = new List<double>();
        var rows = new List<double>();
        var (spent, spentOnRows) = (default(Cpu), default(Cpu));
        for (var round = 0; round < (run.Small ? 1 : 3); round++)
        {
            var before = Cpu.Now(host, folder.Path);
            commands.Add(await CommandsAsync(host, cases, span, latencies));
            var between = Cpu.Now(host, folder.Path);
            rows.Add(await RowsAsync(database, row, span));
            spent += between - before;
            spentOnRows += Cpu.Now(host, folder.Path) - between;
            run.Say($"round {round + 1}: {commands[^1]:0} commands/s, {rows[^1]:0} single-row commits/s");
        }

        var rowsWritten = rows.Sum() * span.TotalSeconds;
        commands.Sort();
        rows.Sort();
        var sorted = latencies.Order().ToArray();
        run.Report("perSecond", commands[commands.Count / 2], "1/s", "single-row commits", rows[rows.Count / 2]);
        run.Report("hostCpuUs", spent.Host.TotalMicroseconds / sorted.Length, "µs/command");
        run.Report(
            "databaseCpuUs", spent.Database.TotalMicroseconds / sorted.Length, "µs/command",
            "single-row commit", spentOnRows.Database.TotalMicroseconds / rowsWritten);
        run.Report(
            "clientCpuUs", spent.Client.TotalMicroseconds / sorted.Length, "µs/command",
            "single-row commit", spentOnRows.Client.TotalMicroseconds / rowsWritten);

        // What is left when the host does nothing at all for a command but answer it.
        var idle = Cpu.Now(host, folder.Path);
        var answers = await AnswersAsync(host, span);
        idle = Cpu.Now(host, folder.Path) - idle;
        run.Report("emptyAnswerCpuUs", idle.Host.TotalMicroseconds / answers, "µs/answer", "host per command", spent.Host.TotalMicroseconds / sorted.Length);
        run.Report("p50Ms", BenchRun.Percentile(sorted, 0.50), "ms");
        run.Report("p99Ms", BenchRun.Percentile(sorted, 0.99), "ms");
    }

    internal static async Task<IReadOnlyList<string>> OpenAsync(HttpClient client, int count)
    {
        var ids = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, token) =>
        {
            using var answer = await client.PostAsJsonAsync(
                "/api/cases",
                new
                {
                    customer = new { name = $"Customer {i}" },
                    type = "longWait",
                    summary = "Waiting for an answer since Monday.",
                    channel = "web",
                },
                token);
            answer.EnsureSuccessStatusCode();
            ids[i] = (await answer.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("id").GetString()!;
        });
        return ids;
    }

    private static async Task<double> CommandsAsync(HostProcess host, IReadOnlyList<string> cases, TimeSpan span, List<double> latencies)
    {
        var key = host.KeyOf("agent");
        var body = JsonSerializer.Serialize(new { note = Note });
        var started = Stopwatch.GetTimestamp();
        var perClient = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            using var http = new RawHttp(host.Url, key);
            var requests = cases.Skip(client * CasesPerClient).Take(CasesPerClient)
                .Select(id => http.Post($"/api/cases/{id}/note", body)).ToArray();
            var mine = new List<double>(100_000);
            while (Stopwatch.GetElapsedTime(started) < span)
            {
                var sent = Stopwatch.GetTimestamp();
                var status = await http.SendAsync(requests[mine.Count % CasesPerClient]);
                if (status != 200)
                {
                    throw new InvalidOperationException($"A command was answered with {status}.");
                }

                mine.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            return mine;
        })));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        latencies.AddRange(perClient.SelectMany(mine => mine));
        return perClient.Sum(mine => mine.Count) / seconds;
    }

    /// <summary>How many requests the host answers in <paramref name="span"/> that need no log, no grain and no rights.</summary>
    private static async Task<long> AnswersAsync(HostProcess host, TimeSpan span)
    {
        var key = host.KeyOf("agent");
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            using var http = new RawHttp(host.Url, key);
            var request = http.Get("/healthz");
            var count = 0L;
            for (; Stopwatch.GetElapsedTime(started) < span; count++)
            {
                await http.SendAsync(request);
            }

            return count;
        })));
        return counts.Sum();
    }

    /// <summary>A table with the log's columns and a plain primary key, and a row like those that the commands have just written.</summary>
    private static async Task<(string Data, string Personal)> PrepareAsync(NpgsqlDataSource database)
    {
        await using var create = database.CreateCommand(
            """
            create table single_row (like event);
            alter table single_row add primary key (stream, version)
            """);
        await create.ExecuteNonQueryAsync();
        await using var sample = database.CreateCommand(
            "select data::text, personal::text from event where kind = 'noteAdded' limit 1");
        await using var reader = await sample.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetString(0), reader.GetString(1));
    }

    private static async Task<double> RowsAsync(NpgsqlDataSource database, (string Data, string Personal) row, TimeSpan span)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => database.OpenConnectionAsync().AsTask()));
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(connections.Select(connection => Task.Run(async () =>
        {
            await using var insert = new NpgsqlCommand(
                """
                insert into single_row (stream, version, position, tx, at, category, kind, by, command, data, personal)
                values ($1, 7, 1000000, '1000000', '2026-11-21 16:30:00Z', 'case', 'noteAdded', 'agent', $1, $2, $3)
                """,
                connection);
            var id = new NpgsqlParameter<Guid>();
            insert.Parameters.Add(id);
            insert.Parameters.Add(new NpgsqlParameter { Value = row.Data, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Json });
            insert.Parameters.Add(new NpgsqlParameter { Value = row.Personal, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Json });
            id.TypedValue = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
            await insert.PrepareAsync();
            var count = 0;
            while (Stopwatch.GetElapsedTime(started) < span)
            {
                id.TypedValue = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
                await insert.ExecuteNonQueryAsync();
                count++;
            }

            return count;
        })));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }

        return counts.Sum() / seconds;
    }

    /// <summary>Processor time used so far: by the host, by all of PostgreSQL, and by the clients here.</summary>
    private readonly record struct Cpu(TimeSpan Host, TimeSpan Database, TimeSpan Client)
    {
        public static Cpu Now(HostProcess host, string dataFolder) =>
            new(host.CpuTime, BenchDatabase.CpuTime(dataFolder), Environment.CpuUsage.TotalTime);

        public static Cpu operator +(Cpu left, Cpu right) =>
            new(left.Host + right.Host, left.Database + right.Database, left.Client + right.Client);

        public static Cpu operator -(Cpu left, Cpu right) =>
            new(left.Host - right.Host, left.Database - right.Database, left.Client - right.Client);
    }
}
