-- Entries are named by position: the log's base plus the index in that log. A log that continues after a restore begins
-- beyond everything that its predecessor has signed, so that no position ever means two things.
alter table log add column base bigint not null default 0;

-- A person's entries are found by way of their events. An index by person on each table would touch a page of its own for
-- every statement.
drop index choice_subject;
drop index sealed_subject;

-- SQLite only: clustered by key. What is appended, or read by key and in ranges, needs one tree and not two.
create table entry_clustered (
    log bigint not null references log (id),
    idx bigint not null,
    bytes blob not null,
    primary key (log, idx)
) without rowid;
insert into entry_clustered select log, idx, bytes from entry;
drop table entry;
alter table entry_clustered rename to entry;
create trigger entry_is_never_updated before update on entry
begin
    select raise(abort, 'ledger entries are never updated');
end;
create trigger entry_is_never_deleted before delete on entry
begin
    select raise(abort, 'ledger entries are never deleted');
end;

create table event_clustered (
    subject text not null references employee (subject),
    seq bigint not null,
    log bigint not null,
    entry bigint not null,
    leaf blob not null,
    type text not null,
    at bigint not null,
    primary key (subject, seq)
) without rowid;
insert into event_clustered select subject, seq, log, entry, leaf, type, at from event;
drop table event;
alter table event_clustered rename to event;
create unique index event_entry on event (log, entry);

create table choice_clustered (
    entry bigint primary key,
    subject text not null references employee (subject),
    program text not null references program (id),
    category text not null,
    state text not null,
    at bigint not null,
    notice_version bigint not null,
    language text not null
) without rowid;
insert into choice_clustered select entry, subject, program, category, state, at, notice_version, language from choice;
drop table choice;
alter table choice_clustered rename to choice;

create table sealed_clustered (
    log bigint not null,
    entry bigint not null,
    subject text not null references employee (subject),
    ciphertext blob not null,
    primary key (log, entry)
) without rowid;
insert into sealed_clustered select log, entry, subject, ciphertext from sealed;
drop table sealed;
alter table sealed_clustered rename to sealed;

create table form_post_clustered (
    once text primary key,
    at bigint not null
) without rowid;
insert into form_post_clustered select once, at from form_post;
drop table form_post;
alter table form_post_clustered rename to form_post;
create index form_post_at on form_post (at);
