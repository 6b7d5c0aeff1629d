//! User records: which fields a viewer sees, and how a request body changes them, with the real server's pitfalls.

use serde_json::{Map, Value};

use super::{Organization, User, World, touch};
use crate::release::Release;

/// The four fields of an element of `mfaAccounts`.
const ROW: [&str; 4] = ["accountName", "issuer", "secretKey", "origin"];

/// The fields that do not change when users save their whole record.
const KEPT: &str = "id name createdTime updatedTime deletedTime externalId type password passwordSalt passwordType email phone \
    avatarType permanentAvatar isAdmin isForbidden isDeleted isOnline realName isVerified balance balanceCredit balanceCurrency \
    currency accessKey accessSecret accessToken originalToken originalRefreshToken createdIp lastSigninTime lastSigninIp preHash \
    preferredMfaType recoveryCodes totpSecret mfaRadiusEnabled mfaRadiusUsername mfaRadiusProvider mfaPushEnabled mfaPushReceiver \
    mfaPushProvider multiFactorAuths invitation invitationCode roles permissions ldap groups uidNumber";

/// The columns that an update writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    /// Nearly all columns, if there is no `columns` parameter. Fields missing from the body are set to zero values.
    All,
    /// The names in the parameter.
    Named(Vec<String>),
}

/// The reason why a body is rejected, in Casdoor's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MergeError {
    /// The body is not JSON.
    #[error("{0}")]
    Syntax(String),
    /// A field has the wrong type.
    #[error("json: cannot unmarshal {found} into Go struct field {field} of type {wanted}")]
    Type {
        /// JSON's name of the found type.
        found: &'static str,
        /// The struct and field.
        field: String,
        /// Go's name of the expected type.
        wanted: &'static str,
    },
    /// The body is not an object.
    #[error("json: cannot unmarshal {0} into Go value of type object.User")]
    Shape(&'static str),
    /// The body belongs to another user or to none.
    #[error("Unauthorized operation")]
    Owner,
    /// The display name is empty.
    #[error("Display name cannot be empty")]
    DisplayName,
    /// The account item allows only administrators to change it.
    #[error("Only admin can modify the {0}.")]
    OnlyAdmin(String),
    /// The account item allows no one to change it.
    #[error("The {0} is immutable.")]
    Immutable(String),
}

impl Columns {
    /// Parses the `columns` parameter as this release does.
    pub fn parse(text: &str, release: Release) -> Self {
        if text.is_empty() {
            return Self::All;
        }
        let spell = |name: &str| {
            if release.merges_columns() { snake_case(name) } else { name.to_owned() }
        };
        Self::Named(text.split(',').map(spell).collect())
    }

    fn write(&self, field: &str) -> bool {
        match self {
            Self::All => !KEPT.split_whitespace().any(|kept| kept == field),
            Self::Named(names) => names.iter().any(|name| name.eq_ignore_ascii_case(&column(field))),
        }
    }
}

/// Returns a field's database column: snake case, with three exceptions.
fn column(field: &str) -> String {
    match field {
        "mfaAccounts" | "managedAccounts" | "webauthnCredentials" => field.to_owned(),
        _ => snake_case(field),
    }
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for sign in name.chars() {
        if sign.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(sign.to_ascii_lowercase());
    }
    text
}

impl World {
    /// Applies a body to a user if the rules allow it.
    pub fn update_user(
        &mut self,
        id: &str,
        body: &[u8],
        columns: &Columns,
        is_admin: bool,
        now: i64,
    ) -> Result<(), MergeError> {
        let Some(old) = self.user(id).cloned() else {
            return Ok(());
        };
        let parsed: Value = serde_json::from_slice(body).map_err(|error| MergeError::Syntax(error.to_string()))?;
        let merges = matches!(columns, Columns::Named(_)) && self.release.merges_columns();
        let onto = if merges { old.record.clone() } else { zeroed(&old.record) };
        let new = decoded(&onto, &parsed)?;
        if new.get("owner") != old.record.get("owner") {
            return Err(MergeError::Owner);
        }
        if new.get("displayName").and_then(Value::as_str).unwrap_or_default().is_empty() {
            return Err(MergeError::DisplayName);
        }
        let items = self.organization(old.text("owner")).map(|found| found.account_items.clone()).unwrap_or_default();
        let new = if is_admin { new } else { permitted(&old.record, new, &items)? };
        if let Some(user) = self.user_mut(id) {
            write(user, new, columns);
            touch(user, now);
        }
        Ok(())
    }
}

fn write(user: &mut User, new: Map<String, Value>, columns: &Columns) {
    for (field, value) in new {
        if columns.write(&field) {
            user.record.insert(field, value);
        }
    }
}

/// Returns the same fields, each with Go's zero value of its type.
pub(crate) fn zeroed(record: &Map<String, Value>) -> Map<String, Value> {
    record.iter().map(|(field, value)| (field.clone(), zero(value))).collect()
}

fn zero(value: &Value) -> Value {
    match value {
        Value::String(_) => "".into(),
        Value::Number(_) => 0.into(),
        Value::Bool(_) => false.into(),
        Value::Null | Value::Array(_) | Value::Object(_) => Value::Null,
    }
}

/// Decodes a body into a record as Go does: unknown fields are dropped, and `null` leaves scalar values unchanged.
fn decoded(onto: &Map<String, Value>, body: &Value) -> Result<Map<String, Value>, MergeError> {
    let mut record = onto.clone();
    let Some(body) = body.as_object() else {
        return Err(MergeError::Shape(name_of(body)));
    };
    for (field, value) in body {
        let Some(old) = record.get(field) else {
            continue;
        };
        let new = if field == "mfaAccounts" { rows(old, value)? } else { plain(field, old, value)? };
        record.insert(field.clone(), new);
    }
    Ok(record)
}

fn plain(field: &str, old: &Value, new: &Value) -> Result<Value, MergeError> {
    let name = || format!("User.{field}");
    match (old, new) {
        (Value::String(_) | Value::Number(_) | Value::Bool(_), Value::Null) => Ok(old.clone()),
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => Ok(new.clone()),
        (Value::String(_), _) => Err(mismatch(new, &name(), "string")),
        (Value::Number(_), _) => Err(mismatch(new, &name(), "int")),
        (Value::Bool(_), _) => Err(mismatch(new, &name(), "bool")),
        _ => Ok(new.clone()),
    }
}

/// Decodes the list into the stored one as Go does: if an element omits a field or has `null`, it keeps the value of
/// the stored element at the same index.
fn rows(old: &Value, new: &Value) -> Result<Value, MergeError> {
    match new {
        Value::Null => Ok(Value::Null),
        Value::Array(elements) => {
            let row = |(at, element): (usize, &Value)| row(old.get(at), element);
            elements.iter().enumerate().map(row).collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        other => Err(mismatch(other, "User.mfaAccounts", "[]object.MfaAccount")),
    }
}

fn row(old: Option<&Value>, new: &Value) -> Result<Value, MergeError> {
    if !(new.is_object() || new.is_null()) {
        return Err(mismatch(new, "User.mfaAccounts", "object.MfaAccount"));
    }
    let kept = |field| old.and_then(|old| old.get(field)).cloned().unwrap_or_else(|| "".into());
    let value = |field: &'static str| match new.get(field) {
        None | Some(Value::Null) => Ok((field.to_owned(), kept(field))),
        Some(Value::String(text)) => Ok((field.to_owned(), text.clone().into())),
        Some(other) => Err(mismatch(other, &format!("MfaAccount.mfaAccounts.{field}"), "string")),
    };
    ROW.into_iter().map(value).collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

fn mismatch(found: &Value, field: &str, wanted: &'static str) -> MergeError {
    MergeError::Type { found: name_of(found), field: field.to_owned(), wanted }
}

/// Returns JSON's name of a value's type.
fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Removes changes that the modify rules forbid. The list of accounts is not covered by these rules.
fn permitted(
    old: &Map<String, Value>,
    mut new: Map<String, Value>,
    items: &[Value],
) -> Result<Map<String, Value>, MergeError> {
    for item in items {
        let text = |key| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let Some(field) = field_of(old, text("name")).filter(|field| field != "mfaAccounts") else {
            continue;
        };
        let (was, is) = (old.get(&field).cloned().unwrap_or_default(), new.get(&field));
        if is == Some(&was) || is.is_none_or(Value::is_null) && is_null_or_empty(&was) {
            continue;
        }
        match (text("modifyRule"), text("viewRule")) {
            ("Admin", "Admin") => _ = new.insert(field, was),
            ("Admin", _) => return Err(MergeError::OnlyAdmin(text("name").to_owned())),
            ("Immutable", _) => return Err(MergeError::Immutable(text("name").to_owned())),
            _ => {}
        }
    }
    Ok(new)
}

fn is_null_or_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Returns the record's field for an account item's name.
fn field_of(record: &Map<String, Value>, item: &str) -> Option<String> {
    let known = match item {
        "Multi-factor authentication" => "preferredMfaType",
        "User type" => "type",
        "Country/Region" => "region",
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    let plain = item.replace(' ', "").to_lowercase();
    record.keys().find(|field| field.to_lowercase() == plain).cloned()
}

/// The user who reads a record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Viewer {
    /// True if the record is the viewer's own, or the viewer is an administrator.
    pub is_self_or_admin: bool,
    /// True if the viewer is an administrator.
    pub is_admin: bool,
}

/// Returns the record without the fields that are never shown. The secrets of the account list are included, because
/// Casdoor's attempt to remove them has no effect.
pub(crate) fn masked(user: &User) -> Map<String, Value> {
    let mut record = user.record.clone();
    for (field, value) in [("password", "***".into()), ("totpSecret", "".into()), ("recoveryCodes", Value::Null)] {
        record.insert(field.to_owned(), value);
    }
    record
}

/// Returns the fields that the organization's account items show to this viewer. A missing item hides nothing.
pub(crate) fn filtered(
    mut record: Map<String, Value>,
    organization: &Organization,
    viewer: Viewer,
) -> Map<String, Value> {
    for item in &organization.account_items {
        let text = |key| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let shown = match text("viewRule") {
            "Public" => true,
            "Self" => viewer.is_self_or_admin,
            "Admin" => viewer.is_admin,
            _ => false,
        };
        if let Some(field) = field_of(&record, text("name")).filter(|_| !shown) {
            let blank = record.get(&field).map(zero).unwrap_or_default();
            record.insert(field, blank);
        }
    }
    record
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn new_releases_write_the_list_for_only_one_spelling_of_its_column() {
        let writes = |spelling, release| Columns::parse(spelling, release).write("mfaAccounts");
        assert!(writes("mfaaccounts", Release::V3_158));
        assert!(!writes("mfaAccounts", Release::V3_158));
        assert!(!writes("mfa_accounts", Release::V3_158));
        assert!(!writes("MFAACCOUNTS", Release::V3_158));
        assert!(writes("mfaAccounts", Release::V3_40));
        assert!(!writes("mfa_accounts", Release::V3_40));
        assert!(writes("", Release::V3_158));
    }

    #[test]
    fn an_element_keeps_the_fields_that_it_omits() {
        let old = json!([{"accountName": "a", "issuer": "I", "secretKey": "S", "origin": "o"}]);
        let new = json!([{"accountName": "b", "secretKey": "T", "issuer": null}, {"accountName": "c"}]);
        let expected = json!([
            {"accountName": "b", "issuer": "I", "secretKey": "T", "origin": "o"},
            {"accountName": "c", "issuer": "", "secretKey": "", "origin": ""},
        ]);
        assert_eq!(rows(&old, &new).unwrap(), expected);
    }
}
