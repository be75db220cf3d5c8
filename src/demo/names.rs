//! Names of invented people, in groups of one language each so that given and family name go together.
//!
//! To add a language: one more group here. Within a group every name is used at most once, so that nobody shares one.

use crate::domain::employee::Locale;

/// Names that go together.
pub(super) struct Group {
    /// The language in which most of these people read; where there is no such catalogue, English.
    pub(super) locale: Locale,
    /// Given names.
    pub(super) given: [&'static str; 7],
    /// Family names.
    pub(super) family: [&'static str; 7],
}

pub(super) const GROUPS: [Group; 9] = [
    Group {
        locale: Locale::De,
        given: [
            "Annegret",
            "Bernd",
            "Friederike",
            "Jannis",
            "Lioba",
            "Ruben",
            "Wiebke",
        ],
        family: [
            "Ahlhorn",
            "Dietzmann",
            "Fleischhauer-Rode",
            "Grünhage",
            "Kappelmann",
            "Möhrensen",
            "Weißgraf",
        ],
    },
    Group {
        locale: Locale::De,
        given: ["Elif", "Kerem", "Deniz", "Nazan", "Cem", "Aylin", "Tarık"],
        family: [
            "Aksoylu",
            "Bozdemir",
            "Çelikkan",
            "Erginay",
            "Karataşlı",
            "Öztopal",
            "Yalınkaya",
        ],
    },
    Group {
        locale: Locale::En,
        given: [
            "Imogen", "Callum", "Beatrix", "Desmond", "Fenella", "Rhys", "Winifred",
        ],
        family: [
            "Ashcombe",
            "Brathwaite-Moss",
            "Coldwell",
            "Dunmorrow",
            "Garrowby",
            "Pellowe",
            "Tregarthick",
        ],
    },
    Group {
        locale: Locale::En,
        given: [
            "Adaeze", "Chidi", "Folasade", "Kwabena", "Ngozi", "Temitope", "Yaw",
        ],
        family: [
            "Adomako-Berko",
            "Ezenwachi",
            "Igbokhare",
            "Nkansah-Obi",
            "Okwuosah",
            "Salakore",
            "Umeadiche",
        ],
    },
    Group {
        locale: Locale::En,
        given: [
            "Anjali", "Bhaskar", "Devika", "Harsh", "Meenal", "Raghav", "Sharada",
        ],
        family: [
            "Bhandarwal",
            "Chittaranjan",
            "Deshmukhe",
            "Kulshrestha",
            "Nambiarkar",
            "Sengupte",
            "Varadhan",
        ],
    },
    Group {
        locale: Locale::Fr,
        given: [
            "Aurélie",
            "Baptiste",
            "Corentin",
            "Élodie",
            "Gaëlle",
            "Loïc",
            "Ségolène",
        ],
        family: [
            "Aubrevert",
            "Chastellier",
            "Delacombe",
            "Fontvieille",
            "Lescarret",
            "Montaigut",
            "Roquebert",
        ],
    },
    Group {
        locale: Locale::Es,
        given: [
            "Amaia", "Bruno", "Candela", "Íñigo", "Lucía", "Rocío", "Xabier",
        ],
        family: [
            "Arozamendi",
            "Belmontes",
            "Cifuentes Roa",
            "Echeveste",
            "Larrañaga",
            "Quintanar",
            "Valdeón",
        ],
    },
    Group {
        locale: Locale::De,
        given: [
            "Bożena", "Grzegorz", "Halina", "Kacper", "Łucja", "Wojciech", "Zofia",
        ],
        family: [
            "Białkowicz",
            "Drzymalski",
            "Gąsiorek",
            "Jędrzejak",
            "Łopatniuk",
            "Skwarczyński",
            "Żurawlew",
        ],
    },
    Group {
        locale: Locale::En,
        given: ["Åsa", "Eskil", "Frøya", "Gudrun", "Ivar", "Runa", "Torvald"],
        family: [
            "Bergslien",
            "Fjelltun",
            "Grimsvåg",
            "Hovdeland",
            "Lyngstrøm",
            "Raudmyr",
            "Skogsäter",
        ],
    },
];

/// A name as it stands in an address: lower case, ASCII, words joined by hyphens.
pub(super) fn in_address(name: &str) -> String {
    let mut address = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '-' => address.push(letter),
            ' ' => address.push('-'),
            'ä' | 'æ' => address.push_str("ae"),
            'ö' | 'ø' => address.push_str("oe"),
            'ü' => address.push_str("ue"),
            'ß' => address.push_str("ss"),
            'å' | 'á' | 'à' | 'â' | 'ą' => address.push('a'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => address.push('e'),
            'í' | 'ï' | 'î' | 'ı' => address.push('i'),
            'ó' | 'ô' => address.push('o'),
            'ç' | 'ć' => address.push('c'),
            'ñ' | 'ń' => address.push('n'),
            'ł' => address.push('l'),
            'ś' | 'ş' => address.push('s'),
            'ż' | 'ź' => address.push('z'),
            'ú' | 'ù' => address.push('u'),
            _ => {}
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_every_name_has_its_place_in_an_address() {
        for group in &GROUPS {
            for name in group.given.iter().chain(&group.family) {
                let address = in_address(name);
                assert!(
                    address.chars().count() >= name.chars().count(),
                    "{name} became {address}"
                );
            }
        }
        assert_eq!(in_address("Żurawlew"), "zurawlew");
        assert_eq!(in_address("Cifuentes Roa"), "cifuentes-roa");
    }
}
