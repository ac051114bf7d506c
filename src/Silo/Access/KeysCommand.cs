using System.CommandLine;

namespace Escalation.Silo.Access;

/// <summary>The verb <c>keys</c>: <c>add</c>, <c>list</c>, <c>revoke</c>, <c>person add</c>.</summary>
internal static class KeysCommand
{
    /// <param name="run">Opens the database, hands the verbs to what is asked, and closes it again.</param>
    public static Command Create(Func<ParseResult, Func<AccessVerbs, CancellationToken, Task<int>>, CancellationToken, Task<int>> run)
    {
        var name = new Option<string>("--name") { Required = true, Description = "Stands in the history beside what is done with the key." };
        var role = new Option<string[]>("--role") { Required = true, Description = $"One or more of {string.Join(", ", RoleWords.All)}." };
        var password = new Option<string?>("--password") { Description = "Default: one is made and shown." };
        var of = new Argument<string>("name");

        var add = new Command("add", "Makes a key for a program and shows it once.") { name, role };
        add.SetAction((parsed, token) => run(
            parsed, (verbs, inner) => verbs.AddKeyAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(role), inner), token));

        var list = new Command("list", "Shows all keys, without their secrets.");
        list.SetAction((parsed, token) => run(parsed, (verbs, inner) => verbs.ListKeysAsync(inner), token));

        var revoke = new Command("revoke", "Takes a key out of force.") { of };
        revoke.SetAction((parsed, token) => run(parsed, (verbs, inner) => verbs.RevokeKeyAsync(parsed.GetRequiredValue(of), inner), token));

        var addPerson = new Command("add", "Lets a person sign in, or changes their roles and password.") { name, role, password };
        addPerson.SetAction((parsed, token) => run(
            parsed,
            (verbs, inner) => verbs.AddPersonAsync(
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(role), parsed.GetValue(password), inner),
            token));

        return new Command("keys", "Keys of programs, and people who sign in.")
        {
            add, list, revoke, new Command("person", "People who sign in with a password.") { addPerson },
        };
    }
}
