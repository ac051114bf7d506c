using Npgsql;

namespace Escalation.Silo.Intake;

/// <summary>A kept file, read one part after the other, each on a connection of the pool for no longer than that takes.</summary>
internal sealed class PartStream(NpgsqlDataSource dataSource, Guid import) : Stream
{
    private byte[] _part = [];
    private int _at;
    private int _number;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _part.Length)
        {
            await using var command = dataSource.CreateCommand("select content from import_part where import = $1 and number = $2");
            Parameters(command);
            (_part, _at) = (await command.ExecuteScalarAsync(cancellationToken) as byte[] ?? [], 0);
        }

        return Take(buffer.Span);
    }

    /// <summary>For what reads ahead without waiting: the first look at how the file begins.</summary>
    public override int Read(Span<byte> buffer)
    {
        if (_at == _part.Length)
        {
            using var command = dataSource.CreateCommand("select content from import_part where import = $1 and number = $2");
            Parameters(command);
            (_part, _at) = (command.ExecuteScalar() as byte[] ?? [], 0);
        }

        return Take(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Parameters(NpgsqlCommand command)
    {
        command.Parameters.Add(new() { Value = import });
        command.Parameters.Add(new() { Value = _number++ });
    }

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _part.Length - _at);
        _part.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }
}
