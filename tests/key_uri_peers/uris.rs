//! Generates key URIs. Most are well-formed, and some have one or two of the deviations that issuers and programs
//! write.

use casdoor_authenticator::secret::Entropy as _;

use crate::seeded::Seeded;

const LABELS: [&str; 12] = [
    "Acme:ann",
    "Acme%3Aann%40example.com",
    "ann",
    "Acme%20Corp:ann",
    "Acme Corp:ann@example.com",
    "",
    "B%C3%BCcherei:ann",
    "B%FCcherei:ann",
    "A+B:ann",
    "Steam:ann",
    "50%25:ann",
    "a:b:c",
];
const ISSUERS: Values = (&["Acme", "Acme%20Corp", "A+B"], &["A%26B", "", "Steam", "steam", "B%FCcherei"]);
/// The usual values of a parameter, and unusual ones.
type Values = (&'static [&'static str], &'static [&'static str]);

const DIGITS: Values = (&["6", "6", "8", "7"], &["4", "5", "9", "10", "08", "8.0", "six", "", "11", "s"]);
const PERIODS: Values = (&["30", "60", "15", "10"], &["30.0", "060", "0", "abc", "", "30000", "45"]);
const ALGORITHMS: Values =
    (&["SHA1", "SHA256", "SHA512"], &["sha256", "sha1", "SHA-256", "HmacSHA512", "MD5", "", "SHA384", "SHA3-256"]);
const COUNTERS: Values = (&["0", "1", "7"], &["4294967296", "", "x"]);
const OTHERS: [&str; 6] =
    ["image=https%3A%2F%2Fa.example%2Fi.png", "lock=true", "encoder=steam", "foo", "serial=A1", "codeDisplay=%7B%7D"];

/// Generates the URIs of one test run.
pub struct Uris(pub Seeded);

impl Uris {
    fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        usize::try_from(u32::from_be_bytes(bytes)).unwrap() % bound
    }

    fn one<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn is_one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn secret(&mut self) -> String {
        let mut bytes = vec![0; [10, 16, 20, 20, 32, 64][self.below(6)]];
        self.0.fill(&mut bytes);
        let plain = data_encoding::BASE32_NOPAD.encode(&bytes);
        let grouped = |space: &str| {
            let groups: Vec<String> = plain.as_bytes().chunks(4).map(|it| String::from_utf8_lossy(it).into()).collect();
            groups.join(space)
        };
        match self.below(60) {
            0 => plain.to_lowercase(),
            1 => data_encoding::BASE32.encode(&bytes),
            2 => grouped("%20"),
            3 => grouped(" "),
            4 => grouped("-"),
            5 => data_encoding::HEXLOWER.encode(&bytes),
            6 => plain.replacen('O', "0", 1),
            7 => format!("stm-{plain}"),
            8 => data_encoding::BASE32.encode(&bytes).replace('=', "%3D"),
            9 => String::new(),
            _ => plain,
        }
    }

    /// Returns a parameter's name, occasionally in another spelling.
    fn name(&mut self, name: &str) -> String {
        match self.below(120) {
            0 => name.to_uppercase(),
            1 => format!("{}{}", name[..1].to_uppercase(), &name[1..]),
            2 => format!("amp;{name}"),
            3 => name[..name.len() - 1].to_owned(),
            4 => format!("%{:02X}{}", name.as_bytes()[0], &name[1..]),
            _ => name.to_owned(),
        }
    }

    /// Returns the next URI.
    pub fn next(&mut self) -> String {
        let kind = ["totp", "totp", "totp", "totp", "totp", "totp", "hotp", "steam", "TOTP"][self.below(9)];
        let mut parameters = vec![format!("{}={}", self.name("secret"), self.secret())];
        let mut add = |uris: &mut Self, name: &str, (usual, others): &Values, chance: usize| {
            if uris.is_one_in(chance) {
                let values = if uris.is_one_in(8) { others } else { usual };
                parameters.push(format!("{}={}", uris.name(name), uris.one(values)));
            }
        };
        add(self, "issuer", &ISSUERS, 2);
        add(self, "digits", &DIGITS, 2);
        add(self, "period", &PERIODS, 2);
        add(self, "algorithm", &ALGORITHMS, 2);
        add(self, "digits", &DIGITS, 30);
        add(self, "period", &PERIODS, 30);
        add(self, "counter", &COUNTERS, if kind == "hotp" { 1 } else { 20 });
        if self.is_one_in(8) {
            parameters.push(self.one(&OTHERS).to_owned());
        }
        for index in (1..parameters.len()).rev() {
            let other = self.below(index + 1);
            parameters.swap(index, other);
        }
        let separator = ["&amp;", ";", "&amp;amp;"].get(self.below(60)).copied().unwrap_or("&");
        let fragment = if self.is_one_in(40) { "#top" } else { "" };
        format!("otpauth://{kind}/{}?{}{fragment}", self.one(&LABELS), parameters.join(separator))
    }
}
