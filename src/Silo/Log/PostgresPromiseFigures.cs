using Escalation.Grains.Hosting;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>PRM-9: kept-rates, read from the events of the span that is asked for.</summary>
internal sealed class PostgresPromiseFigures(NpgsqlDataSource dataSource) : IPromiseFigures
{
    private const int Most = 500;

    // A promise kept late has lapsed before, and counts once, as that. One that came with a merged case was made there, and brought
    // its owner and its moves along (CASE-8); in that case it has no end, so it counts once, where it ended.
    private const string Sql =
        """
        with ended as (
            select stream, version, kind, (data ->> 'promise')::int as promise,
                coalesce((data ->> 'byCustomer')::boolean, false) as by_customer
            from event
            where at >= $1
                and at < $2
                and kind in ('promiseKept', 'promiseLapsed', 'promiseWithdrawn')
                and not (kind = 'promiseKept' and (data ->> 'late')::boolean)
        ),
        fate as (
            select ended.kind, ended.by_customer, {0} as key, moved.times + made.times as times
            from ended
            join event as opened on opened.stream = ended.stream and opened.version = 1
            cross join lateral (
                select data ->> 'owner' as owner, 0 as times
                from event
                where stream = ended.stream
                    and kind = 'promiseMade'
                    and (data ->> 'promise')::int = ended.promise
                union all
                select taken ->> 'owner', json_array_length(taken -> 'moves')
                from event
                cross join lateral json_array_elements(case when kind = 'caseTakenOver' then data -> 'promises' end) as taken
                where stream = ended.stream
                    and kind = 'caseTakenOver'
                    and (taken ->> 'number')::int = ended.promise
            ) as made
            cross join lateral (
                select count(*) as times
                from event
                where stream = ended.stream
                    and version < ended.version
                    and kind = 'promiseExplained'
                    and (data ->> 'promise')::int = ended.promise
            ) as moved
        )
        select
            coalesce(key, ''),
            count(*) filter (where kind = 'promiseKept'),
            count(*) filter (where kind = 'promiseKept' and times = 0),
            count(*) filter (where kind = 'promiseLapsed'),
            count(*) filter (where kind = 'promiseWithdrawn' and not by_customer),
            count(*) filter (where kind = 'promiseWithdrawn' and by_customer),
            sum(times)
        from fate
        group by key
        order by count(*) desc, key
        limit $3
        """;

    public Task<IReadOnlyList<KeptFigures>> ReadAsync(
        KeptBy by, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(SqlBy(by), connection)
                {
                    Parameters = { new() { Value = from.UtcDateTime }, new() { Value = to.UtcDateTime }, new() { Value = Most } },
                };
                await using var reader = await command.ExecuteReaderAsync(token);
                var figures = new List<KeptFigures>();
                while (await reader.ReadAsync(token))
                {
                    var (kept, lapsed) = (At(1), At(3));
                    figures.Add(new KeptFigures(
                        reader.GetString(0), kept, At(2), lapsed, At(4), At(5), (int)reader.GetDecimal(6),
                        kept + lapsed == 0 ? null : Math.Round((double)kept / (kept + lapsed), 4)));
                }

                return (IReadOnlyList<KeptFigures>)figures;

                int At(int column) => (int)reader.GetInt64(column);
            },
            cancellationToken);

    private static string SqlBy(KeptBy by) => Sql.Replace("{0}", by switch
    {
        KeptBy.Owner => "made.owner",
        KeptBy.Type => "opened.data ->> 'type'",
        KeptBy.Site => "opened.data ->> 'site'",
        KeptBy.Customer => "opened.data ->> 'customerId'",
    }, StringComparison.Ordinal);
}
