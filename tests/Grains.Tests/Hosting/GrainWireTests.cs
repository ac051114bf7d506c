using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Grains.Tests.Cases;

namespace Escalation.Grains.Tests.Hosting;

/// <summary>What hosts send each other arrives as it was, down to the last field.</summary>
public sealed class GrainWireTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 19, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("0197f3c0-0000-7000-8000-000000000001");

    public static TheoryData<Type> Commands => [.. Unions("Command")];

    public static TheoryData<Type> Events => [.. EventCodec.Kinds.Values];

    [Theory, MemberData(nameof(Commands))]
    public void Every_command_arrives_as_it_was_sent(Type command)
    {
        var arrives = typeof(GrainWireTests).GetMethod(nameof(CommandArrives), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(command.DeclaringType!);
        foreach (var filled in new[] { true, false })
        {
            arrives.Invoke(null, [Sample.Of(command, filled)]);
        }
    }

    [Theory, MemberData(nameof(Events))]
    public void Every_event_arrives_in_an_answer(Type happened)
    {
        foreach (var filled in new[] { true, false })
        {
            Arrives<Answer>(new Answer.Done(4, [(IEvent)Sample.Of(happened, filled)!], 17));
        }
    }

    [Fact]
    public void A_refusal_and_a_stale_version_arrive()
    {
        Arrives<Answer>(new Answer.No(new Refused("case.closed", "The case is closed.", "stage")));
        Arrives<Answer>(new Answer.No(new Refused("case.closed", "The case is closed.")));
        Arrives<Answer>(new Answer.Stale(4, 5));
        Arrives<Answer>(new Answer.Done(4, [], 0));
    }

    [Fact]
    public void Every_state_that_a_case_lives_through_arrives_as_it_was()
    {
        foreach (var seed in Enumerable.Range(1, 25))
        {
            var version = 0;
            RandomCaseTests.Live(seed, state => Arrives(new Seen<Case>(state, ++version)));
        }
    }

    [Fact]
    public void Every_state_of_other_grains_arrives_as_it_was()
    {
        Arrives(new Seen<Case>(Case.Empty(Id), 0));
        Arrives(new Seen<Customer>(Customer.Empty(Id), 0));
        foreach (var state in States())
        {
            var arrives = typeof(GrainWireTests).GetMethod(nameof(Arrives), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(state);
            foreach (var filled in new[] { true, false })
            {
                arrives.Invoke(null, [Sample.Of(state, filled)]);
            }
        }
    }

    private static void CommandArrives<TCommand>(TCommand command)
    {
        Arrives(new Envelope<TCommand>(Id, new Actor("ana", Roles.Agent | Roles.Supervisor), command));
        Arrives(new Envelope<TCommand>(Id, Actor.Clock, command, 7, At));
    }

    private static void Arrives<T>(T sent) => Same(sent, GrainWire.Read<T>(GrainWire.Write(sent)), typeof(T).Name);

    private static IEnumerable<Type> Unions(string suffix) => typeof(Case).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: true, IsClass: true } && type.Name.EndsWith(suffix, StringComparison.Ordinal))
        .SelectMany(type => type.GetNestedTypes().Where(nested => type.IsAssignableFrom(nested)));

    private static IEnumerable<Type> States() => typeof(Case).Assembly.GetTypes().Where(type => Array.Exists(
        type.GetInterfaces(), of => of.IsGenericType && of.GetGenericTypeDefinition() == typeof(IAggregate<,,>)));

    /// <summary>Compares everything that the two hold in memory, private fields too.</summary>
    private static void Same(object? sent, object? arrived, string path)
    {
        if (sent is null || arrived is null)
        {
            Assert.True(sent is null && arrived is null, $"{path}: {sent ?? "null"} was sent, {arrived ?? "null"} arrived");
            return;
        }

        var type = sent.GetType();
        if (sent is IEnumerable and not string && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            && (bool)type.GetProperty(nameof(ImmutableArray<int>.IsDefault))!.GetValue(sent)!))
        {
            // A list is its items, whichever class holds them.
            var (left, right) = (((IEnumerable)sent).Cast<object?>().ToList(), ((IEnumerable)arrived).Cast<object?>().ToList());
            Assert.True(left.Count == right.Count, $"{path}: {left.Count} items were sent, {right.Count} arrived");
            for (var i = 0; i < left.Count; i++)
            {
                Same(left[i], right[i], $"{path}[{i}]");
            }

            return;
        }

        Assert.True(type == arrived.GetType(), $"{path}: a {type.Name} was sent, a {arrived.GetType().Name} arrived");
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        {
            // An entry is its key and its value, whatever these think of being equal.
            Same(type.GetProperty("Key")!.GetValue(sent), type.GetProperty("Key")!.GetValue(arrived), $"{path}.Key");
            Same(type.GetProperty("Value")!.GetValue(sent), type.GetProperty("Value")!.GetValue(arrived), $"{path}.Value");
            return;
        }

        if (type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true || type.IsEnum)
        {
            Assert.True(sent.Equals(arrived), $"{path}: {sent} was sent, {arrived} arrived");
            return;
        }

        for (var level = type; level is not null && level != typeof(object); level = level.BaseType!)
        {
            foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                Same(field.GetValue(sent), field.GetValue(arrived), $"{path}.{field.Name}");
            }
        }
    }

    /// <summary>A value of any type that the platform's records are made of.</summary>
    private static class Sample
    {
        /// <param name="filled">What may be null, or empty, is not.</param>
        public static object? Of(Type type, bool filled)
        {
            if (Nullable.GetUnderlyingType(type) is { } value)
            {
                return filled ? Of(value, filled) : null;
            }

            return type switch
            {
                _ when type == typeof(string) => "Țeavă «spartă» \"1\"",
                _ when type == typeof(Guid) => Id,
                _ when type == typeof(DateTimeOffset) => At,
                _ when type == typeof(TimeSpan) => TimeSpan.FromMinutes(90),
                _ when type == typeof(DateOnly) => new DateOnly(2026, 11, 19),
                _ when type == typeof(TimeOnly) => new TimeOnly(9, 30),
                _ when type == typeof(bool) => true,
                _ when type == typeof(Warning) => filled ? new Warning(0.75, null) : new Warning(null, TimeSpan.FromMinutes(30)),
                _ when type == typeof(Target) => Target.Working(TimeSpan.FromHours(8)),
                _ when type.IsEnum => Enum.GetValues(type).Cast<object>().Last(),
                _ when type.IsPrimitive || type == typeof(decimal) => Convert.ChangeType(7, type, System.Globalization.CultureInfo.InvariantCulture),
                _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>) => DictionaryOf(type, filled),
                _ when ItemOf(type) is { } item => ListOf(type, item, filled),
                _ when type.IsAbstract => Of(Array.Find(type.Assembly.GetTypes(), one => !one.IsAbstract && type.IsAssignableFrom(one))!, filled),
                _ => RecordOf(type, filled),
            };
        }

        private static Type? ItemOf(Type type) => type.IsArray ? type.GetElementType()
            : type.IsGenericType && type.GetGenericArguments() is [var item] && typeof(IEnumerable).IsAssignableFrom(type) ? item
            : null;

        private static object ListOf(Type type, Type item, bool filled)
        {
            var items = Array.CreateInstance(item, filled ? 2 : 0);
            for (var i = 0; i < items.Length; i++)
            {
                items.SetValue(Of(item, filled), i);
            }

            return type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
                ? typeof(ImmutableArray).GetMethods().Single(method => method.Name == nameof(ImmutableArray.CreateRange) && method.GetParameters().Length == 1)
                    .MakeGenericMethod(item).Invoke(null, [items])!
                : items;
        }

        /// <summary>One entry: the order of several is nobody's promise.</summary>
        private static object DictionaryOf(Type type, bool filled)
        {
            var empty = (IDictionary)type.GetField("Empty")!.GetValue(null)!;
            return filled
                ? type.GetMethod("Add")!.Invoke(empty, [.. type.GetGenericArguments().Select(part => Of(part, filled))])!
                : empty;
        }

        private static object RecordOf(Type type, bool filled)
        {
            var constructor = type.GetConstructors().OrderByDescending(one => one.GetParameters().Length).FirstOrDefault();
            var nullability = new NullabilityInfoContext();
            var made = constructor is null
                ? Activator.CreateInstance(type)!
                : constructor.Invoke([.. constructor.GetParameters().Select(parameter =>
                    !filled && nullability.Create(parameter).WriteState == NullabilityState.Nullable ? null : Of(parameter.ParameterType, filled))]);
            foreach (var property in type.GetProperties().Where(property => property.SetMethod is not null
                && constructor?.GetParameters().All(parameter => parameter.Name != property.Name) != false))
            {
                property.SetValue(
                    made, !filled && nullability.Create(property).WriteState == NullabilityState.Nullable ? null : Of(property.PropertyType, filled));
            }

            return made;
        }
    }
}
