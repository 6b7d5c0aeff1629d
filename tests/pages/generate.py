#!/usr/bin/env python3
"""Writes generated-train.json and generated-test.json: sign-in pages with and without a field for an authenticator's code.

usage: python3 tests/pages/generate.py

Each page combines a structure (names, ids and attributes as a well-known product has them, see STRUCTURES), the phrases of a
language (generate_phrases.txt), and what is around them. Structures and phrase variants of the two files differ, so that the test
file shows whether the finder has learned words and structures, not pages. The result is the same on every run.
"""
import json
import random
from pathlib import Path

FOLDER = Path(__file__).parent

# Product, attributes of the field, and how its form is built. Facts of public markup; words, brands and layout are our own.
STRUCTURES = [
    ("GitHub", 'name="app_otp" id="app_totp" autocomplete="one-time-code" inputmode="numeric"', "label"),
    ("GitLab", 'name="user[otp_attempt]" id="user_otp_attempt" autocomplete="off" inputmode="numeric"', "label"),
    ("Bitbucket", 'id="two-step-verification-otp-code-input" name="otpCode" autocomplete="off"', "aria"),
    ("Google", 'type="tel" name="totpPin" id="totpPin" autocomplete="off"', "aria"),
    ("Microsoft", 'type="tel" name="otc" id="idTxtBx_SAOTCC_OTC" maxlength="6" autocomplete="off"', "placeholder"),
    ("Apple-like cells", "", "cells-number"),
    ("Amazon", 'type="tel" name="otpCode" id="auth-mfa-otpcode" maxlength="20" autocomplete="off"', "label"),
    ("AWS", 'name="mfaCode" id="mfacode" maxlength="6" autocomplete="one-time-code"', "login"),
    ("Okta", 'type="tel" name="credentials.passcode" autocomplete="off"', "label"),
    ("Auth0", 'name="code" id="code" inputmode="numeric" autocomplete="off"', "label"),
    ("Keycloak", 'name="otp" id="otp" autocomplete="off"', "label"),
    ("Authentik", 'name="code" inputmode="numeric" pattern="[0-9]*" autocomplete="one-time-code"', "shadow"),
    ("Zitadel", 'name="code" id="code" autocomplete="off"', "label"),
    ("Authelia cells", "", "cells-tel"),
    ("Duo", 'id="passcode-input" name="passcode-input" autocomplete="one-time-code" inputmode="numeric" maxlength="9"', "label"),
    ("PingID", 'id="otp" name="otp" autocomplete="off"', "placeholder"),
    ("OneLogin", 'name="security-code" id="security-code" autocomplete="off"', "label"),
    ("JumpCloud cells", "", "cells-one"),
    ("Nextcloud", 'type="tel" name="challenge" minlength="6" maxlength="10" autocomplete="off"', "placeholder"),
    ("WordPress Two Factor", 'type="text" name="authcode" id="authcode" size="20" autocomplete="one-time-code"', "label"),
    ("Wordfence", 'name="wfls-token" id="wfls-token" size="6" autocomplete="off"', "label"),
    ("Drupal", 'name="code" id="edit-code" size="60" maxlength="128" autocomplete="off"', "label"),
    ("Joomla", 'name="secretkey" id="mod-login-secretkey" autocomplete="one-time-code"', "login"),
    ("TYPO3", 'type="text" name="totp" id="totp" maxlength="6" inputmode="numeric"', "label"),
    ("Discourse", 'id="login-second-factor" maxlength="6" pattern="[0-9]{6}" autocomplete="one-time-code"', "dialog"),
    ("phpMyAdmin", 'name="2fa_code" autocomplete="off"', "table"),
    ("Mattermost", 'name="token" id="mfa_token" autocomplete="off"', "placeholder"),
    ("Rocket.Chat", 'class="rcx-input" size="1"', "dialog"),
    ("Zulip", 'name="token-otp_token" id="id_token-otp_token" inputmode="numeric"', "label"),
    ("Slack cells", "", "cells-one"),
    ("Discord", 'autocomplete="one-time-code" maxlength="10" class="inputDefault"', "dialog"),
    ("Bitwarden", 'id="code" formcontrolname="token" appAutofocus', "label"),
    ("Proxmox", 'name="textfield-1042-inputEl" size="1" maxlength="8"', "table"),
    ("Synology", 'name="one-time-code" maxlength="8" autocomplete="off"', "placeholder"),
    ("QNAP", 'id="security_code" name="security_code" maxlength="6"', "label"),
    ("pfSense", 'type="password" name="passwordfld2" id="otpfld" autocomplete="off"', "login"),
    ("FortiGate", 'type="password" name="credential2" id="cr" maxlength="128"', "label"),
    ("Citrix", 'type="password" name="passwd1" id="passwd1" size="30"', "table"),
    ("Cloudflare", 'name="twofactor_token" id="twofactor_token" autocomplete="off"', "label"),
    ("DigitalOcean", 'name="otp" id="code" autocomplete="off"', "label"),
    ("npm cells", "", "cells-tel"),
    ("PyPI", 'name="totp_value" id="totp_value" autocomplete="one-time-code" inputmode="numeric"', "label"),
    ("Dropbox cells", "", "cells-one"),
    ("Steam", 'name="twofactorcode_entry" id="twofactorcode_entry"', "label"),
    ("Epic cells", "", "cells-number"),
    ("Ubisoft", 'name="code" data-test="2fa-code" maxlength="6"', "label"),
    ("Facebook", 'name="approvals_code" id="approvals_code" autocomplete="off"', "placeholder"),
    ("Instagram", 'name="verificationCode" type="tel" maxlength="8" autocomplete="off"', "aria"),
    ("LinkedIn", 'name="pin" id="input__phone_verification_pin" type="tel" maxlength="6"', "label"),
    ("eBay", 'name="totp-code" id="totp-code" inputmode="numeric" maxlength="6"', "label"),
    ("PayPal cells", "", "cells-number"),
    ("Stripe cells", "", "cells-one"),
    ("Coinbase", 'name="token" id="token" type="tel" autocomplete="off"', "label"),
    ("Binance drawn", "", "drawn"),
    ("Kraken", 'name="tfa" id="tfa" type="password" autocomplete="off"', "login"),
    ("Salesforce", 'id="tc" name="tc" maxlength="6" autocomplete="off"', "label"),
    ("Atlassian drawn", "", "drawn"),
    ("OVHcloud", 'id="codeTOTP" name="codeTOTP" autocomplete="off"', "label"),
    ("Fastmail", 'name="code" class="u-code" inputmode="numeric"', "placeholder"),
    ("Proton", 'id="twoFa" autocomplete="one-time-code" maxlength="6" inputmode="numeric"', "label"),
    ("Moodle", 'name="verificationcode" id="id_verificationcode" maxlength="6"', "label"),
    ("Gitea", 'name="passcode" id="passcode" type="number" autocomplete="off"', "label"),
    ("Home Assistant", 'name="code" autocomplete="one-time-code"', "shadow"),
    ("web forms", 'name="ctl00$main$txtTfaCode" id="ctl00_main_txtTfaCode" maxlength="6"', "table"),
]

BRANDS = ["Alderbrook", "Cindermoor", "Fallowmere", "Greywick Cards", "Lindenrow Post", "Marshgate Rewards", "Nettlefold", "Oakhurst Tickets",
          "Pinecote", "Quarrybank Mail", "Rookstead Games", "Saltmere Phone", "Thistledon", "Umberleigh", "Vellacott Bank", "Wychford"]
STYLE = ("<style>.cells{display:flex;gap:6px}.cells input{width:38px;height:44px;text-align:center;box-sizing:border-box}"
         "body{font:16px/1.5 sans-serif}.page{max-width:30em;margin:2em auto}</style>")
PHONES = ["+49 ••• •••42", "•••• •• 17", "(***) ***-0142", "06 ** ** ** 31", "138****5521", "ends 42"]
MAILS = ["j•••@example.test", "a***n@mail.test", "kim@example.test", "l*****@example.test"]


def phrases():
    languages, current = {}, None
    for line in (FOLDER / "generate_phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = languages.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, text = line.split(": ", 1)
            current[key] = [one.strip() for one in text.split(" | ")]
    return languages


class Maker:
    """Draws one page after another."""

    def __init__(self, seed, part):
        self.dice = random.Random(seed)
        self.part = part

    def say(self, words, key):
        # The test file takes other variants than the training file where there are several.
        choices = words[key]
        if len(choices) > 2:
            choices = choices[:-1] if self.part == "train" else choices[-2:]
        return self.dice.choice(choices)

    def label(self, words, attributes, kind, text):
        number = f"f{self.dice.randrange(10**6)}"
        given = "id=" in attributes
        identity = attributes.split('id="')[1].split('"')[0] if given else number
        own = attributes if given else f'{attributes} id="{number}"'
        if kind == "aria":
            return f'<div><input {own} aria-label="{text}"><div aria-hidden="true">{text}</div></div>'
        if kind == "placeholder":
            return f'<input {own} placeholder="{text}">'
        if kind == "table":
            return f'<table><tr><td>{text}</td><td><input {own}></td></tr></table>'
        if self.dice.random() < 0.3:
            return f'<label>{text} <input {own}></label>'
        return f'<label for="{identity}">{text}</label> <input {own}>'

    def cells(self, kind, count, extra="", name="code"):
        of = {"cells-one": 'type="text" inputmode="numeric" maxlength="1"', "cells-tel": 'type="tel"', "cells-number": 'type="number"',
              "cells-password": 'type="password" maxlength="1" inputmode="numeric"'}[kind]
        names = self.dice.random() < 0.5
        one = lambda i: f'<input {extra} {of}' + (f' name="{name}{i}"' if names else "") + f' aria-label="{i + 1}" autocomplete="off">'
        wrap = (lambda cell: f"<div>{cell}</div>") if self.dice.random() < 0.4 else (lambda cell: cell)
        return '<div class="cells">' + "".join(wrap(one(i)) for i in range(count)) + "</div>"

    def field(self, words, structure, text, extra="data-code"):
        _, attributes, kind = structure
        if kind.startswith("cells"):
            lead = f"<p>{text}</p>" if self.dice.random() < 0.5 else ""
            return lead + self.cells(kind, 6, extra)
        if kind == "drawn":
            drawn = "".join("<i>_</i>" for _ in range(6))
            return ('<div style="position:relative;width:260px;height:48px"><input ' + extra + ' inputmode="numeric" maxlength="6" autocomplete="one-time-code" '
                    'style="position:absolute;inset:0;width:100%;height:100%;opacity:0"><div class="cells" aria-hidden="true" style="height:40px">' + drawn + "</div></div>")
        return self.label(words, f"{extra} {attributes}".strip(), kind, text)

    def frame(self, language, words, heading, inner, structure=None, form=True):
        dice = self.dice
        brand = dice.choice(BRANDS)
        kind = structure[2] if structure else "label"
        heading = f"<h{dice.choice('123')}>{heading}</h1>".replace("</h1>", "</h1>") if heading else ""
        heading = heading and f"<h2>{heading[4:-5]}</h2>" if dice.random() < 0.5 else heading
        body = f"<form>{inner}</form>" if form else inner
        if kind == "shadow":
            body = f'<sign-in-form><template shadowrootmode="open">{STYLE}{body}</template></sign-in-form>'
        if kind == "dialog":
            body = f'<div role="dialog" aria-modal="true">{heading}{body}</div>'
            heading = ""
        search = f'<form role="search"><input name="q" type="search" placeholder="{words["search"][0]}"></form>'
        header = dice.choice(["", f'<div class="logo">{brand}</div>', f'<header><a href="/">{brand}</a><nav><a href="/a">Tickets</a> <a href="/b">Gift Cards</a></nav>{search}</header>'])
        footer = dice.choice(["", f'<footer><a href="/p">Privacy</a> <small>© {brand}</small></footer>',
                              '<footer><form><input type="email" name="newsletter" placeholder="E-mail"><button>OK</button></form></footer>'])
        script = f'<script>document.documentElement.lang="{language}"</script>'
        place = dice.choice(["main", "div", "section"])
        return f'{script}{STYLE}{header}<{place} class="page">{heading}{body}</{place}>{footer}'

    def positive(self, language, words, structure):
        dice = self.dice
        login = ""
        if structure[2] == "login":
            login = (f'<p><label>{words["user"][0]} <input name="username" value="kim" autocomplete="username"></label></p>'
                     f'<p><label>{words["pass"][0]} <input type="password" name="password" value="secret"></label></p>')
        kind = "label" if structure[2] == "login" else structure[2]
        strong = any(token in structure[1].lower() for token in ("otp", "2fa", "tfa", "mfa", "twof", "authcode"))
        named = not strong or dice.random() < 0.7
        app = f"<p>{self.say(words, 'app')}</p>" if named else ""
        text = words["label"][0] if strong and not named else self.say(words, "label")
        after = []
        if dice.random() < 0.4:
            after.append(f'<p><a href="#">{words["viasms"][0]}</a></p>')
        if dice.random() < 0.4:
            after.append(f'<p><a href="#">{words["userec"][0]}</a></p>')
        order = dice.random()
        field = self.field(words, (structure[0], structure[1], kind), text)
        inner = login + (app + field if order < 0.7 else field + app) + f"<button>{self.say(words, 'verify')}</button>" + ("".join(after) if order < 0.5 else "")
        page = self.frame(language, words, dice.choice(words["two"] + words["login"]), inner, structure)
        if order >= 0.5 and after:
            page += "".join(after)
        return page

    def negative(self, language, words, structure, trap):
        dice = self.dice
        two = dice.choice(words["two"] + words["login"])
        plain = (structure[0], structure[1], "label" if structure[2] in ("login", "shadow", "dialog") else structure[2])
        neutral = ("plain", 'name="code" id="c1" maxlength="6"', "label")
        number = lambda name, most=6: ("plain", f'name="{name}" id="x1" maxlength="{most}" inputmode="numeric"', "label")
        button = lambda key: f"<button>{words[key][0]}</button>"
        verify = f"<button>{self.say(words, 'verify')}</button>"
        target = lambda text: text.replace("{p}", dice.choice(PHONES[:-1])).replace("{m}", dice.choice(MAILS))
        again = f'<p><a href="#">{self.say(words, "again")}</a></p>' if dice.random() < 0.6 else ""
        make = {
            "sms": lambda: (two, f"<p>{target(self.say(words, 'sms'))}</p>" + self.field(words, plain, self.say(words, "label"), "") + verify + again),
            "mail": lambda: (two, f"<p>{target(self.say(words, 'mail'))}</p>" + self.field(words, plain, self.say(words, "label"), "") + verify + again),
            "call": lambda: (two, f"<p>{self.say(words, 'call')}</p>" + self.field(words, plain, self.say(words, "label"), "") + verify + again),
            "phone-and-code": lambda: (words["login"][0], self.label(words, 'type="tel" name="mobile"', "label", words["phone"][0]) + self.label(words, 'name="code" maxlength="6"', "label", words["label"][-1])
                               + f'<button type="button">{words["send"][0]}</button>' + verify),
            "recovery": lambda: (two, f"<p>{words['rectext'][0]}</p>" + self.field(words, neutral if dice.random() < 0.6 else ("x", 'name="recovery_code" id="recovery_code"', "label"), self.say(words, "reclabel"), "") + verify),
            "phone": lambda: (two, self.label(words, 'type="tel" name="number" maxlength="12"', "label", words["phone"][0]) + button("send")),
            "card": lambda: (words["pay"][0], self.label(words, 'name="number" inputmode="numeric"', "label", words["card"][0]) + self.label(words, 'name="code2" maxlength="6" inputmode="numeric"', "label", words["cvv"][0]) + button("pay")),
            "postal": lambda: ("", self.field(words, number("code"), words["postal"][0], "") + button("search")),
            "coupon": lambda: ("", self.field(words, number("code", 8), words["coupon"][0], "") + button("apply")),
            "invite": lambda: (words["invite"][0], self.field(words, dice.choice([number("code"), ("cells", "", "cells-one")]), words["invite"][-1], "") + verify),
            "track": lambda: (words["track"][0], self.field(words, number("number", 12), words["track"][0], "") + button("search")),
            "captcha": lambda: (words["login"][0], f'<p><label>{words["user"][0]} <input name="username"></label></p><p><label>{words["pass"][0]} <input type="password" name="pw"></label></p>'
                                f'<img alt="{words["captcha"][0]}" src="data:,">' + self.label(words, 'name="verify" maxlength="6"', "label", words["label"][-1]) + verify),
            "pin": lambda: (self.say(words, "newpin"), self.cells("cells-password", 6, name="pin") + self.cells("cells-password", 6, name="again") + verify),
            "pin-one": lambda: (self.say(words, "newpin"), self.field(words, ("pin", 'type="password" name="pin" maxlength="6" inputmode="numeric"', "label"), "PIN", "") + verify),
            "device": lambda: (words["device"][-1], f"<p>{words['device'][0]}</p>" + self.cells("cells-one", 6, name="c") + verify),
            "wifi": lambda: ("", self.field(words, number("key", 8), words["wifi"][0], "") + verify),
            "meeting": lambda: (words["meet"][0], self.field(words, number("passcode", 10), words["meet"][0], "") + verify),
            "license": lambda: (words["license"][0], self.field(words, number("key", 8), words["license"][0], "") + verify),
            "birth": lambda: (two, f"<p>{words['birth'][0]}</p>" + self.cells("cells-one", 6, name="b") + verify),
            "login": lambda: (words["login"][0], f'<p><label>{words["user"][0]} <input name="login" autofocus></label></p><p><label>{words["pass"][0]} <input type="password" name="pw"></label></p>'
                              f"<button>{words['login'][0]}</button><p>{words['two'][0]}</p>"),
            "article": lambda: (two, f"<p>{self.say(words, 'app')}</p>" + self.label(words, 'name="query"', "placeholder", words["search"][0]) + button("search")),
            "filter": lambda: ("MFA", self.label(words, 'name="f2" autocomplete="one-time-code"', "placeholder", words["search"][0]) + self.label(words, 'name="f1" autocomplete="one-time-code"', "placeholder", words["search"][0])),
            "plain-code": lambda: ("", self.field(words, neutral, words["label"][-1], "") + f"<button>{words['verify'][0]}</button>") if words["label"][-1] in PLAIN else self_plain(),
            "decoy": lambda: (words["login"][0], f'<p><label>{words["user"][0]} <input name="username"></label></p><div style="position:absolute;left:-4000px"><label>{words["label"][0]} <input name="otp" autocomplete="one-time-code"></label></div>'
                              f'<div style="height:0;overflow:hidden"><label>{words["label"][0]} <input name="totp"></label></div><div style="opacity:0"><input name="otp2" autocomplete="one-time-code"></div>'
                              f'<div aria-hidden="true"><input name="otp3"></div><details><summary>?</summary><input name="otp4"></details>' + verify),
        }
        self_plain = lambda: ("", self.field(words, neutral, "Code", "") + verify)
        heading, inner = make[trap]()
        return self.frame(language, words, heading, inner, structure if trap in ("sms", "mail", "call") and structure[2] in ("shadow", "dialog") else None)


PLAIN = {"Code", "Kod", "Kód", "Código", "Codice", "Kode", "Koodi", "Код", "Κωδικός", "الرمز", "קוד", "کد", "Mã", "รหัส", "कोड", "Cod"}
SENT = ["sms", "mail", "call", "phone-and-code"]
OTHERS = ["recovery", "phone", "card", "postal", "coupon", "invite", "track", "captcha", "pin", "pin-one", "device", "wifi", "meeting", "license",
          "birth", "login", "article", "filter", "decoy"]


def main():
    languages = phrases()
    for part, seed in (("train", 11), ("test", 23)):
        maker = Maker(seed, part)
        structures = [one for at, one in enumerate(STRUCTURES) if (at % 2 == 0) == (part == "train")]
        cases = []
        for at, (language, words) in enumerate(languages.items()):
            for turn in range(5):
                structure = structures[(at * 5 + turn) % len(structures)]
                html = maker.positive(language, words, structure)
                cases.append({"name": f"{part} positive {language} {turn} {structure[0]}", "lang": language, "kind": structure[2], "expect": "filled", "code": "318205", "html": html})
            traps = SENT + [OTHERS[(at * 5 + turn) % len(OTHERS)] for turn in range(5)]
            for turn, trap in enumerate(traps):
                structure = structures[(at * 7 + turn * 3) % len(structures)]
                html = maker.negative(language, words, structure, trap)
                cases.append({"name": f"{part} negative {language} {trap} {structure[0] if trap in SENT[:3] else ''}".strip(), "lang": language, "kind": trap, "expect": "fill_no_field", "code": "318205", "html": html})
        text = "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n"
        (FOLDER / f"generated-{part}.json").write_text(text, encoding="utf-8")
        print(part, len(cases))


if __name__ == "__main__":
    main()
