-- How far something that follows the log and must not forget its place has come.
create table follower (
    name text primary key,
    tx xid8 not null,
    position bigint not null
);

-- Someone on duty who has to be told of an escalation, over a channel other than the board.
create table telling (
    stream uuid not null,
    number int not null,
    person text not null,
    channel text not null,
    send_at timestamptz not null,
    attempts int not null default 0,
    claimed_until timestamptz,
    done_at timestamptz,
    primary key (stream, number)
) with (fillfactor = 80);

create index telling_pending on telling (send_at) where done_at is null;
