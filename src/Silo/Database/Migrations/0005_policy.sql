-- The text of every policy that ever judged a case, so that its clocks can be counted and explained for as long as it lives.
create table policy_version (
    id text primary key,
    stored_at timestamptz not null default now(),
    files jsonb not null
);
