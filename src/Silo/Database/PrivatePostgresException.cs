namespace Escalation.Silo.Database;

/// <summary>The private PostgreSQL cannot run; the message is for the person who started the host.</summary>
internal sealed class PrivatePostgresException(string message) : Exception(message);
