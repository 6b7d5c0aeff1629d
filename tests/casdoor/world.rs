//! The world of the model: decides which participant acts next, and what the network does. `verdict` checks the
//! invariants.

use casdoor_authenticator::casdoor::{CasdoorError, HttpError, HttpRequest};
use casdoor_authenticator::vault::StorageLocation;
use serde_json::Value;

use super::browser::Browser;
use super::phone::{Phone, Step};
use super::seeded_random::SeededRandom;
use super::server::Server;

const START: u64 = 1_790_000_000;

/// A request between a browser and the server.
struct Flight {
    browser: usize,
    number: u64,
    request: HttpRequest,
    /// The response, once the server has answered.
    reply: Option<casdoor_authenticator::casdoor::HttpResponse>,
}

/// All participants.
pub struct World {
    pub server: Server,
    pub browsers: Vec<Browser>,
    pub phones: Vec<Phone>,
    /// The user that a web page has loaded and not saved yet.
    page: Option<Value>,
    flights: Vec<Flight>,
    /// The real time, in milliseconds since 1970.
    now_ms: u64,
    skews: Vec<i64>,
    pub chance: SeededRandom,
    /// The number of rows that were overwritten before this client could read them.
    pub unread: usize,
    pub kills: usize,
    pub days: u64,
    serial: u64,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut chance = SeededRandom(seed);
        let follows = chance.percent(20);
        let skew = |chance: &mut SeededRandom| chance.below(1201) as i64 - 600;
        let mut world = Self {
            server: Server { list: chance.percent(50).then(Vec::new), is_old: chance.percent(25), ..Server::default() },
            browsers: (1..3).map(|n| Browser::new(seed.wrapping_mul(31).wrapping_add(n), follows)).collect(),
            phones: vec![Phone::new("phone-1"), Phone::new("phone-2")],
            page: None,
            flights: Vec::new(),
            now_ms: START * 1000,
            skews: (0..5).map(|_| skew(&mut chance)).collect(),
            chance,
            unread: 0,
            kills: 0,
            days: 0,
            serial: 0,
        };
        world.set_clocks();
        world
    }

    /// Creates a world with equal clocks and a new server, in which only the test causes events.
    pub fn without_random_events() -> Self {
        let mut world = Self::new(0);
        world.skews = vec![0; 5];
        world.server = Server { list: Some(Vec::new()), ..Server::default() };
        world.browsers = (1..3).map(|n| Browser::new(n, false)).collect();
        world.set_clocks();
        world
    }

    /// Sets the difference between the server's clock and the real time, in seconds.
    pub fn skew_server(&mut self, seconds: i64) {
        self.skews[4] = seconds;
        self.set_clocks();
    }

    /// Runs a complete sync of a phone.
    pub fn phone_syncs(&mut self, which: usize) {
        loop {
            self.pass(2);
            self.phone_sync(which, self.skewed(2 + which) / 1000);
            if matches!(self.phones[which].step, Step::Idle) {
                return;
            }
        }
    }

    fn skewed(&self, who: usize) -> u64 {
        (self.now_ms as i64 + self.skews[who] * 1000) as u64
    }

    fn set_clocks(&mut self) {
        for browser in 0..self.browsers.len() {
            *self.browsers[browser].clock.borrow_mut() = self.skewed(browser);
        }
        self.server.now = self.skewed(4) / 1000;
        self.days = (self.now_ms / 1000 - START) / 86_400;
    }

    pub fn pass(&mut self, seconds: u64) {
        self.now_ms += seconds * 1000;
        self.set_clocks();
    }

    /// Performs one random event.
    pub fn step(&mut self) {
        let seconds = match self.chance.below(100) {
            0..80 => self.chance.below(5),
            80..94 => self.chance.below(120),
            94..98 => self.chance.below(7200),
            _ => self.chance.below(12 * 86_400),
        };
        self.pass(seconds);
        match self.chance.below(100) {
            0..12 => self.participant_acts(),
            12..24 => self.start_sync(),
            24..50 => self.poll(),
            50..76 => self.network(),
            76..78 => self.kill(),
            78..96 => self.phone(),
            _ => self.page(),
        }
    }

    fn browser(&mut self) -> usize {
        self.chance.below(self.browsers.len() as u64) as usize
    }

    fn start_sync(&mut self) {
        let browser = self.browser();
        self.browsers[browser].start();
        self.poll_one(browser);
    }

    fn poll(&mut self) {
        let browser = self.browser();
        self.poll_one(browser);
    }

    fn poll_one(&mut self, browser: usize) {
        self.browsers[browser].poll();
        let sent = std::mem::take(&mut self.browsers[browser].wire.0.borrow_mut().sent);
        for (number, request) in sent {
            self.flights.push(Flight { browser, number, request, reply: None });
        }
    }

    fn kill(&mut self) {
        let browser = self.browser();
        self.kills += usize::from(self.browsers[browser].running.is_some());
        self.browsers[browser].kill();
    }

    /// Delivers, loses or duplicates a request or response, in any order.
    fn network(&mut self) {
        if self.flights.is_empty() {
            return;
        }
        let at = self.chance.below(self.flights.len() as u64) as usize;
        let luck = self.chance.below(100);
        let is_reply = self.flights[at].reply.is_some();
        match luck {
            0..4 => {
                let flight = self.flights.remove(at);
                self.reply(flight.browser, flight.number, Err(HttpError::TimedOut));
            }
            // The client times out, and the request arrives later.
            4..7 if !is_reply => {
                let (browser, number) = (self.flights[at].browser, self.flights[at].number);
                self.reply(browser, number, Err(HttpError::TimedOut));
            }
            7..10 if !is_reply => {
                let request = self.flights[at].request.clone();
                self.serve(&request);
            }
            _ if is_reply => {
                let flight = self.flights.remove(at);
                self.reply(flight.browser, flight.number, Ok(flight.reply.unwrap()));
            }
            _ => {
                let request = self.flights[at].request.clone();
                self.flights[at].reply = Some(self.serve(&request));
            }
        }
    }

    fn reply(
        &mut self,
        browser: usize,
        number: u64,
        reply: Result<casdoor_authenticator::casdoor::HttpResponse, HttpError>,
    ) {
        self.browsers[browser].wire.0.borrow_mut().replies.insert(number, reply);
        self.poll_one(browser);
    }

    fn serve(&mut self, request: &HttpRequest) -> casdoor_authenticator::casdoor::HttpResponse {
        let before = self.server.list.clone();
        let response = self.server.answer(request);
        self.count_unread(before);
        response
    }

    fn save_whole(&mut self, user: &Value) {
        let before = self.server.list.clone();
        self.server.save_whole_user(user);
        self.count_unread(before);
    }

    fn count_unread(&mut self, before: Option<Vec<super::server::RowValues>>) {
        let now = self.server.list.as_deref().unwrap_or_default();
        for row in before.unwrap_or_default() {
            let gone = !now.iter().any(|other| other[2] == row[2]);
            let known = row[2].contains("://")
                || self.browsers.iter().any(|browser| {
                    let disk = browser.disk.borrow();
                    disk.ever.contains(&row[2]) || disk.holds(&row[2])
                });
            self.unread += usize::from(gone && !known);
        }
    }

    fn participant_acts(&mut self) {
        let (browser, kind) = (self.browser(), self.chance.below(100));
        self.serial += 1;
        let name = ["a", "b", "GitHub:a", "100%25", "a:b"][self.chance.below(5) as usize];
        let ids = self.browsers[browser].ids();
        let id = self.chance.pick(&ids).copied();
        let browser = &mut self.browsers[browser];
        match (kind, id) {
            (0..35, _) => {
                let secret = self.chance.secret();
                let more = ["", "&digits=8", "&algorithm=SHA256"][self.chance.below(3) as usize];
                let kind = if self.chance.percent(15) { "hotp" } else { "totp" };
                let name = casdoor_authenticator::otp::percent_encode(name);
                browser
                    .add(&format!("otpauth://{kind}/{name}?secret={secret}&issuer=X{more}"), self.chance.percent(85));
            }
            (35..55, Some(id)) => {
                let name = format!("{name} {}", self.serial);
                browser.change(id, |account| account.name = name);
            }
            (55..70, Some(id)) => browser.delete(id),
            (70..78, Some(id)) => browser.change(id, |account| account.missing_since = None),
            (78..84, Some(id)) => browser.change(id, |account| account.location = StorageLocation::Device),
            (84..90, Some(id)) => {
                let here = StorageLocation::Connection(browser.id);
                browser.change(id, |account| account.location = here);
            }
            (90..95, Some(id)) => {
                let mut disk = browser.disk.borrow_mut();
                *disk.state.counters.entry(id).or_default() += 1;
            }
            _ => {
                let mut disk = browser.disk.borrow_mut();
                let trashed: Vec<_> = disk.vault.trash.iter().map(|trashed| trashed.account.id).collect();
                if let Some(id) = self.chance.pick(&trashed) {
                    disk.vault.restore(*id).unwrap();
                }
            }
        }
    }

    fn phone(&mut self) {
        let which = self.chance.below(2) as usize;
        let now = self.skewed(2 + which) / 1000;
        let kind = self.chance.below(100);
        self.serial += 1;
        let name = format!("phone {}", self.serial);
        let rows = self.phones[which].rows.len() as u64;
        match kind {
            0..8 => {
                let (secret, same) = (self.chance.secret(), self.chance.percent(20));
                let name = if same { "Acme%20Works:bob" } else { &name };
                self.phones[which].scan(name, "Acme%20Works", &secret, now);
            }
            8..11 if rows > 0 => {
                let at = self.chance.below(rows) as usize;
                self.phones[which].rename(at, &name, now);
            }
            11..13 if rows > 0 => {
                let at = self.chance.below(rows) as usize;
                self.phones[which].delete(at, now);
            }
            _ => self.phone_sync(which, now),
        }
    }

    fn phone_sync(&mut self, which: usize, now: u64) {
        match std::mem::take(&mut self.phones[which].step) {
            Step::Idle => {
                let user = self.server.user();
                self.phones[which].merge(&user);
                if matches!(self.phones[which].step, Step::Idle) {
                    self.phones[which].synced(now);
                }
            }
            Step::ToReread => self.phones[which].step = Step::ToWrite(self.server.user()),
            Step::ToWrite(user) => {
                let user = self.phones[which].fill(user);
                self.save_whole(&user);
                self.phones[which].synced(now);
            }
        }
    }

    /// Lets a web page load the user or save the one that it loaded earlier, or lets the user sign in, which changes
    /// the user.
    fn page(&mut self) {
        match self.page.take() {
            None if self.chance.percent(50) => self.page = Some(self.server.user()),
            None => self.server.updated = self.server.now,
            Some(page) if self.chance.percent(40) => self.save_whole(&page),
            Some(page) => self.page = Some(page),
        }
    }

    /// Stops phones and web pages, delivers everything in transit, and syncs until nothing more is written.
    pub fn quiet(&mut self) {
        while let Some(flight) = self.flights.pop() {
            match flight.reply {
                Some(reply) => self.reply(flight.browser, flight.number, Ok(reply)),
                None => {
                    let reply = self.serve(&flight.request);
                    self.reply(flight.browser, flight.number, Ok(reply));
                }
            }
        }
        for browser in &mut self.browsers {
            browser.kill();
        }
        self.flights.clear();
        for _round in 0..3 {
            for browser in 0..self.browsers.len() {
                self.pass(60);
                self.run(browser);
                if matches!(self.browsers[browser].last, Some(Err(CasdoorError::ListNull))) {
                    // A page that had loaded no list saved none. Nothing changes until the user confirms that.
                    self.browsers[browser].accepts_null();
                    self.run(browser);
                }
            }
        }
    }

    /// Runs one sync without faults.
    pub fn run(&mut self, browser: usize) {
        self.browsers[browser].start();
        for _ in 0..200 {
            self.poll_one(browser);
            if self.browsers[browser].running.is_none() {
                return;
            }
            while let Some(flight) = self.flights.pop() {
                let reply = self.serve(&flight.request);
                self.browsers[flight.browser].wire.0.borrow_mut().replies.insert(flight.number, Ok(reply));
            }
        }
        panic!("the sync does not end");
    }

    /// Fails the first browser's requests until its sync ends.
    pub fn fail_next(&mut self, error: HttpError) {
        while self.browsers[0].running.is_some() {
            self.poll_one(0);
            while let Some(flight) = self.flights.pop() {
                self.reply(flight.browser, flight.number, Err(error));
            }
        }
    }
}
