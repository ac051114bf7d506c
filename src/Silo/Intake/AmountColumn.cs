using System.Globalization;

namespace Escalation.Silo.Intake;

/// <summary>Finds out which sign stands before the decimals of a column's amounts, from all of it.</summary>
internal sealed class AmountColumn
{
    private long _amounts;
    private long _withPoint;
    private long _withComma;

    /// <summary>The first amount that is another one with the other sign.</summary>
    public string? Disputed { get; private set; }

    /// <summary>The sign that fits all amounts; null when both do, and the amounts would differ, or neither.</summary>
    public char? Decided => _withPoint == _amounts && (_withComma < _amounts || Disputed is null) ? '.'
        : _withComma == _amounts && _withPoint < _amounts ? ','
        : null;

    public void Add(string text)
    {
        var (point, comma) = (TryRead(text, '.'), TryRead(text, ','));
        if (point is null && comma is null)
        {
            return;
        }

        _amounts++;
        _withPoint += point is null ? 0 : 1;
        _withComma += comma is null ? 0 : 1;
        if (point is not null && comma is not null && point != comma)
        {
            Disputed ??= text;
        }
    }

    /// <summary>The amount; null when it is none. The other sign, spaces and apostrophes may stand between thousands.</summary>
    public static decimal? TryRead(string text, char sign)
    {
        var plain = new System.Text.StringBuilder(text.Length);
        var other = sign == '.' ? ',' : '.';
        var (sinceGroup, isGrouped, hasSign) = (0, false, false);
        foreach (var letter in text.Trim())
        {
            if (char.IsAsciiDigit(letter))
            {
                sinceGroup++;
                plain.Append(letter);
            }
            else if (letter == sign && !hasSign)
            {
                if (isGrouped && sinceGroup != 3)
                {
                    return null;
                }

                (hasSign, sinceGroup) = (true, 0);
                plain.Append('.');
            }
            else if ((letter == other || letter is ' ' or '\u00A0' or '\u202F' or '\'') && !hasSign && (isGrouped ? sinceGroup == 3 : sinceGroup is >= 1 and <= 3))
            {
                (isGrouped, sinceGroup) = (true, 0);
            }
            else if (letter == '-' && plain.Length == 0)
            {
                plain.Append('-');
            }
            else
            {
                return null;
            }
        }

        return (!isGrouped || hasSign || sinceGroup == 3) &&
            decimal.TryParse(plain.ToString(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)
                ? amount
                : null;
    }
}
