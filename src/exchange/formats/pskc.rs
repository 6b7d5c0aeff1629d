//! PSKC, the Portable Symmetric Key Container (RFC 6030), in which makers of hardware tokens deliver seeds.
//!
//! ```text
//! <KeyContainer><KeyPackage>
//!   <DeviceInfo><Manufacturer/><SerialNo/></DeviceInfo>
//!   <Key Id Algorithm="urn:…:pskc:totp"><Issuer/><UserId/>
//!     <AlgorithmParameters><Suite/><ResponseFormat Length Encoding="DECIMAL"/></AlgorithmParameters>
//!     <Data><Secret><PlainValue>base64</PlainValue></Secret><Counter/><TimeInterval/></Data></Key></KeyPackage>…
//! ```
//!
//! The names may have any namespace prefix. An encrypted key (`EncryptedValue`) is reported.

use serde_json::Value;

use super::account_fields::AccountFields;
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::exchange::mapping::of_xml;
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::OtpError;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "pskc",
    title: "PSKC",
    detect: &[Detect::Text(|text| encoding::head(text).contains("KeyContainer") && text.contains("KeyPackage"))],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

/// Reads a container.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let text = encoding::text_of_any_encoding(bytes).ok_or(ExchangeError::Damaged("XML"))?;
    let document = of_xml(&text)?;
    let container = member(&document, "KeyContainer").ok_or(ExchangeError::Damaged("KeyContainer"))?;
    let packages = each(container, "KeyPackage").into_iter();
    let keys: Vec<(&Value, Option<&Value>)> = packages
        .flat_map(|package| each(package, "Key").into_iter().map(|key| (key, member(package, "DeviceInfo"))))
        .collect();
    Rows::read(Format::Pskc, &keys, |row, (key, device)| account(row, key, *device))
}

fn account(row: usize, key: &Value, device: Option<&Value>) -> Result<Imported, Reason> {
    let path = |names: &[&str]| names.iter().try_fold(key, |value, name| member(value, name));
    let text = |names: &[&str]| path(names).and_then(content).unwrap_or_default();
    let of_device = |name: &str| device.and_then(|device| content(member(device, name)?));
    let number = |names: &[&str], error| match text(names) {
        "" => Ok(None),
        text => text.parse::<u64>().map(Some).map_err(|_| Reason::Otp(error)),
    };
    let format = ["AlgorithmParameters", "ResponseFormat"];
    if !["", "DECIMAL"].contains(&text(&[format[0], format[1], "Encoding"])) {
        return Err(Reason::Kind);
    }
    let secret = path(&["Data", "Secret"]).ok_or(Reason::Otp(OtpError::NoSecret))?;
    if member(secret, "EncryptedValue").is_some() {
        return Err(Reason::Sealed);
    }
    let name = [text(&["UserId"]), text(&["FriendlyName"]), of_device("SerialNo").unwrap_or_default(), text(&["Id"])];
    let draft = AccountFields {
        kind: text(&["Algorithm"]).rsplit([':', '#']).next().unwrap_or_default(),
        issuer: Some(text(&["Issuer"]))
            .filter(|issuer| !issuer.is_empty())
            .or(of_device("Manufacturer"))
            .unwrap_or_default(),
        name: name.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
        algorithm: text(&["AlgorithmParameters", "Suite"]),
        digits: number(&[format[0], format[1], "Length"], OtpError::Digits)?,
        period: number(&["Data", "TimeInterval", "PlainValue"], OtpError::Period)?,
        counter: number(&["Data", "Counter", "PlainValue"], OtpError::Counter)?,
    };
    draft.with_key(row, encoding::base64_key(text(&["Data", "Secret", "PlainValue"])))
}

/// Returns the first element or attribute with a name, whatever its namespace prefix.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    each(value, name).into_iter().next()
}

/// Returns all elements with a name.
fn each<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    let is_one = |known: &str| known.rsplit(':').next() == Some(name);
    let members = value.as_object().into_iter().flat_map(|members| members.iter());
    let found = members.filter(|(known, _)| is_one(known)).map(|(_, value)| value);
    found.flat_map(|value| value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())).collect()
}

/// Returns the text of an element or attribute.
fn content(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("#text")?.as_str()).map(str::trim)
}
