-- The log: what happened, in the order in which it was committed. Rows are added, and changed only to erase `personal`.
create table event (
    stream uuid not null,
    version int not null,
    position bigint generated always as identity,
    -- The transaction that wrote it. The tail reads in this order, behind the oldest transaction that is still open.
    tx xid8 not null default pg_current_xact_id(),
    at timestamptz not null,
    category text not null,
    kind text not null,
    by text not null,
    command uuid not null,
    -- Text as it was written: it is read by the host, and parsing it here would cost each append.
    data json not null,
    -- What names a person, apart from the facts, so that it can be erased. Null: none, or erased.
    personal json,
    primary key (stream, version)
);

create unique index event_in_commit_order on event (tx, position);

-- Almost free to keep up, and enough for reports over a span of days.
create index event_at on event using brin (at) with (autosummarize = on);

-- One row per grain: the gate on which two writers of one version meet, with what must never disagree with the events.
-- Free room in each page lets most updates stay there without touching an index.
create table grain (
    id uuid primary key,
    category text not null,
    version int not null,
    due_at timestamptz,
    due_promise_at timestamptz,
    due_statutory_at timestamptz,
    harm smallint not null default 0,
    -- The row on the board; null for closed cases and for grains that have none. No index may mention it.
    board json
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

create index grain_due on grain (due_at) where due_at is not null;

-- A notice that a job has to send, written with the event that decided it.
create table notice (
    stream uuid not null,
    number int not null,
    send_at timestamptz not null,
    attempts int not null default 0,
    claimed_until timestamptz,
    claimed_by text,
    done_at timestamptz,
    primary key (stream, number)
) with (fillfactor = 80);

create index notice_pending on notice (send_at) where done_at is null;

-- Each value is the first of a block of a hundred case numbers.
create sequence case_number as bigint increment by 100 start with 1;

-- Which customer a mail address or phone number belongs to.
create table contact_point (
    value text primary key,
    customer uuid not null
);

create index contact_point_customer on contact_point (customer);
