-- Which epoch's key wraps people's keys: the highest number. The key itself is in no database; `key_check` is a hash
-- from which it cannot be found, so that a wrong key file is noticed before anything is wrapped with it.
create table epoch (
    number bigint primary key,
    key_check blob not null,
    began_at bigint not null
);
