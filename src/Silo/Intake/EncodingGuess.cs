using System.Text;

namespace Escalation.Silo.Intake;

/// <summary>Finds out in which encoding a text is, from all of its bytes, in constant memory.</summary>
internal sealed class EncodingGuess
{
    /// <summary>The names that a mapping may give.</summary>
    public static readonly IReadOnlyList<string> Names = ["utf-8", "utf-16", "utf-16be", "windows-1250", "windows-1251", "windows-1252"];

    private const int LeastEvidence = 3;

    /// <summary>Letters of central Europe, in places where western texts have signs or rare letters: ş ţ ă ł ą ż.</summary>
    private static readonly byte[] Central = [0xAA, 0xBA, 0xDE, 0xFE, 0xC3, 0xE3, 0xB3, 0xA3, 0xB9, 0xA5, 0xBF, 0xAF];

    /// <summary>Letters of western Europe, in places where central texts have rare letters: à è ñ å ø ò ì ù.</summary>
    private static readonly byte[] Western = [0xE0, 0xE8, 0xF1, 0xE5, 0xF8, 0xF2, 0xEC, 0xF9, 0xC0, 0xC8, 0xD1, 0xC5, 0xD8];

    private readonly byte[] _start = new byte[4];
    private long _length;
    private readonly long[] _zeros = new long[2];
    private bool _isUtf8 = true;
    private int _continuations;
    private long _high;
    private long _highAfterHigh;
    private long _central;
    private long _western;
    private byte _last;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            if (_length < _start.Length)
            {
                _start[_length] = one;
            }

            if (one == 0)
            {
                _zeros[_length & 1]++;
            }

            FollowUtf8(one);
            if (one >= 0x80)
            {
                _high++;
                _highAfterHigh += _last >= 0x80 ? 1 : 0;
                if (char.IsAsciiLetter((char)_last))
                {
                    _central += Central.AsSpan().Contains(one) ? 1 : 0;
                    _western += Western.AsSpan().Contains(one) ? 1 : 0;
                }
            }

            _last = one;
            _length++;
        }
    }

    /// <summary>The encoding, and when the bytes leave a doubt, the one that it may be as well.</summary>
    public (string Name, string? Or) Read()
    {
        if (_start is [0xEF, 0xBB, 0xBF, ..])
        {
            return ("utf-8", null);
        }

        if (_length >= 2 && _start is [0xFF, 0xFE, ..])
        {
            return ("utf-16", null);
        }

        if (_length >= 2 && _start is [0xFE, 0xFF, ..])
        {
            return ("utf-16be", null);
        }

        // Every second byte of western text in UTF-16 is zero; no other text holds zeros.
        if (_zeros[0] + _zeros[1] > _length / 4)
        {
            return (_zeros[1] >= _zeros[0] ? "utf-16" : "utf-16be", null);
        }

        if (_isUtf8 && _continuations == 0)
        {
            return ("utf-8", null);
        }

        // Words of Cyrillic are runs of such bytes; elsewhere they stand alone among plain letters.
        return _highAfterHigh * 2 > _high ? ("windows-1251", null)
            : _central >= LeastEvidence && _western == 0 ? ("windows-1250", null)
            : _western >= LeastEvidence && _central == 0 ? ("windows-1252", null)
            : _central > _western ? ("windows-1250", "windows-1252") : ("windows-1252", "windows-1250");
    }

    /// <summary>The encoding of that name; null when it is none that is taken.</summary>
    public static Encoding? Of(string name) => name.ToLowerInvariant() switch
    {
        "utf-8" => new UTF8Encoding(false),
        "utf-16" or "utf-16le" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        "windows-1250" or "windows-1251" or "windows-1252" => CodePagesEncodingProvider.Instance.GetEncoding(name),
        _ => null,
    };

    private void FollowUtf8(byte one)
    {
        if (_continuations > 0)
        {
            _isUtf8 &= (one & 0xC0) == 0x80;
            _continuations--;
        }
        else if (one >= 0x80)
        {
            _continuations = one switch { >= 0xC2 and <= 0xDF => 1, >= 0xE0 and <= 0xEF => 2, >= 0xF0 and <= 0xF4 => 3, _ => 0 };
            _isUtf8 &= _continuations > 0;
        }
    }
}
