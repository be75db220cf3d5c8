//! Fields: what is there, what is not, and what no reader may read in two ways.

use super::*;
use crate::domain::strict::Name;

#[derive(Debug, Default)]
struct Thing<'a> {
    name: Field<Cow<'a, str>>,
    number: Field<u64>,
    inner: Field<Box<Properties<'a>>>,
    list: Field<Vec<Field<u64>>>,
}

impl<'de> Read<'de> for Box<Properties<'de>> {
    fn object<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(Properties::object(map)?.map(Box::new))
    }
}

fields!('de Thing<'de>: "name" = name, "number" = number, "inner" = inner, "list" = list);

fn read(text: &str) -> Result<Field<Thing<'_>>, serde_json::Error> {
    serde_json::from_slice(text.as_bytes())
}

fn thing(text: &str) -> Thing<'_> {
    match read(text) {
        Ok(Field::Is(thing)) => thing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fields_are_there_null_wrong_or_missing() {
    let thing =
        thing(r#"{"more":{"a":[1]},"name":"x\n","number":null,"list":[1,"2",-3,4.5,null]}"#);
    assert_eq!(thing.name, Field::Is("x\n".into()));
    assert_eq!(thing.number, Field::Null);
    assert_eq!(thing.inner, Field::Missing);
    let items = [
        Field::Is(1),
        Field::Wrong,
        Field::Wrong,
        Field::Wrong,
        Field::Null,
    ];
    assert_eq!(thing.list, Field::Is(items.into()));
    let wrong = self::thing(r#"{"name":["x",{"a":1}],"number":{"a":{}},"inner":true,"list":"x"}"#);
    assert!(wrong.name.is_wrong() && wrong.number.is_wrong());
    assert!(wrong.inner.is_wrong() && wrong.list.is_wrong());
}

#[test]
fn properties_keep_what_can_be_compared() {
    let thing = thing(
        r#"{"inner":{"a":true,"b":-7,"c":"x","d":1.5,"e":[1],"f":{"g":1},"h":null,"i":18446744073709551615}}"#,
    );
    let Field::Is(properties) = thing.inner else {
        panic!()
    };
    let said = |name| properties.get(name).cloned();
    assert_eq!(said("a"), Some(Value::Flag(true)));
    assert_eq!(said("b"), Some(Value::Number(-7)));
    assert_eq!(said("c"), Some(Value::Text("x".into())));
    for other in ["d", "e", "f", "i"] {
        assert_eq!(said(other), Some(Value::Other), "{other}");
    }
    assert_eq!(said("h"), None, "null is not said");
}

#[test]
fn a_name_that_stands_twice_spoils_the_whole_text_at_every_depth() {
    let many: Vec<_> = (0..40).map(|index| format!("\"n{index}\":1")).collect();
    let many = many.join(",");
    for bad in [
        r#"{"name":"a","name":"a"}"#,
        r#"{"name":null,"name":"a"}"#,
        r#"{"name":1,"\u006eame":"a"}"#,
        r#"{"x":1,"x":1}"#,
        r#"{"x":{"y":1,"y":1}}"#,
        r#"{"inner":{"a":1,"a":null}}"#,
        r#"{"inner":{"a":{"b":1,"b":2}}}"#,
        r#"{"name":{"b":1,"b":2}}"#,
        r#"{"list":[{"b":1,"b":2}]}"#,
        r#"{"list":{"b":1,"b":2}}"#,
        &format!("{{{many},\"n3\":1}}"),
        &format!("{{{many},\"n33\":1}}"),
        &format!("{{\"inner\":{{{many},\"n33\":1}}}}"),
        r#"{"name":"a""#,
        r#"{"name":"a"} x"#,
        "",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
    assert!(matches!(
        read(&format!("{{{many},\"n40\":1}}")),
        Ok(Field::Is(_))
    ));
    for other in ["[]", "7", "\"x\"", "true"] {
        assert!(matches!(read(other), Ok(Field::Wrong)), "{other}");
    }
    assert!(serde_json::from_slice::<Field<Thing<'_>>>(b"{\"x\":\"\xff\"}").is_err());
}

#[test]
fn names_are_borrowed_where_they_can_be() {
    let name: Name<'_> = serde_json::from_str("\"plain\"").unwrap();
    assert!(matches!(name.0, Cow::Borrowed("plain")));
}
