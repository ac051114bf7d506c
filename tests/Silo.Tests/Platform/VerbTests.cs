using Escalation.TestKit;

namespace Escalation.Silo.Tests.Platform;

/// <summary>The command line, in processes of its own.</summary>
public sealed class VerbTests
{
    private const string Log =
        """
        number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at
        A1,New,true,0,0,0,true,Caller 1,?,1/2/2026 10:00,?,1/2/2026 10:01,?,1/2/2026 10:01,Phone,?,Category 1,?,?,?,2 - Medium,2 - Medium,3 - Moderate,Group 1,?,true,false,?,?,?,?,?,?,?,?,?
        A1,Resolved,true,1,0,1,true,Caller 1,?,1/2/2026 10:00,?,1/2/2026 10:01,?,1/2/2026 12:00,Phone,?,Category 1,?,?,?,2 - Medium,2 - Medium,3 - Moderate,Group 2,?,true,false,?,?,?,?,?,?,?,?,?
        A1,Closed,false,1,0,2,true,Caller 1,?,1/2/2026 10:00,?,1/2/2026 10:01,?,6/2/2026 12:00,Phone,?,Category 1,?,?,?,2 - Medium,2 - Medium,3 - Moderate,Group 2,?,true,false,?,?,?,?,?,?,?,?,?
        """;

    [Fact]
    public async Task A_log_is_imported_once_replayed_beside_a_running_host_and_proved()
    {
        var folder = Directory.CreateTempSubdirectory("escalation-verbs-").FullName;
        var file = Path.Combine(folder, "log.csv");
        await File.WriteAllTextAsync(file, Log, TestContext.Current.CancellationToken);
        try
        {
            for (var time = 0; time < 2; time++)
            {
                var (imported, said) = await HostProcess.RunAsync("import", file, "--as", "incident-log", "--data", folder);
                Assert.True(imported == 0 && said.Contains("All agree", StringComparison.Ordinal), said);
            }

            await using (var host = await HostProcess.StartAsync(folder))
            {
                var (replayed, said) = await HostProcess.RunAsync("replay", file, "--speed", "max", "--data", folder);
                Assert.True(replayed == 0, said);
                var (second, refusal) = await HostProcess.RunAsync("serve", "--data", folder);
                Assert.Equal(1, second);
                Assert.Contains($"is in use by process {host.Id} ({host.Url.ToString().TrimEnd('/')})", refusal, StringComparison.Ordinal);
                var (healthy, _) = await HostProcess.RunAsync("health", "--url", host.Url.ToString());
                Assert.Equal(0, healthy);
            }

            var (proved, counts) = await HostProcess.RunAsync("prove", "--data", folder);
            Assert.True(proved == 0, counts);
            Assert.Contains("cases              2 (0 open)", counts, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("--speed is 'fast'", "replay", "x.csv", "--speed", "fast")]
    [InlineData("incident-log", "import", "x.csv", "--as", "poems")]
    public async Task A_wrong_word_is_answered_with_what_is_expected(string expected, params string[] arguments)
    {
        var (exitCode, said) = await HostProcess.RunAsync(arguments);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(expected, said, StringComparison.Ordinal);
    }
}
