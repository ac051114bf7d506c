using System.Collections.Concurrent;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Silo.Log;
using Npgsql;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Silo.Policy;

/// <summary>Rolls a changed policy out: read anew, looked at beforehand, applied to open cases.</summary>
internal sealed class PolicyRollout(PolicyBook book, IGrains grains, NpgsqlDataSource dataSource, TimeProvider time) : IPolicyRollout
{
    private const int Page = 500;
    private const int Parallel = 16;

    public async Task<PolicyReload> ReloadAsync(CancellationToken cancellationToken)
    {
        var was = book.Current.Version;
        try
        {
            await book.ReloadAsync(cancellationToken);
            return new PolicyReload(book.Current.Version, was, []);
        }
        catch (PolicyException e)
        {
            return new PolicyReload(was, was, e.Problems);
        }
    }

    public async Task<PolicyPreview> PreviewAsync(Guid? after, int cases, CancellationToken cancellationToken)
    {
        var page = await OpenCasesAsync(after, cases, cancellationToken);
        var moves = new List<ClockMove>();
        foreach (var id in page)
        {
            var (state, _) = await grains.Case(id).Get(cancellationToken);
            moves.AddRange(Moves(state));
        }

        return new PolicyPreview(page.Count, moves, page.Count < cases ? null : page[^1]);
    }

    public async Task<PolicyApplication> ApplyAsync(Actor by, CancellationToken cancellationToken)
    {
        var version = book.Current.Version;
        var counts = new ConcurrentBag<(int Cases, int Moved)>();
        Guid? after = null;
        do
        {
            var page = await OpenCasesAsync(after, Page, cancellationToken);
            await System.Threading.Tasks.Parallel.ForEachAsync(
                page,
                new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
                async (id, token) => counts.Add(await ApplyAsync(id, by, token)));
            after = page.Count < Page ? null : page[^1];
        }
        while (after is not null);

        return new PolicyApplication(version, counts.Sum(count => count.Cases), counts.Sum(count => count.Moved));
    }

    private async Task<(int Cases, int Moved)> ApplyAsync(Guid id, Actor by, CancellationToken cancellationToken)
    {
        var grain = grains.Case(id);
        var (before, _) = await grain.Get(cancellationToken);
        var answer = await grain.Tell(
            new Envelope<CaseCommand>(Guid.CreateVersion7(time.GetUtcNow()), by, new CaseCommand.ApplyPolicy()), cancellationToken);

        // A case that was closed meanwhile refuses, and needs nothing any more.
        return answer is Answer.Done { Events: { Count: > 0 } events }
            ? (1, MovesIn(before, before.Clocks, events.OfType<CaseEvent>()).Count())
            : (0, 0);
    }

    /// <summary>Decides as if it were asked now; nothing is changed.</summary>
    private IEnumerable<ClockMove> Moves(Case state)
    {
        var context = new Context(time.GetUtcNow().ToMicroseconds(), Actor.Clock, book.Current, book);
        return state.Decide(new CaseCommand.ApplyPolicy(), context) is { IsRefused: false } decision
            ? MovesIn(state, state.Clocks, decision.Events)
            : [];
    }

    private IEnumerable<ClockMove> MovesIn(
        Case state, IReadOnlyList<Clock> before, IEnumerable<CaseEvent> events)
    {
        foreach (var happened in events)
        {
            (string Name, ClockPlan? Plan, DateTimeOffset? DueAt) move = happened switch
            {
                ClockReplanned e => (e.Clock, e.Plan, e.DueAt),
                ClockStarted e => (e.Clock, e.Plan, e.DueAt),
                ClockStopped e => (e.Clock, null, null),
                _ => ("", null, null),
            };
            var was = before.FirstOrDefault(clock => clock.Name == move.Name && clock.IsRunning);
            if (move.Name.Length > 0 && was?.DueAt != move.DueAt)
            {
                yield return new ClockMove(
                    state.Id, state.Opening!.Number, move.Name, was?.Plan, was?.DueAt, move.Plan, move.DueAt, move.DueAt <= time.GetUtcNow());
            }
        }
    }

    private Task<List<Guid>> OpenCasesAsync(Guid? after, int limit, CancellationToken cancellationToken) => dataSource.ReadAsync(
        async (connection, token) =>
        {
            await using var command = new NpgsqlCommand(
                "select id from grain where id > $1 and board is not null order by id limit $2", connection)
            {
                Parameters = { new() { Value = after ?? Guid.Empty }, new() { Value = limit } },
            };
            await using var reader = await command.ExecuteReaderAsync(token);
            var ids = new List<Guid>();
            while (await reader.ReadAsync(token))
            {
                ids.Add(reader.GetGuid(0));
            }

            return ids;
        },
        cancellationToken);
}
