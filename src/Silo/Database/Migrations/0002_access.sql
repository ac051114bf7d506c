-- Programs' keys. Only their SHA-256 is here; a revoked key stays, so that its name in the log keeps its meaning.
create table access_key (
    hash bytea primary key,
    name text not null,
    roles text[] not null,
    created_at timestamptz not null,
    revoked_at timestamptz
);

create unique index access_key_in_force on access_key (name) where revoked_at is null;

-- People who sign in with a password.
create table person (
    name text primary key,
    roles text[] not null,
    password_hash text not null,
    changed_at timestamptz not null
);

-- Sign-ins that still hold, by the SHA-256 of their cookie.
create table session (
    hash bytea primary key,
    person text not null references person (name) on delete cascade,
    expires_at timestamptz not null
);

create index session_expiry on session (expires_at);

create index session_of_person on session (person);
