//! The settings of a test company.

use std::path::Path;

use sayso::app::settings::House;
use sayso::config::{Config, Data, LedgerSettings, Server};
use sayso::domain::consent::{Address, Party};

/// The name of its log.
pub const ORIGIN: &str = "ledger.brackwater.example";

/// The settings of a test company: its keys lie in a folder of their own.
pub fn config(dir: &Path, url: &str) -> Config {
    Config {
        data: Data {
            dir: dir.to_owned(),
            database: Some(url.to_owned()),
            keys: Some(dir.join("keys")),
        },
        ledger: LedgerSettings {
            origin: ORIGIN.into(),
            ..LedgerSettings::default()
        },
        server: Server {
            url: Some("https://sayso.brackwater.example".into()),
            ..Server::default()
        },
        house: House {
            name: "Brackwater Instruments".into(),
            privacy_email: Some("privacy@brackwater.example".into()),
            address: Some(Address {
                street: "Am Prüfstand 12".into(),
                postal_code: "10115".into(),
                city: "Berlin".into(),
                country: "DE".parse().unwrap(),
            }),
            phone: Some("+49 30 23125 210".into()),
            jurisdiction: Some("DE".parse().unwrap()),
            authority: Some(Party {
                name: "Authority of the State".into(),
                address: "Amtsweg 1, 10115 Berlin, DE".into(),
                contact: "complaints@authority.example".into(),
            }),
            ..House::default()
        },
        ..Config::default()
    }
}
