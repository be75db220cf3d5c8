//! The contract for deliveries: batches of judged records on their way into the database, and what they were answered.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::choice::ChoiceEvent;
use crate::domain::delivery::{DeliveryKey, ItemResult};
use crate::domain::employee::ExternalId;
use crate::domain::id::{AgentName, SubjectId};
use crate::domain::record::{Record, Verdict};

/// One call's records, judged.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Who delivers.
    pub agent: AgentName,
    /// When, by the server's clock.
    pub received_at: DateTime<Utc>,
    /// Under which key it may be repeated, if it has one.
    pub key: Option<Keyed>,
    /// The records, in their order.
    pub items: Vec<Item>,
}

/// A delivery's key, and what it was sent with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// The key; unique for an agent.
    pub key: DeliveryKey,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
}

/// One record of a delivery.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are the large one, and go straight into a statement"
)]
pub enum Item {
    /// To be stored, about this person.
    Kept(SubjectId, Record, Verdict),
    /// Decided already: not to be stored.
    Said(ItemResult),
}

/// Why a delivery was left out, whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The key came with another body before.
    Reused,
    /// A delivery with that key is not yet answered.
    UnderWay,
}

/// What became of a delivery: of each of its records, or why it was left out.
pub type Delivered = Result<Vec<ItemResult>, Held>;

/// Somebody and all that they chose.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub subject: SubjectId,
    /// Where they work.
    pub unit: String,
    /// What they chose, in any order.
    pub choices: Vec<ChoiceEvent>,
}

/// Deliveries.
#[async_trait]
pub trait Deliveries {
    /// Stores deliveries and their answers, all in one transaction. A record that is already there (same agent and id) stays
    /// as it is and is answered with the verdict that stands, or is rejected if that id names another record. A
    /// delivery whose key is known changes nothing, and is answered as the first time.
    async fn deliver(&self, deliveries: &[Delivery]) -> Result<Vec<Delivered>, Error>;
    /// Those of `people` who are known here, with everything that they chose.
    async fn histories(&self, people: &[ExternalId]) -> Result<HashMap<ExternalId, Person>, Error>;
    /// Forgets keys and answers from before that moment; their records stay.
    async fn forget_deliveries(&self, before: DateTime<Utc>) -> Result<(), Error>;
}
