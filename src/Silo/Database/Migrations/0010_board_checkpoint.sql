-- BRD-6: the board as it stood at an instant, without anything that names a person: from the nearest of these the board of
-- any instant is made by reading what happened in between. Can be made anew from the log at any time.
create table board_checkpoint (
    at timestamptz primary key,
    position bigint not null,
    -- How many events had happened to cases until then: how far it is from one to the next.
    events bigint not null,
    rows int not null,
    -- The transaction that wrote it. It is used once every transaction that could have missed it has ended.
    tx xid8 not null default pg_current_xact_id(),
    checked boolean not null default false,
    data bytea not null
);
