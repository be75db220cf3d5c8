-- Everybody in the directory. `subject` is random, so that nothing outside this database can be joined on it.
create table employee (
    subject text primary key,
    external_id text not null unique,
    name text not null,
    email text not null unique,
    unit text not null,
    locale text not null,
    added_at bigint not null
);

-- Apart from the directory: an import must never touch passwords or roles.
create table account (
    subject text primary key references employee (subject),
    password_hash text,
    disabled boolean not null default false,
    created_at bigint not null
);

create table account_role (
    subject text not null references account (subject),
    role text not null,
    granted_at bigint not null,
    primary key (subject, role)
);

-- One-time links; only the hash is kept, so that reading this table opens nothing.
create table invitation (
    token_sha256 blob primary key,
    subject text not null references account (subject),
    expires_at bigint not null,
    spent_at bigint
);
create index invitation_subject on invitation (subject);

-- The same for sessions: the cookie's value is not in the database.
create table session (
    id_sha256 blob primary key,
    subject text,
    data text not null,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index session_subject on session (subject);
create index session_expires_at on session (expires_at);

-- Forms that were posted: the second post of the same form is refused.
create table form_post (
    once text primary key,
    at bigint not null
);
create index form_post_at on form_post (at);
