using System.IO.Compression;
using System.Text;

namespace Escalation.Silo.Intake;

/// <summary>A file that cannot be taken at all: its first line, or its form, is not what was announced.</summary>
internal sealed class SourceFileException(string message) : Exception(message);

/// <summary>Opens a file of text, plain or compressed.</summary>
internal static class SourceFile
{
    private static readonly FileStreamOptions Sequential = new()
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.Read,
        Options = FileOptions.SequentialScan | FileOptions.Asynchronous,
    };

    /// <summary>The text of <paramref name="path"/>; <c>.gz</c> is unpacked on the way.</summary>
    public static StreamReader OpenText(string path) =>
        new(Open(path), Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);

    /// <summary>The bytes of <paramref name="path"/>; <c>.gz</c> is unpacked on the way.</summary>
    public static Stream Open(string path)
    {
        var file = new FileStream(path, Sequential);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
