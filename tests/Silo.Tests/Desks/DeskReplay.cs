using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Log;
using Escalation.Silo.Log;
using Npgsql;
using CompanyPolicy = Escalation.Grains.Policies.Policy;

namespace Escalation.Silo.Tests.Desks;

/// <summary>All that was committed, in the order in which it was, held against what no desk may ever do, at any moment.</summary>
internal sealed class DeskReplay
{
    private readonly CompanyPolicy _policy;
    private readonly string _supervisor;
    private readonly Dictionary<Guid, Case> _cases = [];
    private readonly Dictionary<Guid, TeamDesk> _desks = [];
    private readonly HashSet<Guid> _byHand = [];
    private readonly HashSet<Guid> _offeredWell = [];
    private readonly List<string> _faults = [];

    private DeskReplay(CompanyPolicy policy, string supervisor) => (_policy, _supervisor) = (policy, supervisor);

    /// <summary>Every case as it is at the end.</summary>
    public IReadOnlyCollection<Case> Cases => _cases.Values;

    public IReadOnlyCollection<TeamDesk> Desks => _desks.Values;

    /// <summary>DSK-2, DSK-5, DSK-6: what was wrong at some moment, in words.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>DSK-2: cases that were offered to someone of their level, or higher.</summary>
    public IReadOnlySet<Guid> OfferedWell => _offeredWell;

    /// <param name="supervisor">Whose hand may give an agent more than they have room for (DSK-6).</param>
    public static async Task<DeskReplay> ReadAsync(string connectionString, CompanyPolicy policy, string supervisor)
    {
        var replay = new DeskReplay(policy, supervisor);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(
            $"select {EntryReader.Columns} from event where category in ('{Case.Category}', '{TeamDesk.Category}') order by tx, position");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            replay.Take(EntryReader.Read(reader));
        }

        return replay;
    }

    private void Take(Entry entry)
    {
        switch (entry.Event)
        {
            case TeamDeskEvent happened:
                _desks[entry.Stream] = (_desks.GetValueOrDefault(entry.Stream) ?? TeamDesk.Empty(entry.Stream)).Evolve(happened, entry.At, entry.By);
                break;
            case CaseEvent happened:
                _cases[entry.Stream] = (_cases.GetValueOrDefault(entry.Stream) ?? Case.Empty(entry.Stream)).Evolve(happened, entry.At, entry.By);
                Look(_cases[entry.Stream], happened, entry.By);
                break;
            default:
                throw new NotSupportedException($"{entry.Event.GetType().Name} is of no case and no desk.");
        }

        CheckAbsent(entry.At);
    }

    private void Look(Case state, CaseEvent happened, string by)
    {
        switch (happened)
        {
            case CaseEvent.OfferMade e:
                var person = _policy.People.Find(e.Agent)!;
                Expect(
                    person.Knows(state.Opening!.Type) && person.Speaks(state.Language) && e.Agent != state.CausedBy,
                    $"Case {state.Opening.Number} ({state.Opening.Type}, {state.Language}) was offered to {e.Agent}");
                if (person.Level >= state.Level)
                {
                    _offeredWell.Add(state.Id);
                }

                CheckCapacity(e.Agent);
                break;
            case CaseEvent.OwnerAssigned e:
                _byHand.Remove(state.Id);
                if (e.Owner is not null)
                {
                    if (by == _supervisor)
                    {
                        _byHand.Add(state.Id);
                    }

                    CheckCapacity(e.Owner);
                }

                break;
            default:
                break;
        }
    }

    private void CheckCapacity(string agent)
    {
        var mine = _cases.Values.Where(state => state.IsOpen && (
            (state.Owner == agent && !_byHand.Contains(state.Id)) || (state.Offer is { IsOpen: true } offer && offer.Agent == agent))).ToList();
        Expect(
            mine.Sum(state => _policy.Desk.WeightOf(state.Opening!.Type)) <= _policy.People.Find(agent)!.Capacity,
            $"{agent} had {string.Join(", ", mine.Select(state => $"{state.Opening!.Number} ({(state.Owner == agent ? "owned" : "offered")})"))}");
    }

    private void CheckAbsent(DateTimeOffset now)
    {
        foreach (var offer in _cases.Values.Select(state => state.Offer).Where(offer => offer is { IsOpen: true }))
        {
            var seat = _desks[TeamDesk.IdOf(offer!.Team)].Ledger.SeatOf(offer.Agent);
            Expect(
                seat.Presence != Presence.Offline || seat.GoneAt is not { } gone || now - gone <= _policy.Desk.Grace,
                $"{offer.Agent} has been gone since {seat.GoneAt:O}, and held an offer at {now:O}");
        }
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            _faults.Add(otherwise);
        }
    }
}
