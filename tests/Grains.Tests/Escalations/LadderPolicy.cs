using Escalation.TestKit;

namespace Escalation.Grains.Tests.Escalations;

/// <summary>A ladder with people on it: their own times on every level, round the clock, so that stories can be counted on fingers.</summary>
internal static class LadderPolicy
{
    public const string File = "ladder.yaml";

    public const string Text =
        """
        levels:
          specialist: {calendar: always, acknowledge: PT10M, hold: PT30M, rosters: [specialists, north]}
          head: {calendar: always, acknowledge: PT20M, hold: PT40M, rosters: [heads]}
          management: {calendar: always, acknowledge: PT30M, hold: PT60M, rosters: [managers]}
        causes:
          clockWarned: {resolution: specialist}
          clockBreached: {acknowledge: specialist, silence: specialist, resolution: head}
          statutoryWarned: head
          statutoryBreached: management
          promiseLapsed: head
          secondDelay: next
          heat: {aggressive: specialist, public: head}
          round: {2: specialist, 3: head}
          likeComplaint: {count: 3, within: P30D, level: specialist}
          callMe: specialist
          higher: next
          claimAboveAuthority: next
        rosters:
          specialists: {timeZone: Europe/Chisinau, start: "2026-01-05", handOver: {day: mon, at: "09:00"}, rotation: [sorin]}
          north: {timeZone: Europe/Chisinau, start: "2026-01-05", handOver: {day: mon, at: "09:00"}, rotation: [nina], sites: [north]}
          heads: {timeZone: Europe/Chisinau, start: "2026-01-05", handOver: {day: mon, at: "09:00"}, rotation: [irina]}
          managers: {timeZone: Europe/Chisinau, start: "2026-01-05", handOver: {day: mon, at: "09:00"}, rotation: [vlad], fallback: irina}
        """;

    public const string PeopleFile = "people.yaml";

    public const string People =
        """
        people:
          sorin: {name: Sorin, email: sorin@example.org, channels: [email]}
          nina: {name: Nina, webhook: "http://127.0.0.1:9/nina", channels: [webhook, email], email: nina@example.org}
          irina: {name: Irina, email: irina@example.org, channels: [email]}
          vlad: {name: Vlad}
        """;

    public static TestPolicy Peopled => TestPolicy.With((File, Text), (PeopleFile, People));

    public static TestPolicy With(string was, string now) =>
        TestPolicy.With((File, Text.Replace(was, now, StringComparison.Ordinal)), (PeopleFile, People));
}
