namespace Escalation.Silo.Notices;

/// <summary>A channel's settings cannot be used; the message lists every problem by its key.</summary>
internal sealed class ChannelSettingsException(IReadOnlyList<string> problems) : Exception(
    $"The settings of channels have {problems.Count} problem(s):{Environment.NewLine}" +
    string.Join(Environment.NewLine, problems.Select(problem => "  " + problem)))
{
    public IReadOnlyList<string> Problems => problems;
}
