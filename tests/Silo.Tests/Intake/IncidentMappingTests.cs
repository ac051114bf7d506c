using Escalation.Grains.Cases;
using Escalation.Silo.Intake;
using Escalation.TestKit;
using static Escalation.Silo.Tests.Intake.Incidents;

namespace Escalation.Silo.Tests.Intake;

public sealed class IncidentMappingTests
{
    [Fact]
    public async Task Each_row_says_what_it_changes()
    {
        var (cases, _) = await ReadAllAsync(Read(Small));

        Assert.Equal(
            [
                "OpenCase tense phone, AdoptOwner Group A",
                "AddNote Update 1 of INC1: still new.",
                "AdoptOwner Group B, AdoptStage Clarify",
                "LogContact ToCustomer Phone",
                "AdoptOwner -, SetHeat Heated, AdoptStage Options",
                "AddNote Update 6 of INC1: no state given.",
                "AdoptStage FollowThrough",
                "AdoptStage Closed",
            ],
            Words(cases[0]));
        Assert.Equal(
            [
                "OpenCase tense phone, AdoptOwner Group C, AdoptStage Clarify",
                "AdoptStage FollowThrough",
                "MoveToStage Contact, AdoptOwner Group C, AdoptStage Clarify",
                "AdoptStage FollowThrough",
            ],
            Words(cases[1]));
        Assert.Equal(
            [
                "OpenCase tense phone",
                "AdoptStage Closed",
                "AdoptOwner Group D",
                "AdoptStage Contact, AdoptStage Options, AddNote Update 3 of INC3: awaiting the vendor.",
                "AdoptStage Closed",
            ],
            Words(cases[2]));
    }

    [Theory]
    [Rule("CASE-6")]
    [InlineData("1 - High", "1 - High", Heat.Aggressive)]
    [InlineData("1 - High", "2 - Medium", Heat.Heated)]
    [InlineData("2 - Medium", "1 - High", Heat.Heated)]
    [InlineData("2 - Medium", "2 - Medium", Heat.Tense)]
    [InlineData("3 - Low", "1 - High", Heat.Tense)]
    [InlineData("3 - Low", "2 - Medium", Heat.Calm)]
    [InlineData("2 - Medium", "3 - Low", Heat.Calm)]
    [InlineData("3 - Low", "3 - Low", Heat.Calm)]
    [InlineData("?", "1 - High", null)]
    public async Task Impact_and_urgency_are_heat(string impact, string urgency, Heat? heat)
    {
        var (cases, _) = await ReadAllAsync(Read(Csv(Line("INC1", "New", "1/3/2016 08:00", 0, impact: impact, urgency: urgency))));

        Assert.Equal(heat, IncidentMapping.HeatOf(cases[0].Rows[0]));
    }

    [Fact]
    public void Categories_map_onto_all_eight_types_and_always_the_same()
    {
        var types = Enumerable.Range(0, 200).Select(number => IncidentMapping.TypeOf($"Category {number}")).ToList();

        Assert.Equal(8, types.Distinct().Count());
        Assert.Subset(TestPolicy.Shipped.Current.ConflictTypes.ToHashSet(), types.ToHashSet());
        Assert.Equal(["inattention", "disputedCharge", "colleagueError"],
            new[] { IncidentMapping.TypeOf(null), IncidentMapping.TypeOf("Category A"), IncidentMapping.TypeOf("Category B") });
    }

    [Theory]
    [InlineData("Phone", Channel.Phone)]
    [InlineData("Email", Channel.Email)]
    [InlineData("Self service", Channel.Web)]
    [InlineData("IVR", Channel.Phone)]
    [InlineData("Direct opening", Channel.Visit)]
    [InlineData("Pigeon", Channel.Import)]
    [InlineData(null, Channel.Import)]
    public void Contact_type_is_the_channel(string? contactType, Channel channel) =>
        Assert.Equal(channel, IncidentMapping.ChannelOf(contactType));

    [Fact]
    public async Task One_caller_is_one_customer_and_nobody_is_not_everybody()
    {
        var (cases, _) = await ReadAllAsync(Read(Csv(
            Line("INC1", "New", "1/3/2016 08:00", 0), Line("INC2", "New", "1/3/2016 08:00", 0),
            Line("INC3", "New", "1/3/2016 08:00", 0, caller: "?"), Line("INC4", "New", "1/3/2016 08:00", 0, caller: "?"))));

        var customers = cases.Select(incident => new IncidentIds(incident.Rows[0], "").Customer).ToList();

        Assert.Equal(customers[0], customers[1]);
        Assert.Equal(3, customers.Distinct().Count());
    }

    private static List<string> Words(IncidentCase incident)
    {
        var words = new List<string>();
        IncidentPosition? position = null;
        foreach (var row in incident.Rows)
        {
            (position, var commands) = IncidentMapping.Map(position, row, new IncidentIds(row, ""));
            words.Add(string.Join(", ", commands.Select(Word)));
        }

        return words;
    }

    private static string Word(CaseCommand command) => command switch
    {
        CaseCommand.OpenCase c => $"OpenCase {c.Heat} {c.Channel}".Replace("Tense Phone", "tense phone", StringComparison.Ordinal),
        CaseCommand.AdoptOwner c => $"AdoptOwner {c.Owner ?? "-"}",
        CaseCommand.AdoptStage c => $"AdoptStage {c.To}",
        CaseCommand.MoveToStage c => $"MoveToStage {c.To}",
        CaseCommand.SetHeat c => $"SetHeat {c.Heat}",
        CaseCommand.LogContact c => $"LogContact {c.Direction} {c.Channel}",
        CaseCommand.AddNote c => $"AddNote {c.Note}",
        _ => command.GetType().Name,
    };
}
