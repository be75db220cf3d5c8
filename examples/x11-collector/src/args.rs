//! Arguments. The key is better in the environment: other users can see a command line.

use clap::Parser;
use sayso::domain::employee::ExternalId;
use sayso::domain::id::{DatasetId, ProgramId};

use crate::counts::Filing;
use crate::kind::Kind;

/// Counts pointer movements, clicks and keys per application, with the person's consent and where they can see it.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None)]
pub struct Args {
    /// The server's address, for example <https://sayso.company.example>
    #[arg(long, env = "SAYSO_SERVER", value_name = "URL")]
    pub server: String,
    /// The agent's key
    #[arg(
        long,
        env = "SAYSO_AGENT_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub key: String,
    /// Who sits at this screen: the number that HR uses
    #[arg(long, env = "SAYSO_EMPLOYEE")]
    pub employee: ExternalId,
    /// For which programme
    #[arg(long, env = "SAYSO_PROGRAM")]
    pub program: ProgramId,
    /// Under which dataset the counts are kept: a dataset, or category=dataset; may be repeated
    #[arg(long, env = "SAYSO_DATASET", required = true, value_parser = dataset, value_name = "[CATEGORY=]DATASET")]
    pub dataset: Vec<(Option<Kind>, DatasetId)>,
    /// The device's name in the records, in words that the person recognises
    #[arg(long)]
    pub device: Option<String>,
    /// Seconds between reports
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=300))]
    pub report_every: u64,
    /// Print a line for each event that is counted: its kind, its application and its time
    #[arg(long)]
    pub print: bool,
}

impl Args {
    /// How counts become records.
    pub fn filing(&self) -> Filing {
        Filing {
            employee: self.employee.clone(),
            program: self.program.clone(),
            device: self.device.clone(),
            datasets: self.dataset.clone(),
        }
    }
}

fn dataset(text: &str) -> Result<(Option<Kind>, DatasetId), String> {
    let invalid = |error: sayso::domain::invalid::Invalid| error.to_string();
    let Some((category, dataset)) = text.split_once('=') else {
        return Ok((None, text.parse().map_err(invalid)?));
    };
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| kind.category() == category);
    let kind = kind.ok_or("use mouse_movement, click_location or keystrokes")?;
    Ok((Some(kind), dataset.parse().map_err(invalid)?))
}
