using System.Globalization;

namespace Escalation.Silo.Database;

/// <summary>The private server's postgresql.conf. A server found running with another text is started again with this.</summary>
internal static class PostgresSettings
{
    public static string Text(PrivatePostgresOptions options, PostgresBinaries binaries)
    {
        // Binaries that were exchanged under a running server are a reason to start it again, too.
        var server = new FileInfo(binaries.Server);
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Written by the Escalation host at every start. For settings of your own: ALTER SYSTEM SET ...
            # Server: {server.FullName}, {server.Length} bytes of {server.LastWriteTimeUtc:u}

            # The port comes with the command line. No unix sockets: they would outlive a killed server.
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            max_connections = {options.MaxConnections}
            password_encryption = 'scram-sha-256'

            # Acknowledged means on disk.
            fsync = on
            synchronous_commit = on
            full_page_writes = on
            wal_level = replica

            shared_buffers = '{options.SharedBuffersMb}MB'
            max_wal_size = '2GB'
            checkpoint_timeout = '10min'
            jit = off

            timezone = 'UTC'
            log_timezone = 'UTC'
            lc_messages = 'C'
            lc_monetary = 'C'
            lc_numeric = 'C'
            lc_time = 'C'

            # To standard error, that is postgres.log; the host keeps it from growing without end.
            logging_collector = off
            log_line_prefix = '%m [%p] %q%d '
            log_checkpoints = off

            """);
    }
}
