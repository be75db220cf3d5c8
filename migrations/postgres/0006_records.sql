-- Metadata of captured batches, never content. The collector's id makes sending twice harmless.
create table record (
    agent text not null references agent (name),
    id text not null,
    subject text not null references employee (subject),
    program text not null references program (id),
    category text not null,
    app text,
    device text,
    from_at bigint not null,
    to_at bigint not null,
    events bigint not null,
    bytes bigint not null,
    dataset text not null,
    digest text not null,
    received_at bigint not null,
    quarantined text,
    primary key (agent, id)
);
create index record_subject on record (subject, from_at);
