using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Escalation.Dashboard.Hubs;
using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Hubs;

/// <summary>What the desk's page is tested with is what the host can say.</summary>
public sealed class DeskMessagesTests
{
    private static readonly JsonSerializerOptions Strict = new(Wire.Json) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Fact, Rule("DSK-7")]
    public async Task Every_word_of_the_recorded_messages_is_one_of_the_hosts()
    {
        var path = Path.Combine(Root(), "src/Dashboard/web/src/desk/desk-messages.json");
        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!.AsArray();

        Assert.Equal(["beat", "patch", "snapshot"], recorded.Select(each => each!["message"]!["kind"]!.GetValue<string>()).Distinct().Order());
        Assert.All(recorded, each =>
        {
            var message = each!["message"]!.DeepClone().AsObject();
            var type = message["kind"]!.GetValue<string>() switch
            {
                "snapshot" => typeof(DeskMessage.Snapshot),
                "patch" => typeof(DeskMessage.Patch),
                _ => typeof(DeskMessage.Beat),
            };
            var said = JsonSerializer.SerializeToNode(JsonSerializer.Deserialize(message, type, Strict), type, Wire.Json);
            Assert.Empty(NotSaid(message, said, ""));
        });
    }

    /// <summary>Paths of what the page's messages have and the host's have not, or otherwise. Texts that are instants are the same when the instants are.</summary>
    private static IEnumerable<string> NotSaid(JsonNode? recorded, JsonNode? said, string path) => (recorded, said) switch
    {
        (JsonObject a, JsonObject b) => a.SelectMany(member => b.ContainsKey(member.Key) ? NotSaid(member.Value, b[member.Key], $"{path}.{member.Key}") : [$"{path}.{member.Key}"]),
        (JsonArray a, JsonArray b) when a.Count == b.Count => a.SelectMany((item, i) => NotSaid(item, b[i], $"{path}[{i}]")),
        (JsonValue a, JsonValue b) when JsonNode.DeepEquals(a, b) || (a.TryGetValue<DateTimeOffset>(out var x) && b.TryGetValue<DateTimeOffset>(out var y) && x == y) => [],
        _ => [path],
    };

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Escalation.Platform.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
