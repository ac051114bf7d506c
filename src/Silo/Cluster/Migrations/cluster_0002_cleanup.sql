-- A member's row goes only when the member is dead: one that is just starting or stopping has not said for a while that it lives either.
-- Orleans may name the very row, with all that it has seen of it; without that statement it forgets what is older than a given instant.
-- Two hosts may write when a member last lived, in any order: the later instant stays.
update orleans.orleansquery
set querytext = '
    delete from orleans.member
    where cluster = @DeploymentId
        and status = 6
        and alive_at < @IAmAliveTime
        and started_at < @IAmAliveTime
'
where querykey = 'CleanupDefunctSiloEntriesKey';

insert into orleans.orleansquery (querykey, querytext) values
('CleanupDefunctSiloEntryKey', '
    delete from orleans.member
    where cluster = @DeploymentId
        and address = @Address
        and port = @Port
        and generation = @Generation
        and status = 6
        and started_at = @StartTime
        and alive_at = @IAmAliveTime
        and coalesce(suspect_times, '''') = coalesce(@SuspectTimes, '''')
');

update orleans.orleansquery
set querytext = replace(querytext, 'alive_at = @IAmAliveTime', 'alive_at = greatest(alive_at, @IAmAliveTime)')
where querykey in ('UpdateMembershipKey', 'UpdateIAmAlivetimeKey');
