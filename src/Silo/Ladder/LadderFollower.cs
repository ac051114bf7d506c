using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Escalations;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Silo.Intake;
using Escalation.Silo.Jobs;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Customers.CustomerEvent;

namespace Escalation.Silo.Ladder;

/// <summary>
/// ESC-6, ESC-3, CUS-2: carries what cases say of themselves to their customers, what customers know to their new cases, and what was
/// told to the table that the job sends from. It follows the log in commit order from a place that is kept, one host at a time,
/// and everything it does may be done again: nothing is lost in a crash, and no grain waits for another.
/// </summary>
internal sealed partial class LadderFollower(
    NpgsqlDataSource dataSource, Commits commits, IGrains grains, IPolicySource policies, IJobs jobs, ICustomerErasure erasure,
    ILogger<LadderFollower> logger) : LeaderService(dataSource, LeaderWork.Ladder, logger)
{
    private const int Page = 1000;
    private const int Parallel = 8;

    /// <summary>Only what this follower acts on is read whole.</summary>
    private const string PageSql =
        """
        select tx, position, stream, version, kind, case when kind in ('caseOpened', 'customerCaseAdded', 'escalationTold') then data end, at
        from event
        where (tx, position) > ($1, $2)
            and tx < pg_snapshot_xmin(pg_current_snapshot())
        order by tx, position
        limit $3
        """;

    private const string HeldSql = "select exists (select from event where (tx, position) > ($1, $2))";

    /// <summary>
    /// Customers of whom there is anything to say to a new case: a level, or like complaints. Each is looked up by itself: for a whole list
    /// the planner reads a log that has just grown from end to end.
    /// </summary>
    private const string KnownSql =
        """
        select wanted.stream, told.version
        from unnest($1) as wanted (stream)
        cross join lateral (
            select
                max(version) as version,
                bool_or(kind in ('customerCaseLevelNoted', 'customerErased')) or count(*) filter (where kind = 'customerCaseAdded') > 1 as anything
            from event
            where event.stream = wanted.stream
        ) as told
        where told.anything
        """;

    /// <summary>CUS-2: cases that have anything to say of their customer's experience; one that just opened and closed has not.</summary>
    private const string ExperiencedSql =
        """
        select wanted.stream, told.version
        from unnest($1) as wanted (stream)
        cross join lateral (
            select max(version) as version, bool_or(kind in ('promiseMade', 'roundStarted', 'experienceRated', 'caseTakenOver')) as anything
            from event
            where event.stream = wanted.stream
        ) as told
        where told.anything
        """;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly Actor By = new("ladder", Roles.System);

    protected override async Task LeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var place = await LoadAsync(connection, cancellationToken);
        while (true)
        {
            var next = commits.Next;
            var page = await ReadAsync(connection, place, cancellationToken);
            if (page.Count > 0)
            {
                await ActAsync(connection, page, cancellationToken);
                place = page[^1].Place;
                await SaveAsync(connection, place, cancellationToken);
                if (page.Count < Page)
                {
                    await Task.Delay(Pace, TimeProvider.System, cancellationToken);
                }
            }
            else if (await IsHeldAsync(connection, place, cancellationToken))
            {
                await Task.Delay(Pace, TimeProvider.System, cancellationToken);
            }
            else
            {
                await Task.WhenAny(next, Task.Delay(LongestWait, TimeProvider.System, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task ActAsync(NpgsqlConnection connection, IReadOnlyList<Row> page, CancellationToken cancellationToken)
    {
        var told = page.Where(row => row.Kind == "escalationTold")
            .SelectMany(row => ((EscalationTold)row.Event!).Told, (row, to) => (row.Stream, to, row.At))
            .Where(item => item.to.Channel != DutyChannel.Board).ToList();
        if (told.Count > 0)
        {
            await TellingQueue.AddAsync(connection, told, cancellationToken);
            jobs.Wake<TellingJob>();
        }

        // CUS-7: first of all, and again when whoever asked for it has done it already.
        await ForAllAsync(
            page.Where(row => row.Kind == "customerErased").Select(row => row.Stream).Distinct(),
            async (customer, token) => await erasure.CarryOutAsync(customer, token), cancellationToken);

        var experienced = page
            .Where(row => row.Kind is "caseClosed" or "caseMerged" or "roundStarted" or "promiseLapsed" or "experienceRated")
            .Select(row => row.Stream).Distinct().ToArray();
        if (experienced.Length > 0)
        {
            await ForAllAsync(await StreamsAsync(connection, ExperiencedSql, experienced, cancellationToken), NoteExperienceAsync, cancellationToken);
        }

        // Levels first: a case that opened after another one rose must find what that one did to the customer.
        var moved = page.Where(row => row.Kind is "escalationRaised" or "escalationRisen" or "escalationClosed")
            .GroupBy(row => row.Stream, row => row.Version, (stream, versions) => KeyValuePair.Create(stream, versions.Max()));
        await ForAllAsync(moved, NoteLevelAsync, cancellationToken);
        var added = page.Where(row => row.Event is not (null or EscalationTold)).Select(row => row.Event switch
        {
            CaseOpened e => (Customer: e.CustomerId, Case: row.Stream),
            CustomerCaseAdded e => (Customer: row.Stream, Case: e.CaseId),
            _ => default,
        }).Distinct().ToList();
        if (added.Count > 0)
        {
            var known = await StreamsAsync(connection, KnownSql, added.Select(pair => pair.Customer).Distinct().ToArray(), cancellationToken);
            await ForAllAsync(
                added.Where(pair => known.ContainsKey(pair.Customer)),
                (pair, token) => TellCaseAsync(pair.Customer, known[pair.Customer], pair.Case, token), cancellationToken);
        }
    }

    /// <summary>ESC-6: the customer learns on which level the case is; when the customer comes down, so do those that only followed.</summary>
    private async Task NoteLevelAsync(KeyValuePair<Guid, int> seen, CancellationToken cancellationToken)
    {
        var caseId = seen.Key;
        var (state, version) = await grains.Case(caseId).GetAtLeast(seen.Value, cancellationToken);
        if (state.Opening is not { } opening)
        {
            return;
        }

        var level = state.IsOpen ? state.OwnLevel : Level.Buffer;
        var note = new Envelope<CustomerCommand>(
            DeterministicId.Of("ladder", "level", $"{caseId:N}", $"{version}"), By, new CustomerCommand.NoteCaseLevel(caseId, level, version));
        var (customer, _) = await grains.TellCustomerAsync(opening.CustomerId, note, cancellationToken);
        if (level == Level.Buffer)
        {
            await BringDownAsync((await grains.SurvivingCustomerAsync(customer, cancellationToken)).State, caseId, version, cancellationToken);
        }
    }

    /// <summary>CUS-2: the customer's ledger has what the case was like.</summary>
    private async Task NoteExperienceAsync(KeyValuePair<Guid, int> seen, CancellationToken cancellationToken)
    {
        var caseId = seen.Key;
        var (state, version) = await grains.Case(caseId).GetAtLeast(seen.Value, cancellationToken);
        if (state.Opening is { } opening)
        {
            var id = DeterministicId.Of("customer", "experience", $"{caseId:N}", $"{version}");
            await grains.TellCustomerAsync(
                opening.CustomerId, new Envelope<CustomerCommand>(id, By, new CustomerCommand.NoteExperience(CaseExperience.Of(state), version)), cancellationToken);
        }
    }

    private async Task BringDownAsync(Customer customer, Guid because, int version, CancellationToken cancellationToken)
    {
        foreach (var other in customer.Cases.Union(customer.CaseLevels.Keys).Where(other => other != because && customer.LevelBeside(other) == Level.Buffer))
        {
            var (state, _) = await grains.Case(other).Get(cancellationToken);
            if (state.Escalations.Any(e => e is { IsOpen: true, Cause: Causes.CustomerLevel }))
            {
                var id = DeterministicId.Of("ladder", "down", $"{other:N}", $"{because:N}", $"{version}");
                await grains.Case(other).Tell(new Envelope<CaseCommand>(id, By, new CaseCommand.HearOfCustomer(Level.Buffer, 1)), cancellationToken);
            }
        }
    }

    /// <summary>ESC-6, CUS-4: a new case learns what its customer's grain knows, also when whoever opened it did not ask.</summary>
    private async Task TellCaseAsync(Guid customerId, int customerVersion, Guid caseId, CancellationToken cancellationToken)
    {
        var (customer, _) = await grains.Customer(customerId).GetAtLeast(customerVersion, cancellationToken);
        (_, customer, _) = customer.MergedInto is { } into ? await grains.SurvivingCustomerAsync(into, cancellationToken) : (customerId, customer, customerVersion);
        var (state, _) = await grains.Case(caseId).Get(cancellationToken);
        if (customer.Erasures > 0)
        {
            // It was being opened when the customer was forgotten.
            await erasure.CarryOutAsync(customerId, cancellationToken);
        }

        if (!state.IsOpen)
        {
            return;
        }

        var causes = policies.Current.Ladder.Causes;
        var level = customer.LevelBeside(caseId);
        var like = customer.LikeComplaints(caseId, causes.LikeComplaintsWithin);
        if (level > Level.Buffer || like >= causes.LikeComplaints)
        {
            var id = DeterministicId.Of("ladder", "new", $"{caseId:N}");
            await grains.Case(caseId).Tell(new Envelope<CaseCommand>(id, By, new CaseCommand.HearOfCustomer(level, like)), cancellationToken);
        }
    }

    /// <summary>One grain that cannot be told must not stop the others; that the database is away stops all of them.</summary>
    private Task ForAllAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (item, token) =>
            {
                try
                {
                    await act(item, token);
                }
                catch (Exception e) when (e is not (LogUnavailableException or OperationCanceledException) && !LogFailures.IsAway(e))
                {
                    LogSkipped(logger, e, $"{item}");
                }
            });

    private static async Task<List<Row>> ReadAsync(NpgsqlConnection connection, TailCursor place, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PageSql, connection) { Parameters = { Xid(place), new() { Value = place.Position }, new() { Value = Page } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        return rows;
    }

    /// <summary>A row is in memory before it is read, so nothing waits.</summary>
    private static Row Read(NpgsqlDataReader reader)
    {
        var kind = reader.GetString(4);
        return new Row(
            EntryReader.ReadCursor(reader, 0, 1), reader.GetGuid(2), reader.GetInt32(3), kind,
            reader.IsDBNull(5) ? null : EventCodec.Read(kind, reader.GetFieldValue<byte[]>(5), []), reader.GetFieldValue<DateTimeOffset>(6));
    }

    /// <summary>Those of <paramref name="streams"/> that the query finds, and the version each is at.</summary>
    private static async Task<Dictionary<Guid, int>> StreamsAsync(NpgsqlConnection connection, string sql, Guid[] streams, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new() { Value = streams, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<Guid, int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(reader.GetGuid(0), reader.GetInt32(1));
        }

        return found;
    }

    private static async Task<bool> IsHeldAsync(NpgsqlConnection connection, TailCursor place, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(HeldSql, connection) { Parameters = { Xid(place), new() { Value = place.Position } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<TailCursor> LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select tx, position from follower where name = 'ladder'", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? EntryReader.ReadCursor(reader, 0, 1) : default;
    }

    private static async Task SaveAsync(NpgsqlConnection connection, TailCursor place, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into follower (name, tx, position)
            values ('ladder', $1, $2)
            on conflict (name) do update set tx = excluded.tx, position = excluded.position
            """,
            connection) { Parameters = { Xid(place), new() { Value = place.Position } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Xid(TailCursor place) => new() { Value = place.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 };

    [LoggerMessage(2962, LogLevel.Error, "The ladder could not act on {Item} and goes on")]
    private static partial void LogSkipped(ILogger logger, Exception exception, string item);

    private sealed record Row(TailCursor Place, Guid Stream, int Version, string Kind, IEvent? Event, DateTimeOffset At);
}
