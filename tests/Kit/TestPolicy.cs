using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Silo.Policy;

namespace Escalation.TestKit;

/// <summary>The policy as shipped, or with some of its files changed.</summary>
public sealed class TestPolicy : IPolicySource
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Policy");

    private readonly Dictionary<string, Policy> _versions = new(StringComparer.Ordinal);

    private TestPolicy(Policy policy) => Take(policy);

    /// <summary>A ladder that lifts a case for its promises and for people's words only, and waits for years: stories of other things leave it alone.</summary>
    public const string PatientLadder =
        """
        levels:
          specialist: {calendar: always, acknowledge: P4000D, hold: P4000D}
          head: {calendar: always, acknowledge: P4000D, hold: P4000D}
          management: {calendar: always, acknowledge: P4000D, hold: P4000D}
        causes: {}
        """;

    /// <summary>A register without places: nobody has to look anywhere, and time passes without missed looks.</summary>
    public const string NoPlaces = "places: []";

    public const string LadderFile = "ladder.yaml";

    public const string ReviewsFile = "reviews.yaml";

    private static readonly Lazy<string> LazyPatientFolder = new(MakePatientFolder);

    /// <summary>Where the files of <see cref="Patient"/> lie.</summary>
    public static string PatientFolder => LazyPatientFolder.Value;

    /// <summary>The policy as shipped, but with <see cref="PatientLadder"/> and <see cref="NoPlaces"/>.</summary>
    public static TestPolicy Patient { get; } = With((LadderFile, PatientLadder), (ReviewsFile, NoPlaces));

    public static TestPolicy Shipped { get; } = new(PolicyReader.Read(PolicyFiles.In(Folder)));

    public Policy Current { get; private set; } = null!;

    /// <summary>A policy of one's own, which may change as time goes by.</summary>
    /// <param name="files">Files that replace those shipped, by name.</param>
    public static TestPolicy With(params (string Name, string Text)[] files) => new(Read(files));

    public Policy? Find(string version) => _versions.GetValueOrDefault(version);

    /// <summary>Another version is in force from now on.</summary>
    public Policy Change(params (string Name, string Text)[] files)
    {
        Take(Read(files));
        return Current;
    }

    /// <summary>A folder with the files of <see cref="Patient"/>, some of them replaced; whoever asked for it deletes it.</summary>
    public static string FolderWith(params (string Name, string Text)[] files) =>
        WriteFolder(Directory.CreateTempSubdirectory("escalation-policy-").FullName, [(LadderFile, PatientLadder), (ReviewsFile, NoPlaces), .. files]);

    private static string MakePatientFolder() => WriteFolder(Path.Combine(AppContext.BaseDirectory, "PatientPolicy"), (LadderFile, PatientLadder), (ReviewsFile, NoPlaces));

    /// <summary>Writes the policy as shipped into a folder, with files that replace those shipped; returns the folder.</summary>
    public static string WriteFolder(string folder, params (string Name, string Text)[] files)
    {
        foreach (var file in Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return folder;
    }

    private static Policy Read((string Name, string Text)[] files)
    {
        var shipped = PolicyFiles.In(Folder);
        var judging = shipped.Judging.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, text) in files)
        {
            judging[name] = text;
        }

        return PolicyReader.Read(shipped with { Judging = judging });
    }

    private void Take(Policy policy) => Current = _versions[policy.Version] = policy;

    /// <summary>The policy as shipped, but customers are told of nothing except delays and <paramref name="kinds"/> (CASE-9).</summary>
    public static TestPolicy Telling(params NoticeKind[] kinds) => new(Patient.Current with { Tells = kinds.ToHashSet() });

    /// <summary>As <see cref="Telling"/> of openings, on a host that has these channels (PRM-5).</summary>
    public static TestPolicy Reaching(params Channel[] channels) => Over(channels, NoticeKind.Acknowledgement);

    /// <summary>As <see cref="Telling"/> of nothing else, on a host that has these channels (PRM-5).</summary>
    public static TestPolicy Explaining(params Channel[] channels) => Over(channels);

    private static TestPolicy Over(Channel[] channels, params NoticeKind[] kinds) => new(Telling(kinds).Current with
    {
        Notices = new NoticePolicy { Available = channels.ToHashSet() },
    });
}
