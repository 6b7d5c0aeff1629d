//! Other names of services: short names, former names and products that sign in with the same account.

/// The names of one service on each line, folded. The first one is the full name.
const SERVICES: &[&[&str]] = &[
    &["amazon web services", "aws", "amazon"],
    &["github", "gh"],
    &["gitlab", "gl"],
    &["microsoft", "ms", "msft", "azure", "entra", "office 365", "o365", "outlook", "hotmail", "live"],
    &["google", "gmail", "g suite", "workspace", "youtube", "yt", "gcp"],
    &["facebook", "fb", "meta"],
    &["instagram", "ig", "insta"],
    &["cloudflare", "cf"],
    &["digitalocean", "do"],
    &["linkedin", "li"],
    &["twitter", "x", "x.com"],
    &["paypal", "pp"],
    &["bitbucket", "bb", "atlassian"],
    &["jira", "atlassian"],
    &["confluence", "atlassian"],
    &["discord", "dc"],
    &["dropbox", "db"],
    &["wordpress", "wp"],
    &["playstation", "ps", "psn", "sony"],
    &["nintendo", "switch"],
    &["amazon", "amzn"],
    &["icloud", "apple", "apple id"],
    &["protonmail", "proton", "pm"],
    &["1password", "1p"],
    &["bitwarden", "bw"],
    &["lastpass", "lp"],
    &["salesforce", "sf", "sfdc"],
    &["hubspot", "hs"],
    &["mailchimp", "mc"],
    &["coinbase", "cb"],
    &["binance", "bnb"],
    &["hetzner", "htz"],
    &["home assistant", "ha", "hass"],
    &["openai", "chatgpt", "gpt"],
    &["anthropic", "claude"],
    &["stack overflow", "so", "stack exchange"],
    &["hacker news", "hn", "y combinator"],
    &["epic games", "epic", "fortnite"],
    &["electronic arts", "ea", "origin"],
    &["ubisoft", "uplay", "ubi"],
    &["battle.net", "blizzard", "bnet"],
    &["vkontakte", "vk", "вконтакте", "вк"],
    &["yandex", "яндекс", "ya"],
    &["mail.ru", "mailru"],
    &["wechat", "weixin", "微信"],
    &["alibaba cloud", "aliyun", "阿里云", "alibaba"],
    &["tencent cloud", "tencent", "腾讯云", "qq"],
    &["huawei", "华为"],
    &["baidu", "百度"],
    &["kubernetes", "k8s"],
    &["postgresql", "postgres", "pg"],
    &["virtual private network", "vpn"],
];

/// Returns the other names of a service, if the issuer is or contains one of its names.
pub(super) fn of(issuer: &str) -> Vec<&'static str> {
    let is_word = |name: &str| {
        issuer.match_indices(name).any(|(at, _)| {
            let edge = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
            let after = at.saturating_add(name.len());
            edge(issuer.get(..at).and_then(|text| text.chars().next_back()))
                && edge(issuer.get(after..).and_then(|text| text.chars().next()))
        })
    };
    let mut names = Vec::new();
    for service in SERVICES {
        if service.iter().any(|name| is_word(name)) {
            names.extend(service.iter().copied().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        }
    }
    names
}
