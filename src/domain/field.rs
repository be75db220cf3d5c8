//! Fields of JSON that somebody else wrote, read in one pass and borrowed from the text: each is there, null, of another
//! type than is due, or missing, and the reader decides what to make of that. Only what is no JSON, or names a thing
//! twice in one object, fails as a whole (`strict.rs` says why).
//!
//! A new object is a struct of [`Field`]s and a line of [`fields!`]; a new kind of value implements [`Read`].

use core::fmt;
use core::marker::PhantomData;
use std::borrow::Cow;

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::property::{Properties, Value};
use super::strict::{Name, Names, UniqueNames};

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// Its name is not there.
    #[default]
    Missing,
    /// `null`, which means the same.
    Null,
    /// Of another type.
    Wrong,
    /// There.
    Is(T),
}

impl<T> Field<T> {
    /// The value, if it is there.
    pub const fn get(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            _ => None,
        }
    }

    /// Whether nothing was said.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Missing | Self::Null)
    }

    /// Whether it is of another type than is due.
    pub const fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong)
    }

    /// Reads the value that comes next in `map`.
    ///
    /// # Errors
    /// When it is no JSON, or was read before.
    pub fn read<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error>
    where
        T: Read<'de>,
    {
        if !matches!(self, Self::Missing) {
            return Err(A::Error::custom("a name stands twice in one object"));
        }
        *self = map.next_value()?;
        Ok(())
    }
}

/// A value that can be read from JSON. What it does not take is of another type.
pub trait Read<'de>: Sized {
    /// From a text.
    fn text(_: Cow<'de, str>) -> Option<Self> {
        None
    }

    /// From a whole number.
    fn number(_: i64) -> Option<Self> {
        None
    }

    /// From `true` or `false`.
    fn flag(_: bool) -> Option<Self> {
        None
    }

    /// From an object.
    ///
    /// # Errors
    /// When it is no JSON, or names a thing twice.
    fn object<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        UniqueNames.visit_map(map).map(|_| None)
    }

    /// From a list.
    ///
    /// # Errors
    /// When it is no JSON, or names a thing twice.
    fn list<A: SeqAccess<'de>>(list: A) -> Result<Option<Self>, A::Error> {
        UniqueNames.visit_seq(list).map(|_| None)
    }
}

/// Gives a struct of fields its names in JSON. Others are ignored, or kept in `rest`.
#[cfg(feature = "ssr")]
macro_rules! fields {
    ($lt:lifetime $name:ty: $($word:literal = $field:ident),* $(, .. = $rest:ident)?) => {
        impl<$lt> $crate::domain::field::Read<$lt> for $name {
            fn object<A: serde::de::MapAccess<$lt>>(mut map: A) -> Result<Option<Self>, A::Error> {
                let mut read = Self::default();
                let mut others = $crate::domain::strict::Names::default();
                while let Some(name) = map.next_key::<$crate::domain::strict::Name<$lt>>()? {
                    match name.as_str() {
                        $($word => read.$field.read(&mut map)?,)*
                        _ => {
                            others.add(&name)?;
                            $crate::domain::field::fields!(@other map name read $($rest)?);
                        }
                    }
                }
                Ok(Some(read))
            }
        }
    };
    (@other $map:ident $name:ident $read:ident) => {
        $map.next_value::<$crate::domain::strict::UniqueNames>()?
    };
    (@other $map:ident $name:ident $read:ident $rest:ident) => {
        $read.$rest.say($name, $map.next_value()?)
    };
}
#[cfg(feature = "ssr")]
pub(crate) use fields;

impl<'de, T: Read<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor(PhantomData))
    }
}

struct FieldVisitor<T>(PhantomData<T>);

impl<'de, T: Read<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Field<T>, E> {
        Ok(Field::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Field<T>, E> {
        Ok(T::flag(flag).into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Field<T>, E> {
        Ok(T::number(number).into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Field<T>, E> {
        Ok(i64::try_from(number).ok().and_then(T::number).into())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Field<T>, E> {
        Ok(Field::Wrong)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Field<T>, E> {
        Ok(T::text(Cow::Borrowed(text)).into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Field<T>, E> {
        Ok(T::text(Cow::Owned(text.to_owned())).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Field<T>, A::Error> {
        T::list(list).map(Into::into)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field<T>, A::Error> {
        T::object(map).map(Into::into)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Wrong, Self::Is)
    }
}

impl<'de> Read<'de> for Cow<'de, str> {
    fn text(text: Self) -> Option<Self> {
        Some(text)
    }
}

impl Read<'_> for u64 {
    fn number(number: i64) -> Option<Self> {
        number.try_into().ok()
    }
}

impl<'de> Read<'de> for Value<'de> {
    fn text(text: Cow<'de, str>) -> Option<Self> {
        Some(Self::Text(text))
    }

    fn number(number: i64) -> Option<Self> {
        Some(Self::Number(number))
    }

    fn flag(flag: bool) -> Option<Self> {
        Some(Self::Flag(flag))
    }
}

impl<'de, T: Read<'de>> Read<'de> for Vec<Field<T>> {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut items = Self::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Some(items))
    }
}

impl<'de> Properties<'de> {
    /// Adds what stands under a name; `null` is not said.
    pub fn say(&mut self, name: Name<'de>, value: Field<Value<'de>>) {
        match value {
            Field::Is(value) => self.0.push((name.0, value)),
            Field::Wrong => self.0.push((name.0, Value::Other)),
            Field::Missing | Field::Null => {}
        }
    }
}

impl<'de> Read<'de> for Properties<'de> {
    fn object<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut properties = Self::default();
        let mut names = Names::default();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            names.add(&name)?;
            properties.say(name, map.next_value()?);
        }
        Ok(Some(properties))
    }
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
