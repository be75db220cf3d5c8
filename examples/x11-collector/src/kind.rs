//! What is counted.

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The pointer moved.
    Movement,
    /// A button went down.
    Click,
    /// A key went down.
    Key,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Movement, Self::Click, Self::Key];

    /// The data category that a person says yes or no to.
    pub const fn category(self) -> &'static str {
        match self {
            Self::Movement => "mouse_movement",
            Self::Click => "click_location",
            Self::Key => "keystrokes",
        }
    }

    /// In words for the indicator.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Movement => "pointer movements",
            Self::Click => "clicks",
            Self::Key => "keys",
        }
    }
}
