using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Escalation.Silo.Tests.Crashes.RealTimeFirst))]

namespace Escalation.Silo.Tests.Crashes;

/// <summary>
/// Tests that kill hosts while real instants pass: one after the other, so that no machine has to start three hosts at once.
/// </summary>
[CollectionDefinition(Name)]
public sealed class RealTime
{
    public const string Name = "Hosts killed in real time";
}

/// <summary>What takes longest begins first, and the others run beside it.</summary>
public sealed class RealTimeFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionDisplayName == RealTime.Name).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];
}
