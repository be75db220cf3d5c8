//! Passwords: argon2id in a blocking thread, a limit on how many are hashed at once, and a limit on guessing.

use std::num::NonZeroU32;
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::error::{Conflict, Error};
use crate::domain::account::NewPassword;

/// Hashes at a time: each takes 19 MiB and a core for tens of milliseconds.
const AT_ONCE: usize = 2;

/// A hash that no password is known for, with the parameters of the real ones: an unknown account takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2F5c28tbm9ib2R5LTAwMQ$5QyNrzKFU0XhFnKF0UpjRv0pMbtQ3vWCPx0bHnW0k8E";

/// Hashing and guessing limits, shared by all handles.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    guesses: Arc<DefaultKeyedRateLimiter<[u8; 32]>>,
}

impl Passwords {
    pub(super) fn new() -> Self {
        // Ten at once, then one every thirty seconds, for each pair of address and account: slow for a guesser, and
        // nobody can lock a colleague out from another machine.
        let quota = Quota::with_period(std::time::Duration::from_secs(30))
            .unwrap_or(Quota::per_minute(NonZeroU32::MIN));
        let guesses = RateLimiter::keyed(quota.allow_burst(const { NonZeroU32::new(10).unwrap() }));
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            guesses: Arc::new(guesses),
        }
    }

    /// Counts one attempt.
    pub(super) fn allow(&self, client: &str, account: &str) -> Result<(), Error> {
        if self.guesses.len() > 10_000 {
            self.guesses.retain_recent();
        }
        let key = Sha256::digest(format!("{client}\n{account}")).into();
        self.guesses
            .check_key(&key)
            .map_err(|_| Error::Conflict(Conflict::Busy))
    }

    /// The PHC string of a password under a salt of 16 random bytes.
    pub(super) async fn hash(
        &self,
        password: NewPassword,
        salt: [u8; 16],
    ) -> Result<String, Error> {
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|_| Error::Internal("hashing has stopped".into()))?;
        let hashed = tokio::task::spawn_blocking(move || {
            Argon2::default()
                .hash_password_with_salt(password.expose().as_bytes(), &salt)
                .map(|hash: argon2::password_hash::phc::PasswordHash| hash.to_string())
        });
        hashed
            .await
            .map_err(|error| Error::Internal(error.to_string()))?
            .map_err(|error| Error::Internal(error.to_string()))
    }

    /// Whether `password` fits `hash`. Without a hash it takes as long and is false.
    pub(super) async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, Error> {
        if password.len() > NewPassword::MAX {
            return Ok(false);
        }
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|_| Error::Internal("hashing has stopped".into()))?;
        let password = password.to_owned();
        let known = hash.is_some();
        let verified = tokio::task::spawn_blocking(move || {
            let hash = hash.as_deref().unwrap_or(NOBODY);
            PasswordHash::new(hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &hash)
                    .is_ok()
            })
        });
        Ok(verified
            .await
            .map_err(|error| Error::Internal(error.to_string()))?
            && known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_and_nobody_has_one() {
        let passwords = Passwords::new();
        let hash = passwords
            .hash("correct horse battery".parse().unwrap(), [7; 16])
            .await
            .unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(
            passwords
                .verify("correct horse battery", Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct horse batterx", Some(hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct horse battery", None)
                .await
                .unwrap()
        );
        assert!(
            PasswordHash::new(NOBODY).is_ok(),
            "an unknown account must take as long as a known one"
        );
    }

    #[test]
    fn guessing_is_limited_per_client_and_account() {
        let passwords = Passwords::new();
        for _ in 0..10 {
            assert!(passwords.allow("10.0.0.1", "a@b.example").is_ok());
        }
        assert!(passwords.allow("10.0.0.1", "a@b.example").is_err());
        assert!(
            passwords.allow("10.0.0.2", "a@b.example").is_ok(),
            "nobody is locked out from elsewhere"
        );
        assert!(passwords.allow("10.0.0.1", "c@b.example").is_ok());
    }
}
