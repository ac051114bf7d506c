-- Reviews in the order in which they were recorded. Almost no event is one.
create index event_review on event (position) where kind = 'reviewRecorded';
