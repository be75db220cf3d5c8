//! `sayso import` and `sayso account`.

use std::path::Path;

use clap::Subcommand;

use super::{Failure, start};
use crate::app::directory::ImportError;
use crate::app::{App, accounts, directory};
use crate::config::Config;
use crate::domain::account::Role;
use crate::domain::employee::ExternalId;
use crate::domain::property::Literal;

#[derive(Subcommand)]
pub(super) enum AccountCommand {
    /// Make a one-time link with which somebody sets the first password.
    Create {
        /// External id (HR number).
        external_id: ExternalId,
    },
    /// End somebody's password and sessions now, and make a one-time link for a new password.
    Reset {
        /// External id (HR number).
        external_id: ExternalId,
    },
    /// Give a role: publisher, `privacy_officer`, representative, auditor, operator.
    Role {
        /// External id (HR number).
        external_id: ExternalId,
        /// The role.
        role: Role,
        /// Take it away instead.
        #[arg(long)]
        remove: bool,
    },
    /// Say what is known of somebody beyond the directory, for conditions of choices to compare (`role admin`).
    Attribute {
        /// External id (HR number).
        external_id: ExternalId,
        /// Its name.
        name: String,
        /// `true`, `false`, a whole number or a text; left out, the attribute is taken away.
        value: Option<Literal>,
    },
    /// Disable an account: no sign-in, all sessions end. Choices hold.
    Disable {
        /// External id (HR number).
        external_id: ExternalId,
        /// Enable it again instead.
        #[arg(long)]
        undo: bool,
    },
}

pub(super) async fn run(config: &Config, command: AccountCommand) -> Result<(), Failure> {
    let app = start(config).await?;
    match command {
        AccountCommand::Create { external_id } => {
            let token = accounts::invite(&app, &external_id, false).await?;
            print_link(config, &token);
        }
        AccountCommand::Reset { external_id } => {
            let token = accounts::invite(&app, &external_id, true).await?;
            print_link(config, &token);
        }
        AccountCommand::Role {
            external_id,
            role,
            remove,
        } => {
            accounts::set_role(&app, &external_id, role, !remove).await?;
            println!(
                "{external_id} {} {role}.",
                if remove { "is no longer" } else { "is" }
            );
        }
        AccountCommand::Attribute {
            external_id,
            name,
            value,
        } => {
            let known = value.is_some();
            directory::set_attribute(&app, &external_id, &name, value).await?;
            let so = if known { "known" } else { "no longer known" };
            println!("{name} of {external_id} is {so}.");
        }
        AccountCommand::Disable { external_id, undo } => {
            accounts::set_disabled(&app, &external_id, !undo).await?;
            println!(
                "{external_id} is {}.",
                if undo { "enabled" } else { "disabled" }
            );
        }
    }
    Ok(())
}

pub(super) async fn import(app: &App, file: &Path) -> Result<(), Failure> {
    let csv =
        std::fs::read(file).map_err(|error| Failure(format!("{}: {error}", file.display())))?;
    match directory::import(app, &csv).await {
        Ok(imported) => {
            println!(
                "{} added, {} brought up to date.",
                imported.added, imported.updated
            );
            Ok(())
        }
        Err(ImportError::Rows(errors)) => {
            for error in &errors {
                eprintln!("{}: {error}", file.display());
            }
            Err(Failure("nothing was imported".into()))
        }
        Err(ImportError::App(error)) => Err(error.into()),
    }
}

fn print_link(config: &Config, token: &str) {
    let url = config
        .server
        .url
        .clone()
        .unwrap_or_else(|| format!("http://{}", config.server.listen));
    println!(
        "Give this link to that person only. It works once, for {} days:",
        config.holds.invitation_days
    );
    println!("{url}/invitations/{token}");
}
