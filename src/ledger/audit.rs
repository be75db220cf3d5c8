//! Judging a whole log: everything is recomputed from the entries, in order, and the first wrong thing is named.
//!
//! Streaming: memory holds one bundle and one tile per level, whatever the log's size. Where the parts come from is
//! the caller's business ([`Source`]): a database, a folder, a server. To judge something more, add it to [`audit`] and
//! a [`Place`] for it; what only one kind of source has is judged in its [`Source::beside`].

use core::num::NonZeroU8;

use super::bundle::{self, BundleError};
use super::checkpoint::{Checkpoint, Signed};
use super::entry::Entry;
use super::finding::{Fault, Finding, Place};
use super::hash::{Hash, leaf_hash, sha256};
use super::key::VerifierKey;
use super::tile::{self, HASH, TileId, WIDTH, width_at};
use super::tree;

/// Where the parts of a log are read from. `None` stands for a part that is not there.
pub trait Source: Sync {
    /// Why nothing can be read.
    type Error: Send;

    /// The signed checkpoint.
    fn checkpoint(&self) -> impl Future<Output = Part<Self::Error>> + Send;
    /// A tile, or the first `width` hashes of it.
    fn tile(
        &self,
        id: TileId,
        width: Option<NonZeroU8>,
    ) -> impl Future<Output = Part<Self::Error>> + Send;
    /// An entry bundle, or the first `width` entries of it.
    fn bundle(
        &self,
        n: u64,
        width: Option<NonZeroU8>,
    ) -> impl Future<Output = Part<Self::Error>> + Send;
    /// The document of a public entry.
    fn document(&self, index: u64) -> impl Future<Output = Part<Self::Error>> + Send;
    /// Judges what is kept beside these entries, the first of which has the index `first`.
    ///
    /// # Errors
    /// What is wrong with it, or why it cannot be read.
    fn beside(
        &self,
        first: u64,
        entries: &[Entry],
        leaves: &[Hash],
    ) -> impl Future<Output = Result<(), Fault<Self::Error>>> + Send {
        let _ = (first, entries, leaves);
        async { Ok(()) }
    }
}

/// A part of a log, if it is there.
pub type Part<E> = Result<Option<Vec<u8>>, E>;

/// Opens the log's checkpoint with `keys` (the log must have signed it) and recomputes everything below it. `progress`
/// hears how many entries are done.
///
/// # Errors
/// The first wrong thing, or why the log cannot be read.
pub async fn audit<S: Source>(
    source: &S,
    keys: &[VerifierKey],
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<Signed, Fault<S::Error>> {
    let signed = open_head(source, keys).await?;
    let Checkpoint { size, root, .. } = signed.checkpoint;
    let mut tree = Tree {
        source,
        size,
        root,
        edge: Vec::new(),
    };
    for n in 0..size.div_ceil(WIDTH as u64) {
        let first = n * WIDTH as u64;
        let (entries, leaves) = read_bundle(source, n, size).await?;
        tree.take(n, &leaves).await?;
        for (index, entry) in (first..).zip(&entries) {
            if let Entry::Public { document, .. } = entry {
                check_document(source, index, *document).await?;
            }
        }
        source.beside(first, &entries, &leaves).await?;
        progress(first + leaves.len() as u64);
    }
    tree.finish().await?;
    Ok(signed)
}

/// The log's checkpoint, opened.
///
/// # Errors
/// When it is missing or not properly signed, or cannot be read.
pub async fn open_head<S: Source>(
    source: &S,
    keys: &[VerifierKey],
) -> Result<Signed, Fault<S::Error>> {
    let wrong = |found: String| {
        let expected = "a checkpoint signed by the log";
        Finding::new(Place::Checkpoint, found, expected)
    };
    let bytes = source.checkpoint().await.map_err(Fault::Unreadable)?;
    let bytes = bytes.ok_or_else(|| wrong("nothing".into()))?;
    let text = core::str::from_utf8(&bytes).map_err(|_| wrong("bytes that are not text".into()))?;
    let signed = Checkpoint::open(text, keys);
    Ok(signed.map_err(|error| wrong(format!("one that does not open ({error})")))?)
}

/// The entries of bundle `n` in a log of `size`, and the hashes of their leaves.
async fn read_bundle<S: Source>(
    source: &S,
    n: u64,
    size: u64,
) -> Result<(Vec<Entry>, Vec<Hash>), Fault<S::Error>> {
    let (count, width) = width_at(n, size);
    let place = Place::Bundle(n, width);
    let bytes = source.bundle(n, width).await.map_err(Fault::Unreadable)?;
    let bytes = bytes.ok_or_else(|| Finding::new(place, "nothing", format!("{count} entries")))?;
    let bundle = bundle::parse(&bytes, count).map_err(|error| match error {
        BundleError::Short { entry, .. } => {
            let index = n * WIDTH as u64 + entry as u64;
            Finding::new(Place::Entry(index), "the end of the bundle", "an entry")
        }
        BundleError::Long { more, .. } => {
            let found = format!("{more} bytes more than {count} entries take");
            Finding::new(place, found, format!("{count} entries"))
        }
    })?;
    let (mut entries, mut leaves) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for (index, bytes) in (n * WIDTH as u64..).zip(bundle) {
        let entry = Entry::parse(bytes).map_err(|error| {
            let found = format!("{} bytes that are no entry ({error})", bytes.len());
            Finding::new(Place::Entry(index), found, "an entry")
        })?;
        entries.push(entry);
        leaves.push(leaf_hash(bytes));
    }
    Ok((entries, leaves))
}

async fn check_document<S: Source>(
    source: &S,
    index: u64,
    expected: Hash,
) -> Result<(), Fault<S::Error>> {
    let document = source.document(index).await.map_err(Fault::Unreadable)?;
    let found = match document.as_deref().map(sha256) {
        Some(found) if found == expected => return Ok(()),
        Some(found) => format!("a document with SHA-256 {found}"),
        None => "nothing".to_owned(),
    };
    let expected = format!("the document with SHA-256 {expected}");
    Err(Finding::new(Place::Document(index), found, expected).into())
}

/// The tree as the entries make it, compared with the stored tiles while it grows.
struct Tree<'s, S> {
    source: &'s S,
    size: u64,
    root: Hash,
    /// The tile of each level that is not full yet, as recomputed: its number and its hashes.
    edge: Vec<(u64, Vec<u8>)>,
}

impl<S: Source> Tree<'_, S> {
    /// Adds the leaves of bundle `n`.
    async fn take(&mut self, n: u64, leaves: &[Hash]) -> Result<(), Fault<S::Error>> {
        if self.edge.is_empty() {
            self.edge.push((0, Vec::new()));
        }
        self.edge[0] = (n, leaves.iter().flat_map(|leaf| leaf.0).collect());
        self.compare(0).await?;
        let mut level = 0;
        while self.edge[level].1.len() == WIDTH * HASH {
            let (n, blob) = core::mem::take(&mut self.edge[level]);
            self.edge[level].0 = n + 1;
            level += 1;
            if self.edge.len() == level {
                self.edge.push((0, Vec::new()));
            }
            self.edge[level].1.extend_from_slice(&tile::root(&blob).0);
            if self.edge[level].1.len() == WIDTH * HASH {
                self.compare(level).await?;
            }
        }
        Ok(())
    }

    /// Compares what is left over, and the root.
    async fn finish(self) -> Result<(), Fault<S::Error>> {
        for level in 1..self.edge.len() {
            if !self.edge[level].1.is_empty() {
                self.compare(level).await?;
            }
        }
        let computed = self.root_over(None);
        if computed == Some(self.root) {
            return Ok(());
        }
        let found = format!("root {} at size {}", self.root, self.size);
        let computed = computed.unwrap_or(Hash::EMPTY_ROOT);
        let expected = format!("root {computed}, to which the entries lead,");
        Err(Finding::new(Place::Checkpoint, found, expected).into())
    }

    /// Compares the recomputed tile at the edge of `level` with the stored one.
    async fn compare(&self, level: usize) -> Result<(), Fault<S::Error>> {
        let (n, computed) = &self.edge[level];
        let id = TileId {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            n: *n,
        };
        let (hashes, width) = width_at(*n, self.size >> (8 * level));
        let place = Place::Tile(id, width);
        let stored = self
            .source
            .tile(id, width)
            .await
            .map_err(Fault::Unreadable)?;
        let wanted = format!("{} bytes", hashes * HASH);
        let stored = stored.ok_or_else(|| Finding::new(place, "nothing", &wanted))?;
        if stored.len() != computed.len() {
            return Err(Finding::new(place, format!("{} bytes", stored.len()), wanted).into());
        }
        let pairs = stored.chunks(HASH).zip(computed.chunks(HASH));
        let Some((i, (found, expected))) = pairs.enumerate().find(|(_, (a, b))| a != b) else {
            return Ok(());
        };
        let hash = |bytes: &[u8]| Hash::from_slice(bytes).unwrap_or(Hash::EMPTY_ROOT);
        let (found, expected) = (hash(found), hash(expected));
        if level == 0 && self.rather_the_entry(*n, &stored, computed).await? {
            let index = n * WIDTH as u64 + i as u64;
            let entry = format!("an entry with leaf hash {expected}");
            let belongs = format!("the entry with leaf hash {found}");
            return Err(Finding::new(Place::Entry(index), entry, belongs).into());
        }
        let found = format!("{found} as hash {i}");
        Err(Finding::new(place, found, expected).into())
    }

    /// Leaves and tile differ. Whichever of them leads to what is above it is right.
    async fn rather_the_entry(
        &self,
        n: u64,
        stored: &[u8],
        computed: &[u8],
    ) -> Result<bool, Fault<S::Error>> {
        if computed.len() < WIDTH * HASH {
            return Ok(self.root_over(Some(stored)) == Some(self.root));
        }
        let above = TileId {
            level: 1,
            n: n / WIDTH as u64,
        };
        let (_, width) = width_at(above.n, self.size / WIDTH as u64);
        let above = self
            .source
            .tile(above, width)
            .await
            .map_err(Fault::Unreadable)?;
        let at = usize::try_from(n % WIDTH as u64).unwrap_or_default() * HASH;
        let above = above.unwrap_or_default();
        Ok(above.get(at..at + HASH) == Some(tile::root(stored).0.as_slice()))
    }

    /// Root over the recomputed edge, with `leaves` in place of the last tile of leaves.
    fn root_over(&self, leaves: Option<&[u8]>) -> Option<Hash> {
        let read = &mut |level, n| {
            tile::subtree_hash(level, n, |id| {
                let (number, blob) = self.edge.get(usize::from(id.level))?;
                let blob = if id.level == 0 {
                    leaves.unwrap_or(blob)
                } else {
                    blob
                };
                (*number == id.n).then_some(blob)
            })
        };
        tree::root(self.size, read).ok()
    }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
