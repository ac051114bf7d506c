-- Why a notice had to wait although its time had come; kept when it has gone out.
alter table notice add column held_by text;
