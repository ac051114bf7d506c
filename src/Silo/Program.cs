using Escalation.Silo.Hosting;

return await CommandLine.RunAsync(args);
