Console.WriteLine("Escalation Platform");
