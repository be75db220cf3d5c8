//! Text that stays on its line and reads in the order in which it was written.

/// Whether a text has neither control characters nor those that turn the direction of reading (Unicode bidirectional
/// controls): with them a title can show other words than it holds.
pub fn is_plain(text: &str) -> bool {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.chars().any(|c| c.is_control() || turns(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cannot_be_turned_round() {
        assert!(is_plain("Märit’s laptop, עברית, 2 × 3"));
        for bad in ["a\nb", "a\u{202e}b", "a\u{2067}b", "\u{200f}a"] {
            assert!(!is_plain(bad), "{bad:?}");
        }
    }
}
