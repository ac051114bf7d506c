namespace Escalation.Silo.Intake.Demo;

internal sealed partial class DemoDay
{
    [LoggerMessage(2801, LogLevel.Information, "The demo day begins with {Cases} cases")]
    private static partial void LogSeeded(ILogger logger, int cases);

    [LoggerMessage(2802, LogLevel.Debug, "The demo day's {Command} on case {Case} was refused: {Code}")]
    private static partial void LogRefused(ILogger logger, Guid @case, string command, string code);
}
