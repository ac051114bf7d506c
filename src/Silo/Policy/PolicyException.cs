namespace Escalation.Silo.Policy;

/// <summary>The policy cannot be used; the message lists every problem with its file and line.</summary>
internal sealed class PolicyException(IReadOnlyList<string> problems) : Exception(
    $"The policy has {problems.Count} problem(s):{Environment.NewLine}{string.Join(Environment.NewLine, problems.Select(p => "  " + p))}")
{
    /// <summary>Each as <c>file:line: what is wrong</c>.</summary>
    public IReadOnlyList<string> Problems => problems;
}
