-- REV-2: a line of a file may be a review.
alter table import_line add column review_id uuid;
