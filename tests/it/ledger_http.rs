//! The log as others read it over HTTP: every shape of it, its proofs, its caching, and the same tree as files.

use std::num::NonZeroU8;
use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use sayso::http::router;
use sayso::ledger::bundle;
use sayso::ledger::checkpoint::Checkpoint;
use sayso::ledger::hash::{Hash, leaf_hash};
use sayso::ledger::tile::{HASH, TileId, WIDTH, width_at};
use sayso::ledger::tree::Frontier;
use tower::ServiceExt as _;

use crate::database::{Kind, on_both};
use crate::world::{World, keys};

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(self) -> String {
        String::from_utf8(self.bytes).unwrap()
    }
}

async fn ask(world: &World, path: &str, header: Option<(&str, &str)>) -> Answer {
    let router = router(world.app.clone(), Path::new("/no/such/folder"), false);
    let mut request = Request::builder().uri(format!("/ledger/{path}"));
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let request = request.body(Body::empty()).unwrap();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        bytes: bytes.to_vec(),
    }
}

pub async fn get(world: &World, path: &str) -> Answer {
    ask(world, path, None).await
}

pub async fn found(world: &World, path: &str) -> Vec<u8> {
    let answer = get(world, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.bytes
}

on_both!(
    tiles_and_bundles_of_every_published_size_are_served_for_ever,
    |world: World| async move {
        let world = world.with_company().await;
        for size in [10, 255, 256, 257, 513] {
            world.grow_to(size).await;
            let note = get(&world, "checkpoint").await.text();
            let signed = Checkpoint::open(&note, &[keys().signer.verifier()]).unwrap();
            assert_eq!(signed.checkpoint.size, size);
        }
        for size in [2_u64, 10, 255, 256, 257, 512, 513] {
            let n = (size - 1) / WIDTH as u64;
            let (count, width) = width_at(n, size);
            let tile = found(&world, &TileId { level: 0, n }.path(width)).await;
            assert_eq!(tile.len(), count * HASH);
            let bytes = found(&world, &bundle::path(n, width)).await;
            let entries = bundle::parse(&bytes, count).unwrap();
            let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
            assert_eq!(tile, leaves.concat_bytes(), "leaves of {size}");
        }
        let above = TileId { level: 1, n: 0 };
        let level_one = found(&world, &above.path(NonZeroU8::new(2))).await;
        for n in 0..2 {
            let leaves = found(&world, &TileId { level: 0, n }.path(None)).await;
            let mut tree = Frontier::default();
            for leaf in leaves.chunks(HASH) {
                tree.append(Hash::from_slice(leaf).unwrap());
            }
            let at = usize::try_from(n).unwrap() * HASH;
            assert_eq!(tree.root().0, level_one[at..at + HASH]);
        }
        let one = found(&world, &above.path(NonZeroU8::new(1))).await;
        assert_eq!(one, level_one[..HASH], "cut from the one stored blob");
    }
);

trait ConcatBytes {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl ConcatBytes for Vec<Hash> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|hash| hash.0).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_every_other_spelling_is_not_found() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.grow_to(257).await;
    for path in [
        "tile/0/001",
        "tile/0/001.p/2",
        "tile/0/002.p/1",
        "tile/1/000",
        "tile/1/000.p/2",
        "tile/2/000.p/1",
        "tile/63/000",
        "tile/entries/001",
        "tile/entries/001.p/2",
        "tile/entries/x999/x999/x999/x999/999",
        "tile/0/x999/x999/x999/x999/999",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/0/x000/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000/",
        "tile/0//000",
        "tile//0/000",
        "tile/0/000.P/1",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/+00",
        "tile/0/000%20",
        "tile/0/%2e%2e",
        "tile/0/%30%30%30",
        "tile/0%2F000",
        "tile/0/000?x=1",
        "documents/%30",
        "tile/entries/0",
        "tile/Entries/000",
        "tile/",
        "tile",
        "documents/2",
        "documents/00",
        "documents/-1",
        "documents/+0",
        "documents/999999",
        "documents/18446744073709551615",
        "documents/x",
        "checkpoint/",
        "nothing",
    ] {
        let answer = get(&world, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.header("location").is_empty(), "{path} redirects");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_changes_may_be_kept_for_ever_and_the_head_for_a_second() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.grow_to(257).await;
    for path in [
        "tile/0/000",
        "tile/0/000.p/7",
        "tile/entries/000",
        "tile/entries/001.p/1",
        "documents/0",
    ] {
        let first = get(&world, path).await;
        assert_eq!(first.status, StatusCode::OK);
        assert_eq!(
            first.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        let tag = first.header("etag").to_owned();
        assert!(
            tag.starts_with('"') && tag.len() > 30,
            "{path}: a strong tag, {tag}"
        );
        assert_eq!(get(&world, path).await.header("etag"), tag);
        let again = ask(&world, path, Some(("if-none-match", &tag))).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        assert!(again.bytes.is_empty());
        let other = ask(&world, path, Some(("if-none-match", "\"other\""))).await;
        assert_eq!(other.status, StatusCode::OK, "{path}");
    }
    let kind = |answer: &Answer| answer.header("content-type").to_owned();
    assert_eq!(
        kind(&get(&world, "tile/0/000").await),
        "application/octet-stream"
    );
    assert_eq!(kind(&get(&world, "documents/0").await), "application/json");
    let head = get(&world, "checkpoint").await;
    assert_eq!(kind(&head), "text/plain; charset=utf-8");
    assert_eq!(head.header("cache-control"), "public, max-age=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn bundles_are_packed_for_those_who_ask_and_plain_for_the_others() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.grow_to(256).await;
    let path = "tile/entries/000";
    let plain = get(&world, path).await;
    let identity = ask(&world, path, Some(("accept-encoding", "identity"))).await;
    for answer in [&plain, &identity] {
        assert_eq!(answer.header("content-encoding"), "");
        assert!(bundle::parse(&answer.bytes, 256).is_ok());
    }
    let packed = ask(&world, path, Some(("accept-encoding", "gzip"))).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.starts_with(&[0x1f, 0x8b]) && packed.bytes.len() < plain.bytes.len());
    assert_ne!(
        packed.header("etag"),
        plain.header("etag"),
        "other bytes, another tag"
    );
    assert!(packed.header("vary").contains("accept-encoding"));
    let tag = packed.header("etag").to_owned();
    let again = ask(&world, path, Some(("if-none-match", &tag))).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let hashes = ask(&world, "tile/0/000", Some(("accept-encoding", "gzip"))).await;
    assert_eq!(
        hashes.header("content-encoding"),
        "",
        "hashes do not get smaller"
    );
}
