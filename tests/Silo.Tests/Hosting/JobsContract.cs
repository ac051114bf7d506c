using Escalation.Silo.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Escalation.Silo.Tests.Hosting;

/// <summary>What holds of jobs, whichever stack hosts them.</summary>
public abstract class JobsContract : IAsyncLifetime
{
    /// <summary>Longer than any test, and nothing that a stack could keep as an hour of the day.</summary>
    private static readonly TimeSpan Seldom = TimeSpan.FromHours(7);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Probe<Woken> _woken = new();
    private readonly Probe<Other> _other = new();
    private readonly Probe<Scheduled> _scheduled = new();
    private IHost _host = null!;

    /// <summary>How many runs may come of a thousand wakes.</summary>
    private protected virtual int MostForManyWakes => 1;

    private IJobs Jobs => _host.Services.GetRequiredService<IJobs>();

    public virtual async ValueTask InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        AddJobs(builder.Services);
        builder.Services.AddSingleton(_woken).AddSingleton(_other).AddSingleton(_scheduled);
        builder.Services.AddJob<Woken>("contract-woken", Seldom);
        builder.Services.AddJob<Other>("contract-other", Seldom);
        builder.Services.AddJob<Scheduled>("contract-scheduled", TimeSpan.FromMilliseconds(200));
        _host = builder.Build();
        await _host.StartAsync();
        await _woken.EndsAsync(1);
        await _other.EndsAsync(1);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Whoever_is_woken_runs()
    {
        Jobs.Wake<Woken>();
        await _woken.EndsAsync(2);
        Jobs.Wake<Woken>();
        await _woken.EndsAsync(3);
    }

    [Fact]
    public async Task Many_wakes_while_a_run_is_under_way_are_hardly_more_than_one_run_and_no_two_run_at_once()
    {
        using var gate = new SemaphoreSlim(0);
        _woken.Act = (run, token) => run == 2 ? gate.WaitAsync(token) : Task.CompletedTask;
        Jobs.Wake<Woken>();
        await _woken.BeginsAsync(2);
        for (var wake = 0; wake < 1000; wake++)
        {
            Jobs.Wake<Woken>();
        }

        gate.Release();
        await _woken.EndsAsync(3);

        // What was asked for before this has begun before it.
        Jobs.Wake<Other>();
        await _other.EndsAsync(2);
        Assert.InRange(_woken.Begun, 3, 2 + MostForManyWakes);
        Assert.Equal(1, _woken.MostAtOnce);
    }

    [Fact]
    public async Task A_run_that_fails_stops_neither_the_next_nor_others()
    {
        _woken.Act = (run, _) => run == 2 ? throw new InvalidOperationException("This run fails.") : Task.CompletedTask;
        Jobs.Wake<Woken>();
        await _woken.EndsAsync(2);
        Jobs.Wake<Woken>();
        await _woken.EndsAsync(3);
        Jobs.Wake<Other>();
        await _other.EndsAsync(2);
    }

    [Fact]
    public async Task It_runs_on_schedule_though_nobody_wakes_it_and_every_run_fails()
    {
        _scheduled.Act = (_, _) => throw new InvalidOperationException("This run fails.");
        await _scheduled.EndsAsync(_scheduled.Begun + 3);
    }

    [Fact]
    public async Task When_the_host_has_stopped_nothing_runs_any_more_and_a_wake_does_no_harm()
    {
        using var gate = new SemaphoreSlim(0);
        _woken.Act = (_, token) => gate.WaitAsync(token);
        Jobs.Wake<Woken>();
        await _woken.BeginsAsync(2);

        var stopping = _host.StopAsync(TestContext.Current.CancellationToken);
        gate.Release();
        await stopping;

        Assert.Equal(0, _woken.Running + _other.Running + _scheduled.Running);
        var begun = _woken.Begun;
        Jobs.Wake<Woken>();
        Assert.Equal(begun, _woken.Begun);
    }

    /// <summary>Adds the jobs of the stack.</summary>
    private protected abstract void AddJobs(IServiceCollection services);

    internal sealed class Woken(Probe<Woken> probe) : IJob
    {
        public Task RunAsync(CancellationToken cancellationToken) => probe.RunAsync(cancellationToken);
    }

    internal sealed class Other(Probe<Other> probe) : IJob
    {
        public Task RunAsync(CancellationToken cancellationToken) => probe.RunAsync(cancellationToken);
    }

    internal sealed class Scheduled(Probe<Scheduled> probe) : IJob
    {
        public Task RunAsync(CancellationToken cancellationToken) => probe.RunAsync(cancellationToken);
    }

    /// <summary>What a job does, and what was seen of it.</summary>
    internal sealed class Probe<TJob>
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource _changed = NewSignal();
        private int _ended;

        public Func<int, CancellationToken, Task> Act { get; set; } = (_, _) => Task.CompletedTask;

        public int Begun { get; private set; }

        public int Running => Begun - _ended;

        public int MostAtOnce { get; private set; }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            var run = Change(() =>
            {
                Begun++;
                MostAtOnce = Math.Max(MostAtOnce, Running);
            });
            try
            {
                await Act(run, cancellationToken);
            }
            finally
            {
                Change(() => _ended++);
            }
        }

        public Task BeginsAsync(int runs) => UntilAsync(() => Begun >= runs);

        public Task EndsAsync(int runs) => UntilAsync(() => _ended >= runs);

        private int Change(Action change)
        {
            lock (_lock)
            {
                change();
                _changed.TrySetResult();
                _changed = NewSignal();
                return Begun;
            }
        }

        private async Task UntilAsync(Func<bool> holds)
        {
            while (true)
            {
                Task changed;
                lock (_lock)
                {
                    if (holds())
                    {
                        return;
                    }

                    changed = _changed.Task;
                }

                await changed.WaitAsync(Patience, TimeProvider.System);
            }
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
