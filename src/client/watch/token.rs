//! The thread that a permit hangs by: when what it was given from is taken away, it is worth nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What permits are given from. Dropping or replacing it revokes every one of them.
#[derive(Debug)]
pub struct Source(Arc<AtomicBool>);

/// What a permit keeps of its source.
#[derive(Debug)]
pub struct Token(Arc<AtomicBool>);

impl Source {
    /// A hold on it, for a permit.
    pub fn token(&self) -> Token {
        Token(self.0.clone())
    }
}

impl Default for Source {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Token {
    /// Whether the source is still there.
    pub fn holds(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
