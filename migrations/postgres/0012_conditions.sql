-- What narrows a yes, as a JSON list; null where the yes is a whole one.
alter table choice add column conditions text;

-- What is known about a person beyond the directory, for conditions to compare: a value is JSON (true, 1, "admin").
create table employee_attribute (
    subject text not null references employee (subject),
    name text not null,
    value text not null,
    primary key (subject, name)
);

-- The words in which an agent asks, as JSON, where they are not ours.
alter table agent add column vocabulary text;
