//! Sorts the table of accounts on the options page by one of its columns.
//!
//! ```
//! use casdoor_authenticator::app::accounts::table::{Column, TableSort};
//!
//! // Clicks on the heading of a column sort by it, reverse the order, and restore the order of the list.
//! let ascending = TableSort::after_click(None, Column::Group);
//! let descending = TableSort::after_click(ascending, Column::Group);
//! assert_eq!(descending.map(|sort| sort.aria_sort()), Some("descending"));
//! assert_eq!(TableSort::after_click(descending, Column::Group), None);
//! ```

use crate::app::protocol::Row;
use crate::app::search;
use crate::vault::Site;

/// A column that the table can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The service.
    Service,
    /// The account name.
    Name,
    /// The group.
    Group,
    /// Where the account is stored.
    Stored,
    /// The sites where it may be filled.
    Sites,
}

impl Column {
    /// Returns the name used in pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Name => "name",
            Self::Group => "group",
            Self::Stored => "stored",
            Self::Sites => "sites",
        }
    }
}

/// The order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSort {
    /// The column.
    pub column: Column,
    /// From Z to A.
    pub is_descending: bool,
}

impl TableSort {
    /// Returns the order after a click on the heading of a column; `None` for the order of the list.
    pub fn after_click(current: Option<Self>, column: Column) -> Option<Self> {
        match current {
            Some(Self { column: current, is_descending }) if current == column => {
                (!is_descending).then_some(Self { column, is_descending: true })
            }
            _ => Some(Self { column, is_descending: false }),
        }
    }

    /// Returns the value of `aria-sort` for the heading of the column.
    pub fn aria_sort(self) -> &'static str {
        if self.is_descending { "descending" } else { "ascending" }
    }

    /// Sorts rows. Rows without a text in the column are last in both directions, and rows with equal texts keep their
    /// order. `place` returns the text that says where an account is stored.
    pub fn sort(self, rows: &mut [Row], place: impl Fn(&Row) -> String) {
        let text = |row: &Row| match self.column {
            Column::Service => row.issuer.clone(),
            Column::Name => row.name.clone(),
            Column::Group => row.group.clone(),
            Column::Stored => place(row),
            Column::Sites => row.sites.iter().find_map(Site::text).unwrap_or_default().to_owned(),
        };
        // The sort is stable, also from Z to A.
        let mut keyed: Vec<(String, Row)> = rows.iter().map(|row| (search::folded(&text(row)), row.clone())).collect();
        keyed.sort_by(|(one, _), (other, _)| match (one.is_empty(), other.is_empty()) {
            (false, false) if self.is_descending => other.cmp(one),
            (false, false) => one.cmp(other),
            (is_empty, is_other_empty) => is_empty.cmp(&is_other_empty),
        });
        for (place, (_, row)) in rows.iter_mut().zip(keyed) {
            *place = row;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{AccountId, StorageLocation};

    fn row(name: &str, group: &str, sites: &[&str]) -> Row {
        Row {
            id: AccountId::NIL,
            issuer: "Acme".into(),
            name: name.into(),
            period: 30,
            from: 0,
            codes: String::new(),
            pinned: false,
            fills: false,
            group: group.into(),
            icon: None,
            location: StorageLocation::Device,
            sites: sites.iter().map(|site| Site::Domain((*site).into())).collect(),
            forbidden_locations: Vec::new(),
            marks: Vec::new(),
        }
    }

    #[test]
    fn rows_are_sorted_as_readers_expect_and_those_without_a_value_are_last() {
        let rows = [
            row("zoe", "Work", &[]),
            row("Émile", "", &["b.example"]),
            row("alice", "private", &["a.example", "z.example"]),
            row("bob", "Work", &["a.example"]),
        ];
        let sorted = |column, is_descending| {
            let mut rows = rows.to_vec();
            TableSort { column, is_descending }.sort(&mut rows, |row| row.name.chars().rev().collect());
            rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(sorted(Column::Name, false), ["alice", "bob", "Émile", "zoe"]);
        assert_eq!(sorted(Column::Name, true), ["zoe", "Émile", "bob", "alice"]);
        assert_eq!(sorted(Column::Group, false), ["alice", "zoe", "bob", "Émile"]);
        assert_eq!(sorted(Column::Group, true), ["zoe", "bob", "alice", "Émile"]);
        assert_eq!(sorted(Column::Sites, false), ["alice", "bob", "Émile", "zoe"]);
        assert_eq!(sorted(Column::Stored, false), ["bob", "alice", "Émile", "zoe"]);
        // Equal services: the order of the list.
        assert_eq!(sorted(Column::Service, true), ["zoe", "Émile", "alice", "bob"]);
    }
}
