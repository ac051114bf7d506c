-- Other systems that are told what happens, each with its own place in the log.
create table webhook (
    id uuid primary key,
    url text not null,
    description text,
    -- Kinds of events; null for all.
    kinds text[],
    personal boolean not null,
    secret text not null,
    -- Signs as well until then, so that a receiver can change over.
    old_secret text,
    old_secret_until timestamptz,
    -- The commands that changed it last, so that a repeat changes nothing.
    rotated_by uuid,
    replayed_by uuid,
    created_at timestamptz not null,
    created_by text not null,
    tx xid8 not null,
    position bigint not null,
    failures int not null default 0,
    failing_since timestamptz,
    paused_until timestamptz,
    delivered_at timestamptz,
    disabled_at timestamptz,
    reason text
);

-- One event for one of them. What is sent is read from the log at that moment, so that what was erased is not.
create table webhook_delivery (
    webhook uuid not null references webhook on delete cascade,
    stream uuid not null,
    version int not null,
    position bigint not null,
    kind text not null,
    at timestamptz not null,
    queued_at timestamptz not null,
    attempts int not null default 0,
    next_at timestamptz not null,
    done_at timestamptz,
    delivered boolean,
    status int,
    detail text,
    primary key (webhook, stream, version)
) with (fillfactor = 80);

create index webhook_delivery_due on webhook_delivery (webhook, next_at, position) where done_at is null;
create index webhook_delivery_waiting on webhook_delivery (webhook, stream, version) where done_at is null;
create index webhook_delivery_by_position on webhook_delivery (webhook, position);
create index webhook_delivery_done on webhook_delivery (done_at) where done_at is not null;
