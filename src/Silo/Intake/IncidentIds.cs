using System.Globalization;

namespace Escalation.Silo.Intake;

/// <summary>
/// The ids of one incident: they follow from its number and a salt alone, whatever file it comes from, so that the same
/// rows imported again are known, and with another salt are other cases.
/// </summary>
internal sealed class IncidentIds
{
    private const string Source = "incident-log";

    private readonly string _number;
    private readonly string _salt;

    public IncidentIds(IncidentRow first, string salt)
    {
        _number = first.Number;
        _salt = salt;
        Case = DeterministicId.Of(Source, salt, "case", first.Number);
        Customer = first.Caller is { } caller
            ? DeterministicId.Of(Source, salt, "caller", caller)
            : DeterministicId.Of(Source, salt, "caller of", first.Number);
    }

    public Guid Case { get; }

    public Guid Customer { get; }

    /// <summary>The id of the command that adds the case to its customer.</summary>
    public Guid CustomerCommand => DeterministicId.Of(Source, _salt, "customer", _number);

    /// <summary>The id of a row's command.</summary>
    /// <param name="row">The row's place within the case, from 0.</param>
    /// <param name="command">The command's place within the row, from 0.</param>
    public Guid Command(int row, int command) => DeterministicId.Of(
        Source, _salt, "row", _number, row.ToString(CultureInfo.InvariantCulture), command.ToString(CultureInfo.InvariantCulture));
}
