-- The head of each log. A restored database continues in a new log, hence the key.
create table log (
    id bigint primary key,
    origin text not null,
    size bigint not null,
    root bytea not null,
    frontier bytea not null,
    checkpoint text not null
);

-- Entries are inserted and never touched again; the triggers below hold that against everybody who can only write SQL.
create table entry (
    log bigint not null references log (id),
    idx bigint not null,
    bytes bytea not null,
    primary key (log, idx)
);

-- Hashes in tiles of 256 (C2SP tlog-tiles). A partial tile is a prefix of the full one.
create table tile (
    log bigint not null references log (id),
    level bigint not null,
    n bigint not null,
    blob bytea not null,
    primary key (log, level, n)
);

-- What public entries are about: served in clear, never personal.
create table document (
    log bigint not null,
    entry bigint not null,
    body text not null,
    primary key (log, entry)
);

-- Whose entry it is, in the order of the person's own chain. Erasable; the entry is not.
create table event (
    subject text not null references employee (subject),
    seq bigint not null,
    log bigint not null,
    entry bigint not null,
    leaf bytea not null,
    type text not null,
    at bigint not null,
    primary key (subject, seq)
);
create unique index event_entry on event (log, entry);

-- What was said, sealed under the person's key, which is sealed under a key that is not in this database.
create table sealed (
    log bigint not null,
    entry bigint not null,
    subject text not null references employee (subject),
    ciphertext bytea not null,
    primary key (log, entry)
);
create index sealed_subject on sealed (subject);

create table dek (
    subject text primary key references employee (subject),
    epoch bigint not null,
    wrapped bytea not null
);

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
    raise exception 'ledger entries are never updated or deleted';
end;
$$;
create trigger entry_is_never_changed before update or delete or truncate on entry
    for each statement execute function refuse_ledger_change();
