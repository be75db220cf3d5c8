-- Checkpoints that were given to witnesses. The log's row holds the newest only, and a witness answers later.
create table published (
    log bigint not null references log (id),
    size bigint not null,
    checkpoint text not null,
    witnessed boolean not null,
    at bigint not null,
    primary key (log, size)
);

-- Good cosignatures of them. `witness` is the whole verifier key; `at` the time that it signed.
create table cosignature (
    log bigint not null,
    size bigint not null,
    witness text not null,
    line text not null,
    at bigint not null,
    primary key (log, size, witness),
    foreign key (log, size) references published (log, size)
);

-- What each witness last did, for whoever looks after it: the last size it cosigned, and its trouble if it has one now.
create table witness_state (
    log bigint not null references log (id),
    witness text not null,
    size bigint,
    cosigned_at bigint,
    trouble text,
    words text,
    at bigint not null,
    primary key (log, witness)
);
