-- CUS-5: customers whom we decline to serve. Almost no event is one.
create index event_declined on event (stream) where kind = 'customerDeclined';
