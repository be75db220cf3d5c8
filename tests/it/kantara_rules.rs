//! What the published schema of Kantara Consent Receipt 1.1 (draft 6 of 2017-11-17) demands, as rules of our own.

use serde_json::Value;

fn text(node: &Value, name: &str) -> Result<(), String> {
    match node[name].as_str() {
        Some("") | None => Err(format!("{name} must be text")),
        Some(_) => Ok(()),
    }
}

fn list<'a>(node: &'a Value, name: &str) -> Result<&'a Vec<Value>, String> {
    node[name]
        .as_array()
        .ok_or(format!("{name} must be a list"))
}

fn texts(node: &Value, name: &str) -> Result<(), String> {
    let fits = list(node, name)?.iter().all(Value::is_string);
    fits.then_some(()).ok_or(format!("{name} must hold texts"))
}

/// The first rule that a receipt breaks.
pub fn check(receipt: &Value) -> Result<(), String> {
    for name in [
        "version",
        "jurisdiction",
        "collectionMethod",
        "consentReceiptID",
        "piiPrincipalId",
        "policyUrl",
    ] {
        text(receipt, name)?;
    }
    if receipt["consentTimestamp"].as_u64().is_none() {
        return Err("consentTimestamp must be whole seconds".into());
    }
    if !receipt["sensitive"].is_boolean() {
        return Err("sensitive must be yes or no".into());
    }
    texts(receipt, "spiCat")?;
    for controller in list(receipt, "piiControllers")? {
        for name in ["piiController", "contact", "email", "phone"] {
            text(controller, name)?;
        }
        if !controller["address"].is_object() {
            return Err("address must be an object".into());
        }
    }
    for service in list(receipt, "services")? {
        text(service, "service")?;
        for purpose in list(service, "purposes")? {
            text(purpose, "consentType")?;
            text(purpose, "termination")?;
            texts(purpose, "purposeCategory")?;
            texts(purpose, "piiCategory")?;
            match purpose["thirdPartyDisclosure"].as_bool() {
                Some(true) => text(purpose, "thirdPartyName")?,
                Some(false) => {}
                None => return Err("thirdPartyDisclosure must be yes or no".into()),
            }
        }
    }
    Ok(())
}

#[test]
fn the_rules_refuse_a_receipt_that_lacks_any_required_field() {
    let whole = serde_json::json!({
        "version": "KI-CR-v1.1.0", "jurisdiction": "DE", "consentTimestamp": 1, "collectionMethod": "portal",
        "consentReceiptID": "1", "piiPrincipalId": "x", "policyUrl": "https://x.example", "sensitive": false, "spiCat": [],
        "piiControllers": [], "services": [],
    });
    check(&whole).unwrap();
    for name in whole.as_object().unwrap().keys() {
        let mut lacking = whole.clone();
        lacking.as_object_mut().unwrap().remove(name);
        check(&lacking).unwrap_err();
    }
}
