-- Which hosts there are: Orleans' table of members, in a schema of its own so that nothing of it is mistaken for ours.
-- Orleans reads its statements from orleansquery by key and passes parameters by name; what it finds behind them is ours.
-- A statement that may lose against another host answers with one row and one column: 1 when it won, 0 when it lost.
create schema orleans;

create table orleans.orleansquery (
    querykey text primary key,
    querytext text not null
);

-- The version is raised with every change of a member: of two hosts that change something at the same version, one wins.
create table orleans.cluster (
    id text primary key,
    version integer not null default 0,
    changed_at timestamptz not null default now()
);

create table orleans.member (
    cluster text not null references orleans.cluster (id) on delete cascade,
    address text not null,
    port integer not null,
    generation integer not null,
    silo_name text not null,
    host_name text not null,
    status integer not null,
    proxy_port integer not null,
    suspect_times text,
    started_at timestamptz(3) not null,
    alive_at timestamptz(3) not null,
    primary key (cluster, address, port, generation)
);

-- Status 3 is a host that is active, 6 one that is dead.
insert into orleans.orleansquery (querykey, querytext) values
('InsertMembershipVersionKey', '
    with added as (
        insert into orleans.cluster (id)
        values (@DeploymentId)
        on conflict do nothing
        returning id
    )
    select count(*)::integer from added
'),
('InsertMembershipKey', '
    with raised as (
        update orleans.cluster
        set version = version + 1, changed_at = now()
        where id = @DeploymentId
            and version = @Version
            and not exists (
                select from orleans.member
                where cluster = @DeploymentId
                    and address = @Address
                    and port = @Port
                    and generation = @Generation)
        returning id
    ), added as (
        insert into orleans.member (
            cluster, address, port, generation, silo_name, host_name, status, proxy_port, started_at, alive_at)
        select id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
        from raised
        returning cluster
    )
    select count(*)::integer from added
'),
('UpdateMembershipKey', '
    with raised as (
        update orleans.cluster
        set version = version + 1, changed_at = now()
        where id = @DeploymentId
            and version = @Version
            and exists (
                select from orleans.member
                where cluster = @DeploymentId
                    and address = @Address
                    and port = @Port
                    and generation = @Generation)
        returning id
    ), changed as (
        update orleans.member
        set status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
        from raised
        where member.cluster = raised.id
            and address = @Address
            and port = @Port
            and generation = @Generation
        returning cluster
    )
    select count(*)::integer from changed
'),
('UpdateIAmAlivetimeKey', '
    update orleans.member
    set alive_at = @IAmAliveTime
    where cluster = @DeploymentId
        and address = @Address
        and port = @Port
        and generation = @Generation
'),
('MembershipReadRowKey', '
    select
        cluster.id as DeploymentId,
        address as Address,
        port as Port,
        generation as Generation,
        silo_name as SiloName,
        host_name as HostName,
        status as Status,
        proxy_port as ProxyPort,
        suspect_times as SuspectTimes,
        started_at as StartTime,
        alive_at as IAmAliveTime,
        version as Version
    from orleans.cluster
    left join orleans.member
        on member.cluster = cluster.id
        and address = @Address
        and port = @Port
        and generation = @Generation
    where cluster.id = @DeploymentId
'),
('MembershipReadAllKey', '
    select
        cluster.id as DeploymentId,
        address as Address,
        port as Port,
        generation as Generation,
        silo_name as SiloName,
        host_name as HostName,
        status as Status,
        proxy_port as ProxyPort,
        suspect_times as SuspectTimes,
        started_at as StartTime,
        alive_at as IAmAliveTime,
        version as Version
    from orleans.cluster
    left join orleans.member
        on member.cluster = cluster.id
    where cluster.id = @DeploymentId
'),
('GatewaysQueryKey', '
    select address as Address, proxy_port as ProxyPort, generation as Generation
    from orleans.member
    where cluster = @DeploymentId
        and status = @Status
        and proxy_port > 0
'),
('DeleteMembershipTableEntriesKey', '
    delete from orleans.cluster
    where id = @DeploymentId
'),
('CleanupDefunctSiloEntriesKey', '
    delete from orleans.member
    where cluster = @DeploymentId
        and alive_at < @IAmAliveTime
        and status <> 3
');
