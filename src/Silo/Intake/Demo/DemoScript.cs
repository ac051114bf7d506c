using Escalation.Grains.Cases;

namespace Escalation.Silo.Intake.Demo;

/// <summary>
/// The whole demo day as data: what happened before the start, and what happens from then on without end. Pure: the same
/// seed and start give the same day.
/// </summary>
internal sealed class DemoScript
{
    private static readonly DemoVoice[] Voices =
        [DemoVoices.Romanian, DemoVoices.Russian, DemoVoices.English, DemoVoices.Romanian, DemoVoices.Russian];

    private readonly int _seed;
    private readonly DateTimeOffset _start;
    private readonly List<DemoPlot> _seeded;
    private int _cases;

    public DemoScript(int seed, DateTimeOffset start)
    {
        _seed = seed;
        _start = start;
        _seeded = [.. Seeded()];
    }

    /// <summary>When the past ends and the day begins.</summary>
    public DateTimeOffset Start => _start;

    /// <summary>The steps before the start, case by case, each in order; cases by their opening.</summary>
    public IEnumerable<IReadOnlyList<DemoStep>> History => _seeded
        .Select(plot => (IReadOnlyList<DemoStep>)[.. plot.Steps.Where(step => step.At <= _start).OrderBy(step => step.At)])
        .OrderBy(steps => steps[0].At);

    /// <summary>The steps from the start on, in order of their instants. Never ends.</summary>
    public IEnumerable<DemoStep> Live()
    {
        var coming = new PriorityQueue<DemoStep, (DateTimeOffset At, long Place)>();
        var place = 0L;
        Enqueue(_seeded.SelectMany(plot => plot.Steps).Where(step => step.At > _start));
        var chance = new Random(_seed);
        var opening = 0.3;
        var index = _cases;
        while (true)
        {
            while (coming.Count == 0 || _start.AddMinutes(opening) <= coming.Peek().At)
            {
                Enqueue(NewCase(index++, opening).Steps);
                opening += 0.65 + (chance.NextDouble() * 0.6);
            }

            yield return coming.Dequeue();
        }

        void Enqueue(IEnumerable<DemoStep> steps)
        {
            foreach (var step in steps)
            {
                coming.Enqueue(step, (step.At, place++));
            }
        }
    }

    private DemoPlot NewCase(int index, double at) => Case(index, isReview: index % 17 == 5).Opens(at).RestFromOpening(at);

    private DemoPlot Next(bool isReview = false) => Case(_cases++, isReview);

    private DemoPlot Case(int index, bool isReview)
    {
        var voice = Voices[index % Voices.Length];
        // Each language goes through its stories before it repeats one.
        var story = voice.Stories[(index / Voices.Length * 3 + index % Voices.Length) % voice.Stories.Length];
        return new DemoPlot(_seed, index, _start, voice, isReview ? null : story);
    }

    /// <summary>What the board shows when the platform starts: every band, nothing absurd.</summary>
    private IEnumerable<DemoPlot> Seeded() =>
    [
        .. Unanswered(), .. AtWork(), .. Promising(), .. Special(), .. Done(),
    ];

    /// <summary>First contact is due an hour after the complaint: three are overdue, four due within minutes, six later.</summary>
    private IEnumerable<DemoPlot> Unanswered()
    {
        double[] openings = [-83, -71.5, -64, -57.5, -53, -49.5, -46.5, -38, -31, -22, -14, -8, -3];
        double[] answers = [3, 7, 5, 1, 4.5, 8, 11, 13, 16, 12, 18, 9, 6];
        return openings.Zip(answers, (opening, answer) => Next().Opens(opening).Owned(opening + 2).RestFromContact(answer));
    }

    private IEnumerable<DemoPlot> AtWork() =>
    [
        Next().Opens(-130).Owned(-128).Contacted(-118).RestFromClarify(2),
        Next().Opens(-55).Owned(-54).Contacted(-41).RestFromClarify(9),
        Next().Opens(-1480).Owned(-1470).Contacted(-1400).RestFromClarify(21),
        Next().Opens(-240).Owned(-239).Contacted(-215).Clarified(-190).RestFromOptions(4),
        Next().Opens(-96).Owned(-94).Contacted(-80).Clarified(-61).RestFromOptions(14),
        Next().Opens(-1500).Owned(-1490).Contacted(-1431).Clarified(-1300).RestFromOptions(6.5),
        Next().Opens(-75).Owned(-73).Contacted(-66).Clarified(-50).Offered(-28).RestFromAgreement(3.5),
        Next().Opens(-330).Owned(-328).Contacted(-300).Clarified(-270).Offered(-200).RestFromAgreement(17),
        Next().Opens(-4230).Owned(-4220).Contacted(-4190).Clarified(-3000).Called(-400).Offered(-390).RestFromAgreement(26),
    ];

    /// <summary>Promises due in minutes to a day and a half, some moved already.</summary>
    private IEnumerable<DemoPlot> Promising() =>
    [
        Ready(-60).Promised(-6, 12).Kept(1.5).RestFromKept(4),
        Ready(-50).Promised(-4, 14).Kept(3).RestFromKept(6),
        Ready(-190).Promised(-60, 55).Kept(11).RestFromKept(14),
        Ready(-170).Promised(-90, 48).Explained(9, 130).Kept(40).RestFromKept(43),
        // Nobody acts: the platform explains by itself ten minutes from the start.
        Ready(-80).Promised(-30, 40).Kept(22).RestFromKept(25),
        Ready(-100).Promised(-40, 95).Kept(24).RestFromKept(28),
        Ready(-150).Promised(-45, 140).Kept(31).RestFromKept(34),
        Ready(-200).Promised(-20, 210).Kept(52).RestFromKept(55),
        Ready(-260).Promised(-110, 320).Kept(70).RestFromKept(75),
        Ready(-300).Promised(-180, 500).Kept(95).RestFromKept(99),
        Ready(-420).Promised(-350, 1250).Kept(160).RestFromKept(170),
        Ready(-600).Promised(-560, 1900).Kept(210).RestFromKept(214),
        // Explained by the agent, with a new date that holds.
        Ready(-280).Promised(-180, 20).Explained(-45, 75).Kept(19).RestFromKept(23),
        // Explained by the platform at its send-by, in the past.
        Ready(-320).Promised(-200, 15).Kept(29).RestFromKept(32),
        // Delayed a second time: a person has to call, and the head of service was asked.
        Ready(-420).Promised(-300, -40).Explained(-130, 25).ExplainedAgain(1.2, 130).Kept(58).RestFromKept(62),
        Ready(-360).Promised(-250, 60).Kept(-20).RestFromKept(5),
    ];

    private IEnumerable<DemoPlot> Special() =>
    [
        Next(isReview: true).Opens(-36).Owned(-33).RestFromContact(8.5),
        Next().Opens(-115, Heat.Tense).Owned(-114).Contacted(-100).Heats(-98, Heat.Aggressive).Escalated(-97, Level.Head).Acknowledged(-90)
            .Clarified(-70).RestFromOptions(7.5),
        Next().Opens(-48, Heat.Tense).Owned(-46).Contacted(-40).Escalated(-6, Level.Specialist).Acknowledged(2.5).RestFromClarify(10),
        Ready(-1700).Promised(-1600, -1200).Kept(-1330).Restarted(-50).Contacted(-35).RestFromClarify(12),
        Next().Opens(-210).Owned(-208).Contacted(-196).Clarified(-180).Offered(-150).Restarted(-44).RestFromContact(5.5),
    ];

    private IEnumerable<DemoPlot> Done() =>
    [
        Ready(-1600).Promised(-1500, -1300).Kept(-1420).Closed(-1400),
        Ready(-900).Promised(-800, -600).Kept(-700).Closed(-690).Reopened(7).RestFromContact(10),
        Ready(-700).Conceded(-640),
        Ready(-500).Promised(-430, -300).Explained(-380, -220).Kept(-320).Closed(-310),
        Ready(-260).Conceded(-190),
    ];

    /// <summary>A case with two solutions on the table, within forty minutes of its opening.</summary>
    private DemoPlot Ready(double at) => Next().Opens(at).Owned(at + 2).Contacted(at + 7).Clarified(at + 16).Offered(at + 26);
}
