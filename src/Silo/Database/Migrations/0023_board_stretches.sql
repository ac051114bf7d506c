-- BRD-6: a checkpoint is the end of a stretch now, and holds every change in it; one stretch begins where the one before ends,
-- so that between two whole boards no instant needs the log. What was stored before is made anew.
delete from board_checkpoint;

alter table board_checkpoint
    -- Where the stretch begins. Whoever of two hosts comes second stores nothing.
    add column since timestamptz unique,
    add column changes bytea,
    -- The whole board at the end of the stretch, for few of them.
    alter column data drop not null,
    -- They are numbers and ids: pressing them costs more than it saves.
    alter column changes set storage external,
    alter column data set storage external;
