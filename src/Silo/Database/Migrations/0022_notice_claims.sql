-- Claims of a host that was killed are looked for at every run, also when a million notices wait.
create index notice_claimed on notice (claimed_until) where done_at is null and claimed_until is not null;
