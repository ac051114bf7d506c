using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Escalation.Silo.Tests.Crashes.RealTimeFirst))]

namespace Escalation.Silo.Tests.Crashes;

/// <summary>
/// Tests that kill hosts while real instants pass: in two rows and no more, so that no machine has to start a dozen hosts at once.
/// </summary>
public static class RealTime
{
    public const string One = "Hosts killed in real time, one";
    public const string Two = "Hosts killed in real time, two";

    internal static bool IsCollection(string name) => name is One or Two;
}

/// <summary>What takes longest begins first, and the others run beside it.</summary>
public sealed class RealTimeFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => RealTime.IsCollection(collection.TestCollectionDisplayName)).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];
}
