//! Domains that belong to the same vendor, so that none of them is reported as a look-alike of another.
//!
//! The entries are facts from the vendors' own sign-in pages and help. A domain is listed only if the vendor owns it;
//! for shops and search engines with many country domains, only existing ones are listed.

use super::site::registrable_domain;

/// Each line lists the domains of one vendor.
const FAMILIES: &[&str] = &[
    "amazon.com amazon.de amazon.co.uk amazon.fr amazon.it amazon.es amazon.nl amazon.se amazon.pl amazon.com.be amazon.com.tr amazon.ca amazon.com.mx amazon.com.br amazon.in amazon.co.jp amazon.cn amazon.sg amazon.ae amazon.sa amazon.eg amazon.com.au amazon.ie amazon.co.za",
    "google.com youtube.com gmail.com google.de google.co.uk google.fr google.it google.es google.nl google.pl google.co.jp google.co.in google.com.br google.ca google.com.au withgoogle.com android.com",
    "microsoft.com live.com office.com office365.com microsoftonline.com outlook.com hotmail.com msn.com bing.com skype.com xbox.com azure.com windows.com microsoft365.com visualstudio.com onedrive.com windowsazure.com cloud.microsoft",
    "apple.com icloud.com me.com",
    "atlassian.com atlassian.net jira.com bitbucket.org trello.com statuspage.io",
    "facebook.com fb.com messenger.com meta.com instagram.com threads.net threads.com whatsapp.com oculus.com",
    "x.com twitter.com",
    "github.com github.dev",
    "gitlab.com gitlab.net",
    "ebay.com ebay.de ebay.co.uk ebay.fr ebay.it ebay.es ebay.nl ebay.at ebay.ch ebay.ca ebay.com.au ebay.ie ebay.pl",
    "paypal.com paypal.me paypalobjects.com",
    "yahoo.com yahoo.co.jp yahoo.co.uk ymail.com aol.com",
    "steampowered.com steamcommunity.com valvesoftware.com steamgames.com",
    "epicgames.com unrealengine.com fortnite.com",
    "blizzard.com battle.net",
    "ubisoft.com ubi.com uplay.com",
    "ea.com origin.com",
    "sony.com playstation.com sonyentertainmentnetwork.com",
    "nintendo.com nintendo.co.jp nintendo.net nintendo.de nintendo.co.uk",
    "discord.com discordapp.com discord.gg",
    "twitch.tv twitch.com",
    "reddit.com redd.it",
    "linkedin.com lnkd.in",
    "dropbox.com hellosign.com",
    "adobe.com adobelogin.com behance.net photoshop.com",
    "zoho.com zoho.eu zoho.in zoho.com.au zohocorp.com zoho.jp",
    "hubspot.com hubspot.de",
    "shopify.com shop.app",
    "stripe.com link.com",
    "wise.com transferwise.com",
    "coinbase.com coinbase.pro",
    "binance.com binance.us binance.info",
    "wordpress.com wordpress.org wp.com automattic.com gravatar.com",
    "ovh.com ovhcloud.com ovh.net ovh.ie ovh.de ovh.co.uk ovh.es",
    "hetzner.com hetzner.de hetzner.cloud",
    "ionos.com ionos.de ionos.co.uk ionos.fr ionos.es 1und1.de 1and1.com",
    "namecheap.com privateemail.com",
    "proton.me protonmail.com protonvpn.com pm.me",
    "fastmail.com fastmail.fm",
    "gmx.net gmx.de gmx.com gmx.at gmx.ch web.de mail.com",
    "tutanota.com tuta.com tutao.de",
    "mail.ru vk.com vk.ru ok.ru",
    "yandex.ru yandex.com yandex.net",
    "alibaba.com aliyun.com alibabacloud.com taobao.com tmall.com alipay.com",
    "tencent.com qq.com wechat.com weixin.com tencentcloud.com",
    "baidu.com baidubce.com",
    "naver.com line.me",
    "kakao.com daum.net",
    "rakuten.co.jp rakuten.com rakuten-sec.co.jp",
    "mercadolibre.com mercadolibre.com.ar mercadolibre.com.mx mercadolibre.com.co mercadolibre.cl mercadolivre.com.br mercadopago.com mercadopago.com.br",
    "booking.com priceline.com agoda.com kayak.com",
    "airbnb.com airbnb.de airbnb.fr airbnb.co.uk airbnb.es airbnb.it",
    "uber.com ubereats.com",
    "intuit.com quickbooks.com mailchimp.com turbotax.com",
    "autodesk.com autodesk360.com",
    "npmjs.com npmjs.org",
    "docker.com docker.io",
    "okta.com oktapreview.com auth0.com",
    "casdoor.com casdoor.org casdoor.ai",
    "bitwarden.com bitwarden.eu",
    "1password.com 1password.eu 1password.ca",
    "wikipedia.org wikimedia.org wiktionary.org mediawiki.org wikidata.org",
];

/// Returns the domains of all vendors.
pub(super) fn vendor_domains() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().flat_map(|family| family.split(' '))
}

/// Returns true if both hosts belong to the same vendor.
///
/// ```
/// use casdoor_authenticator::autofill::is_one_vendor;
///
/// assert!(is_one_vendor("www.amazon.de", "amazon.com"));
/// assert!(!is_one_vendor("amazon.de.evil.example", "amazon.com"));
/// ```
pub fn is_one_vendor(one: &str, other: &str) -> bool {
    let own = |host: &str| registrable_domain(host).unwrap_or_else(|| host.to_owned());
    let (one, other) = (own(one), own(other));
    let has = |family: &&&str, domain: &str| family.split(' ').any(|listed| listed == domain);
    FAMILIES.iter().any(|family| has(&family, &one) && has(&family, &other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_one_vendor_belong_together() {
        for (one, other) in [
            ("www.amazon.de", "amazon.com"),
            ("login.microsoftonline.com", "microsoft.com"),
            ("accounts.youtube.com", "google.com"),
            ("www.icloud.com", "apple.com"),
        ] {
            assert!(is_one_vendor(one, other), "{one} {other}");
        }
    }

    #[test]
    fn imitations_of_a_vendors_domain_do_not_belong_to_it() {
        for host in [
            "amazon.de.evil.example",
            "amazon-login.com",
            "arnazon.de",
            "amazon.example",
            "notamazon.de",
            "xn--amazn-mye.com",
        ] {
            assert!(!is_one_vendor(host, "amazon.com"), "{host}");
        }
    }

    #[test]
    fn many_vendors_are_listed_and_no_domain_is_a_public_suffix() {
        assert!(FAMILIES.len() >= 50);
        for domain in vendor_domains() {
            assert!(domain.contains('.') && domain.is_ascii(), "{domain}");
        }
    }
}
