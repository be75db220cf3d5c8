-- Whose memory this is: a key without its memory, or with another's, must not sign.
create table witness (
    id bigint primary key check (id = 1),
    vkey text not null,
    made_at bigint not null
);

-- What was cosigned last, per log. It only ever moves forward.
create table seen (
    origin text primary key,
    origin_sha256 text not null unique,
    size bigint not null,
    root blob not null,
    note text not null,
    at bigint not null
);

-- Checkpoints that a log signed and that were refused because nobody showed that they continue what was cosigned. A fork,
-- another root of the size that was cosigned, is proof by itself; another size is proof of nothing until somebody asks the
-- log for the proof between the two.
create table evidence (
    origin text not null,
    size bigint not null,
    root blob not null,
    fork boolean not null,
    cosigned text not null,
    refused text not null,
    reason text not null,
    at bigint not null,
    primary key (origin, size, root)
);

create trigger seen_never_goes_back before update on seen
when new.size < old.size or (new.size = old.size and new.root <> old.root)
begin
    select raise(abort, 'a witness never goes back');
end;
create trigger seen_is_never_deleted before delete on seen
begin
    select raise(abort, 'a witness never forgets');
end;
