-- The text itself is the public document of its ledger entry.
create table notice_version (
    notice text not null,
    version bigint not null,
    material boolean not null,
    effective_at bigint not null,
    published_at bigint not null,
    published_by text,
    sha256 bytea not null,
    entry bigint not null unique,
    primary key (notice, version)
);

-- "I have read this". Never a consent.
create table acknowledgement (
    subject text not null references employee (subject),
    notice text not null,
    version bigint not null,
    at bigint not null,
    primary key (subject, notice, version),
    foreign key (notice, version) references notice_version (notice, version)
);
