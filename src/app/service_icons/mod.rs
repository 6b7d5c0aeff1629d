//! The icons of well-known services: which one an account gets, and how it is drawn.
//!
//! The icons are in a file of the extension that pages load after their first frame; `xtask` makes it. An account whose
//! service is not certain gets no icon, because a wrong one is worse than a letter.
//!
//! ```
//! use casdoor_authenticator::app::service_icons::ServiceIcons;
//! use casdoor_authenticator::vault::Site;
//!
//! let file = r##"{"version":"1","icons":[{"slug":"box","title":"Box","domains":["box.com"],
//!     "colors":["#0061d5","#e0ecfa","#4a90e2","#23272f"],"path":"M0 0h24v24z"}]}"##;
//! let icons = ServiceIcons::parse(file).unwrap_or_default();
//! assert_eq!(icons.find("Box", &[]).map(|icon| icon.slug.as_str()), Some("box"));
//! assert_eq!(icons.find("Dropbox", &[]), None);
//! let site = Site::Origin("https://account.box.com".into());
//! assert_eq!(icons.find("", &[site]).map(|icon| icon.slug.as_str()), Some("box"));
//! ```

mod issuer;

use std::collections::HashMap;

use serde::Deserialize;

use self::issuer::Issuer;
use super::search;
use crate::vault::Site;

/// The icon of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceIcon {
    /// The icon's name in the set of icons.
    pub slug: String,
    /// The service's name.
    pub title: String,
    /// The colors of the icon and of its background in the light theme, then both in the dark theme.
    pub colors: [String; 4],
    /// The SVG path, on a grid of 24 by 24.
    pub path: String,
}

impl ServiceIcon {
    /// Returns the CSS colors of the icon and of its background, for both themes.
    pub fn css_colors(&self) -> [String; 2] {
        let [light, light_ground, dark, dark_ground] = &self.colors;
        [format!("light-dark({light}, {dark})"), format!("light-dark({light_ground}, {dark_ground})")]
    }
}

/// A [`ServiceIcon`], with the names and domains that identify its service.
#[derive(Deserialize)]
struct Entry {
    slug: String,
    colors: [String; 4],
    path: String,
    title: String,
    #[serde(default)]
    unmistakable: bool,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    domains: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    icons: Vec<Entry>,
}

/// All icons, by the names and domains of their services.
#[derive(Debug, Default)]
pub struct ServiceIcons {
    icons: Vec<ServiceIcon>,
    /// The index of each icon by its names, which have only folded letters and digits.
    names: HashMap<String, usize>,
    /// The names that identify a service even among other words.
    unmistakable: HashMap<String, usize>,
    domains: HashMap<String, usize>,
}

/// Only the file determines the icons, so every new value is another one.
impl PartialEq for ServiceIcons {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl ServiceIcons {
    /// The name of the file in the extension.
    pub const FILE: &str = "service_icons.json";

    /// Parses the file; `None` if it is malformed.
    pub fn parse(json: &str) -> Option<Self> {
        let file: File = serde_json::from_str(json).ok()?;
        let mut all = Self::default();
        for (index, entry) in file.icons.into_iter().enumerate() {
            let title = letters(&entry.title);
            if entry.unmistakable {
                all.unmistakable.insert(title.clone(), index);
            }
            for name in entry.names.iter().map(|name| letters(name)).chain([title]) {
                all.names.insert(name, index);
            }
            all.domains.extend(entry.domains.iter().map(|domain| (domain.clone(), index)));
            let Entry { slug, title, colors, path, .. } = entry;
            all.icons.push(ServiceIcon { slug, title, colors, path });
        }
        Some(all)
    }

    /// Returns all icons.
    pub fn iter(&self) -> impl Iterator<Item = &ServiceIcon> {
        self.icons.iter()
    }

    /// Returns `true` before the file is loaded.
    pub fn is_empty(&self) -> bool {
        self.icons.is_empty()
    }

    /// Returns the icon with this name in the set.
    pub fn get(&self, slug: &str) -> Option<&ServiceIcon> {
        self.icons.iter().find(|icon| icon.slug == slug)
    }

    /// Returns the services that a user may mean, at most `limit`: those with a name that starts with the query, then
    /// those with a name that contains it, each by title. An empty query matches every service.
    pub fn search(&self, query: &str, limit: usize) -> Vec<&ServiceIcon> {
        let query = letters(query);
        let mut ranks = vec![None::<bool>; self.icons.len()];
        for (name, index) in &self.names {
            let is_inside = !name.starts_with(&query);
            if let Some(rank) = ranks.get_mut(*index)
                && (!is_inside || name.contains(&query))
            {
                *rank = Some(rank.is_none_or(|is_inside| is_inside) && is_inside);
            }
        }
        let mut found: Vec<(bool, String, &ServiceIcon)> =
            self.icons.iter().zip(ranks).filter_map(|(icon, rank)| Some((rank?, letters(&icon.title), icon))).collect();
        found.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        found.into_iter().take(limit).map(|(_, _, icon)| icon).collect()
    }

    /// Returns the icon of an account's service. `sites` are the origins and domains where the account is used; they
    /// decide only if the issuer is not known.
    pub fn find(&self, issuer: &str, sites: &[Site]) -> Option<&ServiceIcon> {
        let index = self
            .by_issuer(issuer)
            .or_else(|| agreed_value(sites.iter().filter_map(Site::text).map(|site| self.by_site(site))))?;
        self.icons.get(index)
    }

    fn by_issuer(&self, issuer: &str) -> Option<usize> {
        let issuer = Issuer::new(issuer);
        if let Some(host) = issuer.host() {
            return self.by_domain(host).or_else(|| self.names.get(&issuer.joined()).copied());
        }
        let named = |name: String| self.names.get(&name).copied();
        named(issuer.joined()).or_else(|| named(issuer.without_qualifiers())).or_else(|| self.by_phrase(&issuer))
    }

    /// Returns the service whose unmistakable name is among the words. The longest name decides: "Google Play" is not
    /// "Google". Names of different services decide nothing.
    fn by_phrase(&self, issuer: &Issuer) -> Option<usize> {
        issuer.phrases().find_map(|phrases| {
            let found: Vec<usize> = phrases.filter_map(|name| self.unmistakable.get(&name).copied()).collect();
            // Shorter phrases are parts of these, so they are not tried if these disagree.
            (!found.is_empty()).then(|| agreed_value(found.into_iter().map(Some)))
        })?
    }

    /// Returns the service of an origin or domain.
    fn by_site(&self, site: &str) -> Option<usize> {
        let host = site.split_once("://").map_or(site, |(_, host)| host);
        self.by_domain(host.split(['/', ':']).next()?)
    }

    /// Returns the service of a host: of the most specific domain that it belongs to.
    fn by_domain(&self, host: &str) -> Option<usize> {
        let dots = host.match_indices('.').filter_map(|(at, _)| host.get(at.saturating_add(1)..));
        std::iter::once(host).chain(dots).find_map(|domain| self.domains.get(domain).copied())
    }
}

/// Returns the value that all values agree on; `None` if there is none, or if values differ.
fn agreed_value(values: impl Iterator<Item = Option<usize>>) -> Option<usize> {
    let mut values = values.flatten();
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// Returns the folded letters and digits of a name.
fn letters(name: &str) -> String {
    search::folded(name).chars().filter(|character| character.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests;
