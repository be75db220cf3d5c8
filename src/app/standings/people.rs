//! Who is who: from the name that agents know to a number, in about sixteen bytes a person.
//!
//! Names lie end to end in chunks; a table of numbers finds them by their hash. The table is cut into shards, so that
//! when one of them grows, nobody waits for all of it. People are only ever added.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// People in a chunk. Their names have to fit into 64 KiB.
pub(super) const CHUNK: usize = 1024;
/// Bytes in a name at most.
const LONGEST: usize = 64;
const SHARDS: usize = 64;
const EMPTY: u32 = u32::MAX;

const _: () = assert!((CHUNK - 1) * LONGEST <= u16::MAX as usize);

/// Everybody who ever made a choice.
pub(super) struct People {
    chunks: Vec<Chunk>,
    shards: Vec<Shard>,
    count: u32,
}

#[derive(Default)]
struct Chunk {
    names: Vec<u8>,
    starts: Vec<u16>,
}

/// Numbers by hash, each in the first free place from where its hash points.
#[derive(Default)]
struct Shard {
    places: Vec<u32>,
    count: usize,
}

impl Default for People {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            shards: (0..SHARDS).map(|_| Shard::default()).collect(),
            count: 0,
        }
    }
}

impl People {
    /// How many there are. Numbers go from 0.
    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    /// Somebody's number.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let hash = hash(name);
        let shard = &self.shards[shard(hash)];
        shard
            .candidates(hash)
            .find(|number| self.bytes(*number) == name.as_bytes())
    }

    /// Somebody's number, given now if need be. `None` when the name is too long or everybody has a number already.
    pub(super) fn enter(&mut self, name: &str) -> Option<u32> {
        if let Some(number) = self.find(name) {
            return Some(number);
        }
        if name.len() > LONGEST || self.count == EMPTY {
            return None;
        }
        let number = self.count;
        if self
            .chunks
            .last()
            .is_none_or(|chunk| chunk.starts.len() == CHUNK)
        {
            if let Some(full) = self.chunks.last_mut() {
                full.names.shrink_to_fit();
            }
            self.chunks.push(Chunk {
                names: Vec::new(),
                starts: Vec::with_capacity(CHUNK),
            });
        }
        let chunk = self.chunks.last_mut()?;
        chunk.starts.push(u16::try_from(chunk.names.len()).ok()?);
        chunk.names.extend_from_slice(name.as_bytes());
        self.count += 1;
        let hash = hash(name);
        let Self { chunks, shards, .. } = self;
        let shard = &mut shards[shard(hash)];
        if shard.is_full() {
            shard.grow(|number| self::hash(text(chunks, number)));
        }
        shard.put(hash, number);
        Some(number)
    }

    /// The name of somebody who has a number.
    pub(super) fn name(&self, number: u32) -> &str {
        text(&self.chunks, number)
    }

    /// Bytes that are held.
    pub(super) fn bytes_held(&self) -> usize {
        let chunks = self
            .chunks
            .iter()
            .map(|chunk| size_of::<Chunk>() + chunk.names.capacity() + chunk.starts.capacity() * 2);
        let shards = self.shards.iter().map(|shard| shard.places.capacity() * 4);
        chunks.sum::<usize>() + shards.sum::<usize>()
    }

    fn bytes(&self, number: u32) -> &[u8] {
        bytes(&self.chunks, number)
    }
}

impl Shard {
    fn candidates(&self, hash: u64) -> impl Iterator<Item = u32> {
        let begin = self.begin(hash);
        let (before, from) = self.places.split_at(begin.min(self.places.len()));
        from.iter()
            .chain(before)
            .copied()
            .take_while(|number| *number != EMPTY)
    }

    fn is_full(&self) -> bool {
        // Nine tenths: an eighth of a table that grows by a quarter is free on average.
        self.count * 10 >= self.places.len() * 9
    }

    fn grow(&mut self, hash: impl Fn(u32) -> u64) {
        let size = (self.places.len() * 5 / 4).max(16);
        let places = std::mem::replace(&mut self.places, vec![EMPTY; size]);
        self.count = 0;
        for number in places.into_iter().filter(|number| *number != EMPTY) {
            self.put(hash(number), number);
        }
    }

    fn put(&mut self, hash: u64, number: u32) {
        let begin = self.begin(hash);
        let (before, from) = self.places.split_at_mut(begin);
        let mut free = from.iter_mut().chain(before);
        if let Some(place) = free.find(|place| **place == EMPTY) {
            *place = number;
            self.count += 1;
        }
    }

    fn begin(&self, hash: u64) -> usize {
        // The high half of the product: spreads evenly over any size.
        let spread = u128::from(hash << 6) * self.places.len() as u128;
        usize::try_from(spread >> 64).unwrap_or_default()
    }
}

fn hash(name: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(name.as_bytes())
}

/// The high bits choose the shard, the rest a place in it.
fn shard(hash: u64) -> usize {
    usize::try_from(hash >> 58).unwrap_or_default()
}

fn bytes(chunks: &[Chunk], number: u32) -> &[u8] {
    let number = number as usize;
    let Some(chunk) = chunks.get(number / CHUNK) else {
        return &[];
    };
    let at = number % CHUNK;
    let start = chunk.starts.get(at).map_or(0, |start| usize::from(*start));
    let next = chunk.starts.get(at + 1);
    let end = next.map_or(chunk.names.len(), |next| usize::from(*next));
    chunk.names.get(start..end).unwrap_or_default()
}

fn text(chunks: &[Chunk], number: u32) -> &str {
    std::str::from_utf8(bytes(chunks, number)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_found_under_their_name_and_nobody_under_another() {
        let mut people = People::default();
        let names: Vec<String> = (0..20_000).map(|n| format!("E-{}", n * 7)).collect();
        for (number, name) in names.iter().enumerate() {
            assert_eq!(people.enter(name), u32::try_from(number).ok());
        }
        for (number, name) in names.iter().enumerate() {
            let number = u32::try_from(number).unwrap();
            assert_eq!(people.find(name), Some(number));
            assert_eq!(people.enter(name), Some(number));
            assert_eq!(people.name(number), name);
        }
        assert_eq!(people.count(), 20_000);
        for unknown in ["", "E-1", "E", "E-140000", "e-7"] {
            assert_eq!(people.find(unknown), None, "{unknown:?}");
        }
        assert_eq!(people.enter(&"x".repeat(65)), None);
    }

    #[test]
    fn a_person_costs_about_sixteen_bytes() {
        let mut people = People::default();
        for n in 0..100_000 {
            people.enter(&format!("E{n:07}"));
        }
        let each = people.bytes_held() / 100_000;
        assert!((8..=17).contains(&each), "{each} bytes");
    }
}
