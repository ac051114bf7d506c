using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Escalation.Silo.Database;

/// <summary>
/// Ports for a server on 127.0.0.1. They are taken from below the range systems hand out to clients: in there, a pool
/// trying to reconnect could be given the server's own port and find itself talking to itself.
/// </summary>
internal static class LoopbackPort
{
    private const int First = 15000;
    private const int Last = 31999;

    public static int Choose()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last + 1);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new PrivatePostgresException(
            $"PostgreSQL needs a free port between {First} and {Last} on 127.0.0.1, and none was found. "
            + "Look at what holds them, or give the host a database of your own with Escalation__ConnectionString.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
