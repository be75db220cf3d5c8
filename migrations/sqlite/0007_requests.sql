create table request (
    id text primary key,
    subject text not null references employee (subject),
    kind text not null,
    program text,
    category text,
    from_at bigint,
    to_at bigint not null,
    received_at bigint not null,
    due_at bigint not null,
    completed_at bigint
);
create index request_subject on request (subject, received_at);

-- One per store and dataset. No answer yet is a null outcome: being asked is not being erased.
create table task (
    id text primary key,
    request text not null references request (id),
    store text not null,
    dataset text not null,
    program text not null,
    outcome text,
    count bigint,
    reason text,
    answered_at bigint
);
create index task_request on task (request);
create index task_store on task (store);
