namespace Escalation.Grains.Desks;

/// <summary>DSK-1: whose desks are open on this host. Told to their teams by the host.</summary>
public interface IDeskPresence
{
    /// <summary>A desk of the person was opened; they may have several.</summary>
    void Open(string person);

    /// <summary>One of the person's desks is open no more.</summary>
    void Close(string person);
}
