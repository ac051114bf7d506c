-- Each channel sends its own notices, the most urgent first: one that is down must not hold up the others.
alter table notice
    add column channel text not null default 'email',
    add column urgent_at timestamptz;

update notice set urgent_at = send_at;

alter table notice
    alter column channel drop default,
    alter column urgent_at set not null;

drop index notice_pending;

create index notice_pending on notice (channel, urgent_at) where done_at is null;
