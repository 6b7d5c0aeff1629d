//! Parses JSON whose size the server determines: unused parts are skipped without allocating memory for them, and lists
//! have a maximum length.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::secret::Secret;

/// Parses a string, or returns the default for any other type.
pub(super) fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text: &RawValue = Deserialize::deserialize(deserializer)?;
    Ok(if text.get().starts_with('"') { serde_json::from_str(text.get()).unwrap_or_default() } else { String::new() })
}

/// Parses an integer that is not negative, or returns `None` for anything else.
pub(super) fn number_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text: &RawValue = Deserialize::deserialize(deserializer)?;
    Ok(text.get().parse().ok())
}

/// Parses a field so that `null` (`Some(None)`) differs from a missing field (`None`).
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Parses a list of at most `MOST` elements, or `null`.
pub(super) fn at_most<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    deserializer.deserialize_option(AtMost::<T> { most: MOST, element: PhantomData })
}

/// Returns the elements of a list, as text.
///
/// # Errors
/// `true` if there are more than `most`, and `false` if the text is not a list.
pub(in crate::casdoor) fn elements(list: &RawValue, most: usize) -> Result<Vec<&RawValue>, bool> {
    if !list.get().starts_with('[') {
        return Err(false);
    }
    let mut deserializer = serde_json::Deserializer::from_str(list.get());
    // The text is valid JSON, so only the number of elements can be wrong.
    deserializer.deserialize_seq(AtMost { most, element: PhantomData }).map_err(|_| true).map(Option::unwrap_or_default)
}

/// Returns an object with a new value for one of its fields, which is moved to the end; `None` for anything but an
/// object. The rest is copied as text. The name must not need escapes.
pub(in crate::casdoor) fn replace_field(object: &RawValue, name: &str, value: &str) -> Option<Secret<String>> {
    if !object.get().starts_with('{') {
        return None;
    }
    // Allocated at full length, because growing would leave a copy of the secrets in freed memory.
    let bytes = object.get().len().saturating_add(name.len()).saturating_add(value.len()).saturating_add(8);
    let mut written = String::with_capacity(bytes);
    let mut deserializer = serde_json::Deserializer::from_str(object.get());
    let copied = OtherFields { name, written: &mut written }.deserialize(&mut deserializer);
    for part in ["\"", name, "\":", value, "}"] {
        written.push_str(part);
    }
    let written = Secret::new(written);
    copied.is_ok().then_some(written)
}

struct AtMost<T> {
    most: usize,
    element: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for AtMost<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of at most {} elements", self.most)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while elements.len() < self.most {
            match sequence.next_element()? {
                Some(element) => elements.push(element),
                None => return Ok(Some(elements)),
            }
        }
        match sequence.next_element::<IgnoredAny>()? {
            Some(_) => Err(A::Error::custom("too many elements")),
            None => Ok(Some(elements)),
        }
    }
}

/// Copies an object without its closing brace and without one of its fields.
struct OtherFields<'a> {
    name: &'a str,
    written: &'a mut String,
}

impl<'de> DeserializeSeed<'de> for OtherFields<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OtherFields<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        self.written.push('{');
        while let Some(name) = fields.next_key::<String>()? {
            let value: &RawValue = fields.next_value()?;
            if name != self.name {
                self.written.push_str(&serde_json::to_string(&name).map_err(A::Error::custom)?);
                self.written.push(':');
                self.written.push_str(value.get());
                self.written.push(',');
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn raw(text: &str) -> &RawValue {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_list_is_parsed_up_to_its_limit_and_other_values_are_rejected() {
        assert_eq!(elements(raw("[1, [2], {}]"), 3).unwrap().len(), 3);
        assert!(elements(raw("[]"), 0).unwrap().is_empty());
        assert_eq!(elements(raw("[1,2,3,4]"), 3).err(), Some(true));
        for text in ["{}", "1", "\"[]\"", "null"] {
            assert_eq!(elements(raw(text), 3).err(), Some(false), "{text}");
        }
    }

    #[test]
    fn a_field_that_occurs_twice_is_replaced_once_and_the_rest_is_copied() {
        let written = replace_field(raw(r#"{ "a": {"x":1.50}, "l": 1, "\u006c": 2, "z": null }"#), "l", "[3]").unwrap();
        assert_eq!(written.expose(), r#"{"a":{"x":1.50},"z":null,"l":[3]}"#);
        assert!(replace_field(raw("[]"), "l", "1").is_none());
    }

    #[test]
    fn values_of_another_type_are_ignored() {
        #[derive(Deserialize)]
        struct Read {
            #[serde(default, deserialize_with = "text_or_nothing")]
            text: String,
            #[serde(default, deserialize_with = "number_or_nothing")]
            number: Option<u64>,
        }
        let read = |text: &str| serde_json::from_str::<Read>(text).map(|read| (read.text, read.number)).unwrap();
        assert_eq!(read(r#"{"text":"a\u0062","number":7}"#), ("ab".into(), Some(7)));
        for text in [r#"{"text":[1],"number":-1}"#, r#"{"text":{"a":"b"},"number":"7"}"#, r#"{"text":null}"#, "{}"] {
            assert_eq!(read(text), (String::new(), None), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_replaced_field_is_parsed_as_if_it_had_been_set(names in prop::collection::vec("[a-c\"é]{0,2}", 0..6)) {
            let object: serde_json::Map<String, Value> =
                names.into_iter().enumerate().map(|(at, name)| (name, json!({ "at": at }))).collect();
            let text = Value::Object(object.clone()).to_string();
            let written = replace_field(raw(&text), "a", "[1]").unwrap();
            let mut expected = object;
            expected.insert("a".into(), json!([1]));
            prop_assert_eq!(serde_json::from_str::<Value>(written.expose()).unwrap(), Value::Object(expected));
        }
    }
}
