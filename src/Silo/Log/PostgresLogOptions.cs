using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Log;

/// <summary>How the log is written and followed. The defaults are measured; few have a reason to change them.</summary>
internal sealed class PostgresLogOptions
{
    public const string Section = "Escalation:Log";

    /// <summary>How many connections commit side by side; streams are spread over them. Default: 1.</summary>
    [Range(1, 8)]
    public int Writers { get; set; } = 1;

    /// <summary>How many appends share one transaction at most. Default: 256.</summary>
    [Range(1, 4096)]
    public int BatchSize { get; set; } = 256;

    /// <summary>How many appends may wait for a writer before more are refused. Default: 8192.</summary>
    [Range(1, 1_000_000)]
    public int QueueLength { get; set; } = 8192;

    /// <summary>How long one commit may take before the database counts as away. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CommitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long appends wait for a new connection before they are refused. Default: 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many events the tail reads at a time. Default: 1000.</summary>
    [Range(1, 100_000)]
    public int TailBatchSize { get; set; } = 1000;

    /// <summary>How long the tail rests after it has read, while others go on writing. Default: 10 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan TailRest { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How often the tail looks although nobody woke it. Default: 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan TailPoll { get; set; } = TimeSpan.FromSeconds(1);
}

[OptionsValidator]
internal sealed partial class ValidatePostgresLogOptions : IValidateOptions<PostgresLogOptions>;
