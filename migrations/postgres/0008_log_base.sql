-- Entries are named by position: the log's base plus the index in that log. A log that continues after a restore begins
-- beyond everything that its predecessor has signed, so that no position ever means two things.
alter table log add column base bigint not null default 0;

-- A person's entries are found by way of their events. An index by person on each table would touch a page of its own for
-- every statement.
drop index choice_subject;
drop index sealed_subject;
