-- Deliveries of records that came with an Idempotency-Key: what they were answered, so that a repetition is answered the
-- same. Of the body only a hash is kept, of the answer only what became of each record. Swept after a day.
create table delivery (
    agent text not null references agent (name),
    key text not null,
    body_sha256 bytea not null,
    answer text,
    at bigint not null,
    primary key (agent, key)
);
create index delivery_at on delivery (at);
