//! Strict JSON for the edges: an object where an object is due, and no name twice in it (I-JSON, RFC 7493).
//!
//! Why: serde alone takes `["E1", "mci"]` for a struct and overlooks an unknown name that stands twice. Two readers
//! of such a text can understand two different things, and one of them may understand a yes.

use core::fmt;
use core::marker::PhantomData;
use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a whole JSON text that must be one object, with unique names at every depth.
///
/// # Errors
/// What is wrong with the text. The message may repeat a part of it: show it to its sender at most, never log it.
pub fn from_slice<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice::<UniqueNames>(text)?;
    serde_json::from_slice::<Object<T>>(text).map(|object| object.0)
}

/// A struct that is read from an object only, never from an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// The name of a field, borrowed from the text where it can be.
#[derive(Debug, Clone)]
pub struct Name<'de>(pub Cow<'de, str>);

impl Name<'_> {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// The names of one object. Compared one by one while they are few, which is nearly always; however many there are, each
/// costs little.
#[derive(Debug, Default)]
pub struct Names<'de> {
    few: Vec<Cow<'de, str>>,
    many: BTreeSet<Cow<'de, str>>,
}

impl<'de> Names<'de> {
    const FEW: usize = 16;

    /// Takes one more.
    ///
    /// # Errors
    /// When it is there already.
    pub fn add<E: serde::de::Error>(&mut self, name: &Name<'de>) -> Result<(), E> {
        let new = if self.few.len() < Self::FEW {
            let new = !self.few.contains(&name.0);
            self.few.push(name.0.clone());
            new
        } else {
            !self.few.contains(&name.0) && self.many.insert(name.0.clone())
        };
        new.then_some(())
            .ok_or_else(|| E::custom("a name stands twice in one object"))
    }
}

/// Walks any JSON value and keeps nothing of it.
#[derive(Debug, Clone, Copy)]
pub struct UniqueNames;

impl<'de> Deserialize<'de> for UniqueNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for UniqueNames {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut names = Names::default();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            names.add(&name)?;
            map.next_value::<Self>()?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Answer {
        decision: bool,
        context: Option<Object<Context>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Context {
        seq: Option<u64>,
    }

    fn read(text: &str) -> Result<Answer, serde_json::Error> {
        from_slice(text.as_bytes())
    }

    #[test]
    fn objects_are_read_and_unknown_names_ignored() {
        let answer =
            read(r#" {"decision":true,"more":{"a":[1,-2,0.5,null,"x"]},"context":{"seq":7}} "#);
        assert_eq!(
            answer.unwrap(),
            Answer {
                decision: true,
                context: Some(Object(Context { seq: Some(7) }))
            }
        );
        assert_eq!(
            read(r#"{"decision":true,"context":null}"#).unwrap().context,
            None
        );
    }

    #[test]
    fn anything_that_two_readers_could_read_differently_is_refused() {
        for bad in [
            r#"{"decision":false,"decision":true}"#,
            r#"{"decision":false,"\u0064ecision":true}"#,
            r#"{"decision":true,"x":1,"x":2}"#,
            r#"{"decision":true,"x":[{"a":{"b":1,"b":1}}]}"#,
            r#"[true,{"seq":7}]"#,
            r#"{"decision":true,"context":[7]}"#,
            r#"{"decision":"true"}"#,
            r#"{"decision":1}"#,
            r#"{"decision":null}"#,
            r#"{"decision":true"#,
            r#"{"decision":true}{}"#,
            r#"{"decision":true} x"#,
            "{}",
            "true",
            "",
            "\u{feff}{\"decision\":true}",
            &format!(
                r#"{{"decision":true,"x":{}1{}}}"#,
                "[".repeat(200),
                "]".repeat(200)
            ),
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(from_slice::<Answer>(b"{\"decision\":true,\"x\":\"\xff\"}").is_err());
    }
}
