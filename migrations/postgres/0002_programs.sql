-- What the employer declares. The declaration is kept as it was made; only its newest form counts.
create table program (
    id text primary key,
    declaration text not null,
    declared_at bigint not null
);

-- Status over time, because records are judged by the moment of capture.
create table program_status (
    program text not null references program (id),
    at bigint not null,
    status text not null,
    primary key (program, at)
);

create table agent (
    name text primary key,
    kind text not null,
    programs text not null,
    categories text not null,
    runs_on text not null,
    registered_at bigint not null,
    revoked_at bigint
);

-- Several live keys per agent, so that a key can be rotated without a gap.
create table agent_key (
    id text primary key,
    agent text not null references agent (name),
    secret_sha256 bytea not null,
    created_at bigint not null,
    revoked_at bigint
);
create index agent_key_agent on agent_key (agent);
