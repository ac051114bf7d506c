-- Messages that were not really sent, because no mail server is configured: for a developer to read.
create table outbox (
    message_id text primary key,
    case_id uuid not null,
    accepted_at timestamptz not null,
    recipient text not null,
    subject text not null,
    body text not null
);

create index outbox_newest on outbox (accepted_at desc);
