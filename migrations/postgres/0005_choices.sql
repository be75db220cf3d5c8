-- Choices are events: a new one is a new row, and what held when can always be told.
create table choice (
    entry bigint primary key,
    subject text not null references employee (subject),
    program text not null references program (id),
    category text not null,
    state text not null,
    at bigint not null,
    notice_version bigint not null,
    language text not null
);
create index choice_subject on choice (subject, program, category, at);
