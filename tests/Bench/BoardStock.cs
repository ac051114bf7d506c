using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Log;
using Escalation.Silo.Database;
using Escalation.Silo.Hosting;
using Escalation.Silo.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Bench;

/// <summary>
/// A database with many open cases, each with its events and what is stored beside them, as if the platform had written
/// them over the last weeks; copied straight into the tables. Nothing falls due for the next hours.
/// </summary>
internal static class BoardStock
{
    public static readonly string[] Types =
        ["wrongPayment", "disputedCharge", "brokenPromise", "colleagueError", "contradictoryInformation", "quality", "longWait", "inattention"];

    public static readonly string[] Surnames =
        ["Bălan", "Lysenko", "Munteanu", "Kowalczyk", "Demir", "Gheorghiu", "Orlova", "Novák", "Rotaru", "Pavel", "Beridze", "Petrenko",
         "Rusu", "Popa", "Voicu", "Moraru", "Dinu", "Sandu", "Ceban", "Tkachenko", "Horvat", "Kaya", "Marin", "Ionescu", "Țurcanu"];

    public static readonly string[] Names = ["Sorin", "Viktor", "Ioana", "Marta", "Aylin", "Petru", "Natalia", "Jakub", "Cristina", "Andreea", "Giorgi", "Elena"];

    public static readonly string[] Things = ["parcel", "washing machine", "refund", "invoice", "sofa", "phone", "booking", "contract", "boiler", "delivery"];

    public static readonly string[] Troubles =
        ["came without the inlet kit, and nobody called back", "was promised for Monday and is still not here",
         "was charged twice, and the bank says it is for us to return it", "was described to me differently by three people",
         "broke on the second day; the shop sent me to the service centre and back", "is late again after a new date"];

    private const int AtATime = 20_000;

    /// <summary>How many owners the cases have.</summary>
    public const int Owners = 2000;

    public static string Owner(int number) => $"{Names[number % Names.Length].ToLowerInvariant()}.{number}";

    /// <summary>Makes the folder's database and fills it, unless it has cases already; returns their ids.</summary>
    public static async Task<IReadOnlyList<Guid>> FillAsync(BenchRun run, string folder, int cases)
    {
        await using var postgres = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = folder }, NullLogger.Instance, CancellationToken.None);
        var builder = PlatformApp.CreateBuilder();
        builder.Services.AddCore(new PlatformSettings { DataFolder = folder }, postgres.ConnectionString);
        await using var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().RunAsync(CancellationToken.None);
        var policy = app.Services.GetRequiredService<PolicyBook>().Current.Version;
        var database = app.Services.GetRequiredService<NpgsqlDataSource>();
        var known = await IdsAsync(database);
        if (known.Count > 0)
        {
            run.Say($"{known.Count:#,0} cases are there already");
            return known;
        }

        run.Say($"copying {cases:#,0} cases");
        var now = TimeProvider.System.GetUtcNow().ToMicroseconds();
        await Parallel.ForEachAsync(
            // As a log comes to be: what happened later stands further on.
            Enumerable.Range(0, cases).OrderBy(number => -AgeOf(new Random(number))).Chunk(AtATime),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) },
            async (numbers, _) => await CopyAsync(database, numbers, now, policy));
        string[] settle =
        [
            """
            insert into follower (name, tx, position)
            select 'ladder', tx, position from event order by tx desc, position desc limit 1
            on conflict (name) do update set tx = excluded.tx, position = excluded.position
            """,
            "vacuum analyze grain", "vacuum analyze event", "checkpoint",
        ];
        foreach (var statement in settle)
        {
            await using var command = database.CreateCommand(statement);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync();
        }

        return await IdsAsync(database);
    }

    /// <summary>The stored row of one of the cases, without a database.</summary>
    public static StoredRow Row(int number, DateTimeOffset now)
    {
        var (state, _, events) = Make(number, now, "none");
        return new StoredRow(JsonSerializer.SerializeToUtf8Bytes(BoardRow.Of(state, events.Length), Wire.Json), events.Length);
    }

    private static async Task<IReadOnlyList<Guid>> IdsAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select id from grain where board is not null");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private static async Task CopyAsync(NpgsqlDataSource database, int[] numbers, DateTimeOffset now, string policy)
    {
        var made = numbers.Select(number => Make(number, now, policy)).ToList();
        await using var connection = await database.OpenConnectionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy event (stream, version, at, category, kind, by, command, data, personal) from stdin (format binary)"))
        {
            foreach (var (state, opened, events) in made)
            {
                for (var i = 0; i < events.Length; i++)
                {
                    await copy.StartRowAsync();
                    await copy.WriteAsync(state.Id, NpgsqlDbType.Uuid);
                    await copy.WriteAsync(i + 1, NpgsqlDbType.Integer);
                    await copy.WriteAsync(opened.UtcDateTime, NpgsqlDbType.TimestampTz);
                    await copy.WriteAsync(Case.Category, NpgsqlDbType.Text);
                    await copy.WriteAsync(EventCodec.KindOf(events[i]), NpgsqlDbType.Text);
                    await copy.WriteAsync("bench", NpgsqlDbType.Text);
                    await copy.WriteAsync(state.Id, NpgsqlDbType.Uuid);
                    await copy.WriteAsync(EventCodec.FactsOf(events[i]), NpgsqlDbType.Json);
                    await WriteAsync(copy, EventCodec.PersonalOf(events[i]), NpgsqlDbType.Json);
                }
            }

            await copy.CompleteAsync();
        }

        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy grain (id, category, version, due_at, due_promise_at, due_statutory_at, harm, board) from stdin (format binary)"))
        {
            foreach (var (state, _, events) in made)
            {
                var due = state.NextDue();
                await copy.StartRowAsync();
                await copy.WriteAsync(state.Id, NpgsqlDbType.Uuid);
                await copy.WriteAsync(Case.Category, NpgsqlDbType.Text);
                await copy.WriteAsync(events.Length, NpgsqlDbType.Integer);
                await WriteAsync(copy, due?.At.UtcDateTime, NpgsqlDbType.TimestampTz);
                await WriteAsync(copy, due?.PromiseAt?.UtcDateTime, NpgsqlDbType.TimestampTz);
                await copy.WriteNullAsync();
                await copy.WriteAsync(due?.Harm ?? 0, NpgsqlDbType.Smallint);
                await copy.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(BoardRow.Of(state, events.Length), Wire.Json), NpgsqlDbType.Json);
            }

            await copy.CompleteAsync();
        }
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type) =>
        value is null ? copy.WriteNullAsync() : copy.WriteAsync(value, type);

    /// <summary>How long ago a case was opened, in minutes: the first that is drawn for it.</summary>
    private static int AgeOf(Random random) => random.Next(60, 20 * 24 * 60);

    private static (Case State, DateTimeOffset Opened, CaseEvent[] Events) Make(int number, DateTimeOffset now, string policy)
    {
        var random = new Random(number);
        var opened = now.AddMinutes(-AgeOf(random)).ToMicroseconds();
        var id = Guid.CreateVersion7(opened);
        var owner = Owner(random.Next(Owners));
        var due = now.AddSeconds(random.Next(3 * 3600, 20 * 24 * 3600));
        List<CaseEvent> events =
        [
            new CaseOpened(
                1_000_000 + number, Guid.CreateVersion7(opened),
                new CustomerContact($"{Names[random.Next(Names.Length)]} {Surnames[random.Next(Surnames.Length)]}", null, null, "ro", "Europe/Chisinau"),
                Types[random.Next(Types.Length)], $"The {Things[random.Next(Things.Length)]} {Troubles[random.Next(Troubles.Length)]}.",
                Channel.Phone, (Heat)random.Next(2), random.Next(3) == 0 ? new Money(random.Next(10, 900), "EUR") : null, null, null, opened, policy),
            new ClockStarted("resolution", ClockKind.Internal, opened, null, due),
        ];
        if (random.Next(10) > 0)
        {
            events.Add(new OwnerAssigned(owner, null));
        }

        if (random.Next(10) < 6)
        {
            var promised = due.AddSeconds(-random.Next(600, 7200));
            events.Add(new PromiseMade(1, "A call with two solutions", owner, promised, promised.AddMinutes(-45)));
        }

        if (random.Next(50) == 0)
        {
            events.Add(new EscalationRaised(1, "word", (Level)random.Next(1, 4), null, null, null, null));
        }

        var state = events.Aggregate(Case.Empty(id), (folded, happened) => folded.Evolve(happened, opened, "bench"));
        return (state, opened, [.. events]);
    }
}
