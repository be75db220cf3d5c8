-- Counts changes that the ledger's positions do not tell of, so that whoever keeps something in memory sees at a glance
-- whether it still holds: `declarations` (programmes, their status, notices), `agents` (registrations and keys), `people`
-- (the directory), `erasures` (of what somebody said).
create table revision (
    name text primary key,
    number bigint not null
);
insert into revision (name, number) values ('declarations', 0), ('agents', 0), ('people', 0), ('erasures', 0);

-- The units whose people an agent may ask about; an empty list means everybody.
alter table agent add column units text not null default '[]';
