using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>What most writes answer: where the case stands after the command, and what the command caused.</summary>
/// <param name="Id">The case.</param>
/// <param name="Version">Its version after the command.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Round">Which pass.</param>
/// <param name="Heat">How hot.</param>
/// <param name="Level">Who is asked.</param>
/// <param name="Events">Kinds of what the command caused; empty when it changed nothing.</param>
public sealed record Receipt(Guid Id, int Version, Stage Stage, int Round, Heat Heat, Level Level, IReadOnlyList<string> Events)
{
    private static readonly JsonEncodedText[] Stages = Encoded<Stage>();
    private static readonly JsonEncodedText[] Heats = Encoded<Heat>();
    private static readonly JsonEncodedText[] Levels = Encoded<Level>();

    /// <summary>The hot path: the same bytes as the serialiser would write, without a receipt in between.</summary>
    internal static void Write(HttpContext context, Case state, int version, IReadOnlyList<IEvent> events) =>
        JsonAnswer.Write(context, StatusCodes.Status200OK, (state, version, events), static (json, r) =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, r.state.Id);
            json.WriteNumber("version"u8, r.version);
            json.WriteString("stage"u8, Stages[(int)r.state.Stage]);
            json.WriteNumber("round"u8, r.state.Round);
            json.WriteString("heat"u8, Heats[(int)r.state.Heat]);
            json.WriteString("level"u8, Levels[(int)r.state.Level]);
            json.WriteStartArray("events"u8);
            for (var i = 0; i < r.events.Count; i++)
            {
                json.WriteStringValue(EventCodec.KindOf(r.events[i]));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    /// <summary>Words by number; the enums of the domain count from zero without gaps.</summary>
    private static JsonEncodedText[] Encoded<TEnum>()
        where TEnum : struct, Enum =>
        [.. Enum.GetValues<TEnum>().Select(value => JsonEncodedText.Encode(Words.Of(value)))];
}
