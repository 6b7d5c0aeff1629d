//! Computes how the popup draws the list, with pure functions.
//!
//! ```
//! use casdoor_authenticator::app::accounts::list_view;
//!
//! assert_eq!(list_view::group_digits("482913"), "482 913");
//! assert_eq!(list_view::spell_out("482913"), "4 8 2 9 1 3");
//! ```

use crate::app::protocol::{AccountList, Row};
use crate::autofill::{PageAddress, ShownUser, covers};
use crate::vault::{ChosenIcon, Density};

/// Groups a code's characters for reading: six digits as 3 and 3, and never more than five in a group.
pub fn group_digits(code: &str) -> String {
    let length = code.chars().count();
    let group = match length {
        0..=5 => return code.to_owned(),
        6 | 7 | 9 => 3,
        8 => 4,
        _ => 5,
    };
    let mut text = String::new();
    for (index, character) in code.chars().enumerate() {
        // Seven digits are split into 3 and 4, because a single digit at the end is easily overlooked.
        if index > 0 && index.checked_rem(group) == Some(0) && index.saturating_add(1) < length {
            text.push(' ');
        }
        text.push(character);
    }
    text
}

/// Separates a code's characters, so that a screen reader reads them one by one.
pub fn spell_out(code: &str) -> String {
    let mut text = String::new();
    for character in code.chars() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push(character);
    }
    text
}

/// Returns dots in place of a hidden code, in the same groups.
pub fn hidden_code(code: &str) -> String {
    group_digits(code).chars().map(|character| if character == ' ' { ' ' } else { '•' }).collect()
}

/// The number of background colors of monograms. The style sheet has as many.
pub const TINTS: u32 = 8;

/// Returns the number of the color behind an account's monogram. It depends only on the letters and digits of the
/// issuer, so that all accounts of a service have the same color, however it is spelled.
pub fn tint(row: &Row) -> u32 {
    tint_of(if row.issuer.is_empty() { &row.name } else { &row.issuer })
}

/// Returns the color for the icon of a service with this name.
pub fn tint_of(name: &str) -> u32 {
    let letters = name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase);
    // FNV-1a is small and distributes short names evenly.
    let hash = letters.fold(0x811c_9dc5_u32, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193));
    // The low bits depend on the last letters only, so the high ones are mixed in.
    (hash ^ (hash >> 15)).checked_rem(TINTS).unwrap_or(0)
}

/// Returns the text that an account's badge shows if its service has no icon: the icon that the user has typed, or the
/// first letter of the issuer or, without an issuer, of the name.
pub fn monogram(row: &Row) -> String {
    if let Some(ChosenIcon::Text(text)) = &row.icon {
        return text.clone();
    }
    monogram_of(&row.issuer).or_else(|| monogram_of(&row.name)).unwrap_or_else(|| "·".to_owned())
}

/// Returns the first letter or digit of a name; `None` if it has none.
pub fn monogram_of(name: &str) -> Option<String> {
    let letter = name.chars().find(|character| character.is_alphanumeric())?;
    Some(letter.to_uppercase().collect())
}

/// Returns when the first row of an account list runs out of codes, in seconds since 1970; `None` if no code expires.
pub fn runs_out_at(account_list: &AccountList) -> Option<u64> {
    let end = |row: &Row| {
        let codes = u64::try_from(row.codes.split(' ').filter(|code| !code.is_empty()).count()).unwrap_or(0);
        row.from.saturating_add(u64::from(row.period).saturating_mul(codes))
    };
    account_list.rows.iter().filter(|row| row.period > 0).map(end).min()
}

/// Adapts an account list that was painted for another tab to this tab: this site's rows come first, and rows are
/// marked as fillable only if the account list was painted for this site. The worker's reply then replaces it.
pub fn fit_to_site(account_list: &mut AccountList, page: Option<&str>) {
    let page = page.map(PageAddress::from);
    let host = page.and_then(|page| host_of(page.origin));
    if account_list.site.as_deref() != host {
        account_list.site = None;
        for row in &mut account_list.rows {
            row.fills = false;
        }
    }
    if let Some(page) = page {
        account_list.rows.sort_by_key(|row| !row.sites.iter().any(|site| covers(site, page)));
    }
}

/// Puts the account that the page shows first among the rows of the current site. No other row moves.
pub fn put_shown_user_first(account_list: &mut AccountList, shown: &ShownUser) {
    let count = account_list.rows.iter().take_while(|row| row.fills).count();
    if let Some(rows) = account_list.rows.get_mut(..count) {
        shown.order(rows, |row| &row.name);
    }
}

fn host_of(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| host)
}

/// Heights of the list's parts in sixteenths of the root's font size, which are CSS pixels at the default text size.
/// The style sheet has the same values.
pub mod height {
    /// Height of a row.
    pub const ROW: u32 = 60;
    /// Height of a row in a compact list.
    pub const COMPACT_ROW: u32 = 48;
    /// Additional height of a row with a mark, which is on a separate line.
    pub const MARK: u32 = 20;
    /// Additional height of a row that can be filled on the current tab, for the button.
    pub const FILL: u32 = 44;
    /// Maximum height of a row.
    pub const HIGHEST_ROW: u32 = ROW + MARK + FILL;
    /// Height of the heading with the current site's name.
    pub const HEADING: u32 = 32;
    /// Height of the line between the current site's rows and the others.
    pub const DIVIDER: u32 = 13;
}

/// The properties of a row that determine its height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowShape {
    /// The row can be filled in the current tab.
    pub fills: bool,
    /// The row has a mark.
    pub marked: bool,
}

impl RowShape {
    /// Returns the shape of an account's row.
    pub fn new(row: &Row) -> Self {
        Self { fills: row.fills, marked: !row.marks.is_empty() }
    }

    fn height(self, density: Density) -> u32 {
        let row = match density {
            Density::Comfortable => height::ROW,
            Density::Compact => height::COMPACT_ROW,
        };
        let mark = if self.marked { height::MARK } else { 0 };
        let fill = if self.fills { height::FILL } else { 0 };
        row.saturating_add(mark).saturating_add(fill)
    }
}

/// A row and its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Placed<Id> {
    id: Id,
    top: u32,
    height: u32,
}

/// The positions of all rows in a list, so that only the visible ones need to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout<Id> {
    rows: Vec<Placed<Id>>,
    /// Total height of the list.
    pub height: u32,
    /// Position of the divider between the current site's rows and the others.
    pub divider: Option<u32>,
}

impl<Id: Copy + PartialEq> Layout<Id> {
    /// Computes the layout of rows, given as their ids and shapes. Fillable rows come first.
    pub fn new(rows: impl Iterator<Item = (Id, RowShape)>, density: Density) -> Self {
        let mut layout = Self { rows: Vec::new(), height: 0, divider: None };
        let mut before = None;
        for (id, shape) in rows {
            match (before, shape.fills) {
                (None, true) => layout.height = height::HEADING,
                (Some(true), false) => {
                    layout.divider = Some(layout.height);
                    layout.height = layout.height.saturating_add(height::DIVIDER);
                }
                _ => {}
            }
            let height = shape.height(density);
            layout.rows.push(Placed { id, top: layout.height, height });
            layout.height = layout.height.saturating_add(height);
            before = Some(shape.fills);
        }
        layout
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns `true` if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the row at an index.
    pub fn id_at(&self, index: usize) -> Option<Id> {
        self.rows.get(index).map(|row| row.id)
    }

    /// Returns a row's index.
    pub fn index_of(&self, id: Id) -> Option<usize> {
        self.rows.iter().position(|row| row.id == id)
    }

    /// Returns the distance of a row from the top of the list.
    pub fn top_of(&self, id: Id) -> Option<u32> {
        self.rows.iter().find(|row| row.id == id).map(|row| row.top)
    }

    /// Returns the distance of a row's middle from the top of the list.
    pub fn middle_of(&self, id: Id) -> Option<u32> {
        let row = self.rows.iter().find(|row| row.id == id)?;
        Some(row.top.saturating_add(row.height / 2))
    }

    /// Returns the distance of a row's end from the top of the list.
    pub fn bottom_of(&self, id: Id) -> Option<u32> {
        let row = self.rows.iter().find(|row| row.id == id)?;
        Some(row.top.saturating_add(row.height))
    }

    /// Returns the rows that are visible between `scrolled` and `scrolled + view`, and a few more on both sides.
    pub fn in_view(&self, scrolled: u32, view: u32) -> Vec<Id> {
        const MORE: u32 = 4 * height::ROW;
        let from = scrolled.saturating_sub(MORE.saturating_add(height::HIGHEST_ROW));
        let to = scrolled.saturating_add(view).saturating_add(MORE);
        let first = self.rows.partition_point(|row| row.top < from);
        let shown = self.rows.iter().skip(first).take_while(|row| row.top <= to);
        shown.map(|row| row.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Site;

    fn row(issuer: &str, sites: &[&str]) -> Row {
        Row {
            id: "00000000-0000-4000-8000-000000000000".parse().unwrap(),
            issuer: issuer.into(),
            name: "alice".into(),
            period: 30,
            from: 600,
            codes: "111111 222222".into(),
            pinned: false,
            fills: true,
            group: "Work".into(),
            icon: None,
            location: crate::vault::StorageLocation::Device,
            sites: sites.iter().map(|site| site_of(site)).collect(),
            forbidden_locations: Vec::new(),
            marks: Vec::new(),
        }
    }

    fn site_of(text: &str) -> Site {
        match PageAddress::from(text) {
            PageAddress { origin, path: "" } if origin.contains("://") => Site::Origin(text.into()),
            PageAddress { path: "", .. } => Site::Domain(text.into()),
            _ => Site::StartsWith(text.into()),
        }
    }

    #[test]
    fn code_groups_have_two_to_five_characters() {
        let codes = ["2BC4F", "123456", "1234567", "12345678", "123456789", "1234567890"];
        let shown = ["2BC4F", "123 456", "123 4567", "1234 5678", "123 456 789", "12345 67890"];
        assert_eq!(codes.map(group_digits), shown);
    }

    #[test]
    fn an_account_list_expires_with_its_first_row() {
        let mut account_list = AccountList { rows: vec![row("A", &[]), row("B", &[])], ..AccountList::default() };
        assert_eq!(runs_out_at(&account_list), Some(660));
        account_list.rows[1].codes.clear();
        assert_eq!(runs_out_at(&account_list), Some(600));
        account_list.rows.iter_mut().for_each(|row| row.period = 0);
        assert_eq!(runs_out_at(&account_list), None);
    }

    #[test]
    fn an_account_list_painted_for_another_site_fills_nothing_and_puts_this_site_first() {
        let rows = vec![row("A", &[]), row("B", &["example.com"]), row("C", &["https://id.acme.test"])];
        let mut account_list = AccountList { rows, site: Some("id.acme.test".into()), ..AccountList::default() };
        fit_to_site(&mut account_list, Some("https://www.example.com"));
        assert_eq!(account_list.rows.iter().map(|row| row.issuer.as_str()).collect::<Vec<_>>(), ["B", "A", "C"]);
        assert!(account_list.rows.iter().all(|row| !row.fills) && account_list.site.is_none());
    }

    #[test]
    fn an_account_for_a_path_comes_first_at_that_path_only() {
        let rows = vec![row("A", &[]), row("B", &["https://example.com/team"])];
        let mut account_list = AccountList { rows, ..AccountList::default() };
        fit_to_site(&mut account_list, Some("https://example.com/teammates"));
        assert_eq!(account_list.rows[0].issuer, "A");
        fit_to_site(&mut account_list, Some("https://example.com/team/login"));
        assert_eq!(account_list.rows[0].issuer, "B");
    }

    #[test]
    fn only_rows_of_the_current_site_are_ordered_by_the_user_that_the_page_shows() {
        let named = |name: &str, fills| Row { name: name.into(), fills, ..row("A", &[]) };
        let rows = vec![named("alice", true), named("bob", true), named("carol", false), named("dave", false)];
        let mut account_list = AccountList { rows, ..AccountList::default() };
        let shown = ShownUser { fields: vec!["dave".into()], text: "carol and bob".into() };
        put_shown_user_first(&mut account_list, &shown);
        let names: Vec<_> = account_list.rows.iter().map(|row| (row.name.as_str(), row.fills)).collect();
        assert_eq!(names, [("bob", true), ("alice", true), ("carol", false), ("dave", false)]);
    }

    #[test]
    fn a_look_alike_domain_is_not_treated_as_the_site() {
        let mut account_list =
            AccountList { rows: vec![row("A", &[]), row("B", &["example.com"])], ..AccountList::default() };
        fit_to_site(&mut account_list, Some("https://badexample.com"));
        assert_eq!(account_list.rows[0].issuer, "A");
    }

    #[test]
    fn only_visible_rows_are_drawn() {
        let layout = Layout::new((0..1000).map(|id| (id, RowShape::default())), Density::Comfortable);
        assert_eq!(layout.height, 60_000);
        assert!(layout.in_view(0, 600).len() < 20);
        let middle = layout.in_view(30_000, 600);
        assert!(middle.contains(&500) && middle.contains(&510) && middle.len() < 26);
    }

    #[test]
    fn fillable_rows_are_between_a_heading_and_a_divider() {
        let (fills, other) = (RowShape { fills: true, marked: false }, RowShape::default());
        let layout = Layout::new([('a', fills), ('b', other)].into_iter(), Density::Comfortable);
        assert_eq!((layout.top_of('a'), layout.divider, layout.top_of('b')), (Some(32), Some(136), Some(149)));
        assert_eq!(Layout::new([('b', other)].into_iter(), Density::Comfortable).top_of('b'), Some(0));
    }

    #[test]
    fn a_mark_has_a_line_of_its_own() {
        let marked = RowShape { fills: false, marked: true };
        let of = |density| Layout::new([('a', marked), ('b', marked)].into_iter(), density).top_of('b');
        assert_eq!((of(Density::Comfortable), of(Density::Compact)), (Some(80), Some(68)));
    }

    #[test]
    fn a_hidden_code_has_as_many_dots_as_digits() {
        assert_eq!(["123456", "12345678", "2BC4F", ""].map(hidden_code), ["••• •••", "•••• ••••", "•••••", ""]);
    }

    #[test]
    fn accounts_of_one_service_share_a_tint_and_different_services_rarely_do() {
        let of = |issuer: &str| tint(&row(issuer, &[]));
        assert_eq!(of("GitHub"), of("git-hub"));
        let names: Vec<&str> =
            "Google, GitHub, GitLab, Microsoft, Amazon Web Services, Slack, Dropbox, Discord, Facebook, \
            Twitter, Instagram, LinkedIn, Cloudflare, DigitalOcean, PayPal, Stripe, Zoom, Notion, Figma, \
            Atlassian, Bitbucket, Heroku, Netlify, Vercel, npm, PyPI, Docker, Reddit, Twitch, Steam, \
            Epic Games, Nintendo, Sony, Apple, Adobe, Evernote, Mailchimp, Shopify, Squarespace, \
            WordPress, Bitwarden, 1Password, LastPass, Proton, Tutanota, Fastmail, Zoho, HubSpot, \
            Salesforce, Okta, Auth0, Casdoor, Coinbase, Binance, Kraken, Wise, Revolut, N26, Monzo, \
            Hetzner"
                .split(", ")
                .collect();
        let tints: Vec<u32> = names.iter().copied().map(of).collect();
        assert!((0..TINTS).all(|tint| tints.contains(&tint)), "{tints:?}");
        let pairs = names.len() * (names.len() - 1) / 2;
        let same = (0..names.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
        let same = same.filter(|(one, other)| tints[*one] == tints[*other]).count();
        assert!(same * 6 < pairs, "{same} of {pairs}");
    }
}
