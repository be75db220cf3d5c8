//! A country, by its two-letter code (ISO 3166-1).

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::invalid::Invalid;

/// Countries in which the GDPR holds: the EEA.
const GDPR: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// A country, for example `DE`. Two capital letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

impl Country {
    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// Whether the GDPR holds there.
    pub fn has_gdpr(&self) -> bool {
        GDPR.contains(&self.code())
    }
}

impl FromStr for Country {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "country",
                "Name a country by its two capital letters, for example DE.",
            ))
        }
    }
}

impl TryFrom<String> for Country {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.0
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_capital_letters() {
        assert!("DE".parse::<Country>().unwrap().has_gdpr());
        assert!(!"US".parse::<Country>().unwrap().has_gdpr());
        for wrong in ["", "D", "de", "DEU", "Ü", "1A"] {
            assert!(wrong.parse::<Country>().is_err(), "{wrong}");
        }
    }
}
