-- Files that cases are taken from.
create table import (
    id uuid primary key,
    -- The whole mapping, with everything that was asked answered.
    mapping json not null,
    is_json boolean not null,
    latest date not null,
    total bigint not null,
    done bigint not null default 0,
    taken bigint not null default 0,
    known bigint not null default 0,
    refused bigint not null default 0,
    created_at timestamptz not null,
    created_by text not null,
    ended_at timestamptz,
    detail text
);

create index import_running on import (created_at) where ended_at is null;

-- The file, kept until all of it was looked at, so that any host can go on after another one died.
create table import_part (
    import uuid not null references import on delete cascade,
    number int not null,
    content bytea not null,
    primary key (import, number)
);

-- What became of each line, written together with how far the import is.
create table import_line (
    import uuid not null references import on delete cascade,
    record bigint not null,
    line int not null,
    outcome smallint not null,
    case_id uuid,
    case_number bigint,
    errors json,
    primary key (import, record)
);

create index import_line_by_outcome on import_line (import, outcome, line);
create index import_line_by_line on import_line (import, line);
