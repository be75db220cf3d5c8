//! One word per thing, in every layer: gives an enum its words for commands, tables, JSON and forms.

macro_rules! words {
    ($name:ident, $field:literal, $($variant:ident = $word:literal),*) => {
        impl $name {
            /// The one word for it in every layer.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::domain::invalid::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::domain::invalid::Invalid::new($field, concat!("Use one of:" $(, " ", $word)*))),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;
