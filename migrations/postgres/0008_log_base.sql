-- Entries are named by position: the log's base plus the index in that log. A log that continues after a restore begins
-- beyond everything that its predecessor has signed, so that no position ever means two things.
alter table log add column base bigint not null default 0;
