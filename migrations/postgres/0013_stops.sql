-- A collector's word that everything that was to stop before this position has stopped. The first word counts, so a row
-- is never changed.
create table ack (
    agent text not null references agent (name),
    seq bigint not null,
    at bigint not null,
    primary key (agent, seq)
);
create index ack_seq on ack (seq);

-- Every second the servers look for keys that were revoked, to end the streams that were opened with them.
create index agent_key_revoked_at on agent_key (revoked_at);

-- The public entry that says why, where a change of status owes one; the first status is the declaration's.
alter table program_status add column entry bigint;
