//! A model of Casdoor's mobile app, based on a description of its algorithm: it identifies rows by
//! `accountName:issuer`, trusts `updatedTime`, deletes what the server does not have, and writes back the complete
//! user.

use super::server::RowValues;
use serde_json::{Value, json};

/// A row in the phone's table. Times are in seconds of the phone's clock.
#[derive(Clone, Debug)]
pub struct PhoneRow {
    pub four: RowValues,
    pub old_name: Option<String>,
    pub deleted: bool,
    pub changed_at: u64,
    pub synced_at: Option<u64>,
}

/// The phone's progress in a sync.
#[derive(Debug, Default)]
pub enum Step {
    /// No sync is running.
    #[default]
    Idle,
    /// The phone found a difference. Next, it reads the user again and writes.
    ToReread,
    /// The phone has read the user that it will write back.
    ToWrite(Value),
}

/// A simulated phone with Casdoor's mobile app.
#[derive(Debug)]
pub struct Phone {
    pub rows: Vec<PhoneRow>,
    pub origin: String,
    pub step: Step,
    /// The number of rows that disappeared although the phone's user did not delete them.
    pub lost: usize,
}

fn key(four: &RowValues) -> String {
    format!("{}:{}", four[0], four[1])
}

impl Phone {
    pub fn new(origin: &str) -> Self {
        Self { rows: Vec::new(), origin: origin.into(), step: Step::Idle, lost: 0 }
    }

    /// Scans a code. If the key exists, the name gets a suffix.
    pub fn scan(&mut self, name: &str, issuer: &str, secret: &str, now: u64) {
        let mut name = name.to_owned();
        while self.rows.iter().any(|row| row.four[0] == name && row.four[1] == issuer) {
            name.push_str("_x");
        }
        let four = [name, issuer.into(), secret.into(), self.origin.clone()];
        self.rows.push(PhoneRow { four, old_name: None, deleted: false, changed_at: now, synced_at: None });
    }

    pub fn rename(&mut self, index: usize, name: &str, now: u64) {
        let row = &mut self.rows[index];
        row.old_name.get_or_insert_with(|| row.four[0].clone());
        row.four[0] = name.into();
        row.changed_at = now;
    }

    pub fn delete(&mut self, index: usize, now: u64) {
        self.rows[index].deleted = true;
        self.rows[index].changed_at = now;
    }

    /// Performs steps 2 to 5 of a sync: reads and merges. Afterwards, [`Phone::step`] says whether it continues with a
    /// write.
    pub fn merge(&mut self, user: &Value) {
        let updated = user["updatedTime"].as_u64().unwrap_or(0);
        let server = rows_of(user);
        let mut merged: Vec<PhoneRow> = Vec::new();
        let mut met = vec![false; self.rows.len()];
        for theirs in &server {
            let same = |row: &PhoneRow| {
                let old = row.old_name.as_ref().map(|old| format!("{old}:{}", row.four[1]));
                key(&row.four) == key(theirs) || old.as_deref() == Some(&key(theirs))
            };
            let found = self.rows.iter().position(same);
            let next = match found {
                Some(index) if updated > self.rows[index].changed_at => {
                    let synced_at = self.rows[index].synced_at;
                    PhoneRow { four: theirs.clone(), old_name: None, deleted: false, changed_at: updated, synced_at }
                }
                Some(index) => self.rows[index].clone(),
                None => PhoneRow {
                    four: theirs.clone(),
                    old_name: None,
                    deleted: false,
                    changed_at: updated,
                    synced_at: None,
                },
            };
            if let Some(index) = found {
                met[index] = true;
            }
            // The mobile app stores rows in a map, so of two rows with equal keys only the last one remains.
            merged.retain(|row| key(&row.four) != key(&next.four));
            merged.push(next);
        }
        for (row, met) in self.rows.iter().zip(met) {
            let gone = row.synced_at.is_some_and(|synced| updated > synced);
            if !met && !gone && !merged.iter().any(|other| key(&other.four) == key(&row.four)) {
                merged.push(row.clone());
            }
        }
        let kept = |row: &PhoneRow| merged.iter().any(|other| other.four[2] == row.four[2]);
        self.lost += self.rows.iter().filter(|row| !row.deleted && !kept(row)).count();
        merged.retain(|row| !row.deleted);
        self.rows = merged;
        self.step = if self.sorted() == sorted(server) { Step::Idle } else { Step::ToReread };
    }

    fn sorted(&self) -> Vec<RowValues> {
        sorted(self.rows.iter().map(|row| row.four.clone()).collect())
    }

    /// Returns the user to write back: the one that was read last, with the phone's own list.
    pub fn fill(&self, mut user: Value) -> Value {
        let rows = self.rows.iter().map(|row| {
            let [name, issuer, secret, origin] = &row.four;
            json!({"accountName": name, "issuer": issuer, "secretKey": secret, "origin": origin})
        });
        user["mfaAccounts"] = rows.collect();
        user
    }

    /// Completes a sync.
    pub fn synced(&mut self, now: u64) {
        for row in &mut self.rows {
            row.synced_at = Some(now);
            row.old_name = None;
        }
    }
}

fn rows_of(user: &Value) -> Vec<RowValues> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let four = |row: &Value| ["accountName", "issuer", "secretKey", "origin"].map(|field| text(row, field));
    user["mfaAccounts"].as_array().map(|rows| rows.iter().map(four).collect()).unwrap_or_default()
}

fn sorted(mut rows: Vec<RowValues>) -> Vec<RowValues> {
    rows.sort();
    rows
}
