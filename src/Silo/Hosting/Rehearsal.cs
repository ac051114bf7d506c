using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Silo.Hosting;

/// <summary>
/// Lives through a made-up case in memory while the host starts, so that the first real deadline is not late by the time
/// it takes to compile the rules. Nothing of it is stored.
/// </summary>
internal sealed class Rehearsal(IPolicySource policies, TimeProvider time) : IHostedService
{
    private const int Times = 40;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Beside the start, not before it.
        _ = Task.Run(Play, cancellationToken);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Play()
    {
        var policy = policies.Current;
        var start = time.GetUtcNow().ToMicroseconds();
        var customer = new CustomerContact("Nobody", "nobody@example.org", null, "en", "UTC");
        (TimeSpan After, CaseCommand Command)[] life =
        [
            (TimeSpan.Zero, new OpenCase(1, Guid.Empty, customer, policy.ConflictTypes.First(), "", Channel.Web, Heat.Calm, null, null, null, null)),
            (TimeSpan.FromMinutes(1), new LogContact(Direction.ToCustomer, Channel.Phone, "")),
            (TimeSpan.FromMinutes(2), new MakePromise("", start.AddHours(5), null)),
            (TimeSpan.FromHours(4.5), new Tick()),
            (TimeSpan.FromHours(4.6), new RecordNoticeAccepted(2, start, 1)),
            (TimeSpan.FromDays(2), new Tick()),
        ];
        for (var i = 0; i < Times; i++)
        {
            var state = Case.Empty(Guid.Empty);
            foreach (var (after, command) in life)
            {
                var context = new Context(start + after, Actor.Clock, policy);
                foreach (var happened in state.Decide(command, context))
                {
                    EventCodec.Read(EventCodec.KindOf(happened), EventCodec.FactsOf(happened), EventCodec.PersonalOf(happened));
                    state = state.Evolve(happened, context.Now, context.By.Id);
                }

                JsonSerializer.SerializeToUtf8Bytes(BoardRow.Of(state, 1), Wire.Json);
            }
        }
    }
}
