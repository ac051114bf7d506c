-- CUS-5: whoever was declined before anybody was asked to look on the review date has no due instant yet, unless something has happened to
-- them since. They get it here, as it follows from their events.
update grain
set due_at = least(grain.due_at, declined.review_at)
from (
    select distinct on (stream)
        stream,
        version,
        (data ->> 'reviewAt')::timestamptz as review_at,
        (data ->> 'until')::timestamptz as until
    from event
    where kind = 'customerDeclined'
    order by stream, version desc
) as declined
where grain.id = declined.stream
    and declined.review_at < declined.until
    and not exists (
        select
        from event as later
        where later.stream = declined.stream
            and later.version > declined.version
            and later.kind in ('customerServedAgain', 'decliningReviewAsked', 'customerTakenOver', 'customerMerged', 'customerErased')
    );
