#!/usr/bin/env python3
"""Writes unseen-first.json to unseen-fourth.json: pages that measure the field finder on new wording.

usage: python3 tests/pages/unseen.py

The author of the wording (unseen_phrases.txt) had read only the English and German word lists of the finder. The first
two batches were written before either was used; the third after the finder was trained on both, and the fourth after it
was trained on all three. The fourth is only for measuring. Each page combines one phrase with the markup of a product.
Names, ids and attributes are facts of public markup; `source` says where to see them. The result is the same on every
run.
"""
import json
import random
from pathlib import Path

FOLDER = Path(__file__).parent

# Product and where its markup can be seen | attributes of the field | layout.
POSITIVE = [line.split(" | ") for line in """
GitHub (login page) | name="app_otp" id="app_totp" autocomplete="one-time-code" inputmode="numeric" placeholder="XXXXXX" | label
Google (challenge page) | type="tel" name="totpPin" id="totpPin" autocomplete="off" pattern="[0-9 ]*" | floating
Microsoft (login.live.com) | type="tel" name="otc" id="otc-confirmation-input" maxlength="6" autocomplete="off" | aria
Microsoft (Entra ID) | type="tel" name="otc" id="idTxtBx_SAOTCC_OTC" maxlength="6" autocomplete="off" | described
AWS (console) | name="mfaCode" id="mfaCode" maxlength="6" autocomplete="off" | label
Cloudflare (dashboard) | name="twofactor_token" id="twofactor_token" autocomplete="off" data-testid="two-factor-token-input" | floating
DigitalOcean (login) | name="code" id="code" placeholder="######" autocomplete="off" | label
GitLab (source, users/sessions) | name="user[otp_attempt]" id="user_otp_attempt" autocomplete="off" inputmode="numeric" | label
Okta (sign-in widget source) | type="text" name="credentials.passcode" inputmode="numeric" autocomplete="off" id="input59" | label
Auth0 (universal login) | name="code" id="code" inputmode="numeric" autocomplete="off" | floating
Keycloak (login-otp.ftl) | name="otp" id="otp" autocomplete="one-time-code" dir="ltr" | label
Authentik (flow source) | name="code" inputmode="numeric" pattern="[0-9]*" autocomplete="one-time-code" | shadow
Zitadel (login source) | name="code" id="code" autocomplete="one-time-code" | label
Nextcloud (twofactor_totp source) | type="tel" name="challenge" minlength="6" maxlength="10" autocomplete="off" class="challenge" | placeholder
WordPress Two Factor (plug-in source) | type="text" inputmode="numeric" name="authcode" id="authcode" class="input" size="20" pattern="[0-9 ]*" autocomplete="one-time-code" | label
WP 2FA (plug-in source) | type="tel" name="authcode" id="authcode" class="input" size="20" pattern="[0-9]*" | table
phpMyAdmin (twofactor template) | type="text" name="2fa_code" autocomplete="off" | table
Proxmox (login window) | type="text" size="1" name="otp" maxlength="8" | tabs
Synology (DSM) | name="one-time-code" maxlength="8" autocomplete="off" inputmode="numeric" | placeholder
QNAP (QTS) | name="security_code" id="security_code" maxlength="6" | label
cPanel (twofactorauth) | type="text" name="tfa_security_code" id="tfa_token" | placeholder
Plesk (Google Authenticator extension) | type="text" name="code" id="code" size="8" autocomplete="off" | label
Discourse (source) | type="text" id="login-second-factor" class="second-factor-token-input" maxlength="6" pattern="[0-9]{6}" autocomplete="one-time-code" inputmode="numeric" | dialog
Mastodon (source) | type="number" name="user[otp_attempt]" id="user_otp_attempt" autocomplete="one-time-code" class="numeric" | label
Slack (sign-in) | inputmode="numeric" type="text" maxlength="1" | boxes33
Discord (login) | autocomplete="one-time-code" maxlength="8" placeholder="000000" class="inputDefault" | dialog
Dropbox (login) | type="tel" name="digit" maxlength="1" | boxes
Stripe (dashboard) | type="text" inputmode="numeric" autocomplete="off" maxlength="1" | boxes33
PayPal (sign-in) | type="number" name="otpCode" maxlength="1" | boxes
Coinbase (sign-in) | type="tel" name="token" id="token" maxlength="7" autocomplete="off" | label
Binance (login) | data-e2e="input-mfa" type="text" inputmode="numeric" maxlength="6" autocomplete="one-time-code" | drawn
Kraken (sign-in) | type="text" name="tfa" id="tfa" autocomplete="one-time-code" inputmode="numeric" | label
Steam web (login) | type="text" maxlength="1" autocomplete="none" | boxes5
Epic (login) | type="number" maxlength="1" name="code-input" autocomplete="off" | boxes
Twitch (login) | type="text" inputmode="numeric" maxlength="1" autocomplete="one-time-code" | boxes
Reddit (login) | type="text" name="appOtp" id="login-app-otp" maxlength="6" inputmode="numeric" | shadow
X (login flow) | type="text" inputmode="numeric" name="text" autocapitalize="none" autocomplete="on" data-testid="ocfEnterTextTextInput" | floating
Facebook (checkpoint) | type="text" name="approvals_code" id="approvals_code" autocomplete="off" | placeholder
Instagram (two-factor) | type="tel" name="verificationCode" maxlength="8" autocomplete="off" | aria
LinkedIn (challenge) | type="tel" name="pin" id="input__phone_verification_pin" maxlength="6" autocomplete="off" | label
Amazon (ap/mfa) | type="tel" name="otpCode" id="auth-mfa-otpcode" maxlength="20" autocomplete="off" | label
Atlassian (login) | id="two-step-verification-otp-code-input" name="otpCode" autocomplete="off" maxlength="6" inputmode="numeric" | drawn
Bitbucket (data centre source) | type="text" name="token" autocomplete="off" | label
npm (login) | name="otp" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="6" | label
PyPI (warehouse source) | name="totp_value" id="totp_value" autocomplete="one-time-code" inputmode="numeric" placeholder="123456" | label
Docker Hub (login) | type="text" name="code" id="code" inputmode="numeric" autocomplete="off" | floating
Heroku (login) | type="text" name="code" autocomplete="off" id="otp" maxlength="8" | label
Vercel (login) | type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="6" data-input-otp="true" | drawn
Netlify (login) | type="text" name="totp" autocomplete="one-time-code" minlength="6" maxlength="6" | label
Fastly (login) | type="text" name="token" autocomplete="off" inputmode="numeric" | label
Namecheap (login) | type="text" name="ctl00$ctl00$base_content$web_base_content$otp$txtTfaCd" maxlength="6" autocomplete="off" | table
GoDaddy (sso) | type="tel" id="code" name="code" maxlength="6" autocomplete="off" | floating
OVHcloud (auth) | type="text" id="codeTOTP" name="codeTOTP" autocomplete="off" required | label
Hetzner (accounts) | type="text" name="_otp" id="input-verify-code" autocomplete="off" autofocus | label
Gandi (login) | type="text" name="otp_code" id="otp_code" autocomplete="one-time-code" inputmode="numeric" | label
Linode (login) | type="text" name="auth_tfa_code" id="auth_tfa_code" autocomplete="off" | label
Zoho (accounts) | type="tel" name="MFA_TOTP" id="mfa_totp" maxlength="6" autocomplete="off" | boxesdiv
Fastmail (login) | name="code" class="v-Text-input" inputmode="numeric" type="text" maxlength="8" | placeholder
Proton (account) | type="text" inputmode="numeric" maxlength="1" autocomplete="one-time-code" | boxes33
Tuta (login) | type="text" autocomplete="off" aria-label="" | dialog
Snapchat (accounts) | type="text" inputmode="numeric" maxlength="1" name="digit" | boxes
TikTok (login) | type="text" maxlength="6" name="code" | placeholder
Shopify (accounts) | type="text" name="account[tfa_code]" id="account_tfa_code" inputmode="numeric" autocomplete="one-time-code" | label
Squarespace (login) | type="tel" name="code" autocomplete="off" inputmode="numeric" | floating
Hover (signin) | type="tel" name="code" placeholder="" maxlength="6" | label
""".strip().splitlines()]

# Markup for codes that do not come from an authenticator, by kind. It uses the same names as above on purpose.
NEGATIVE = {
    "sms": ['type="tel" name="otpCode" autocomplete="one-time-code" maxlength="6"', 'name="code" id="code" inputmode="numeric" autocomplete="off"',
            "boxes", 'type="tel" name="otc" maxlength="6"', 'name="otp" id="otp" autocomplete="off" inputmode="numeric"', 'name="verificationCode" maxlength="6" autocomplete="one-time-code"'],
    "voucher": ['name="code" maxlength="10"', 'name="voucher" placeholder="XXXXXX"', 'name="token" id="token" maxlength="6" autocomplete="off"'],
    "card": ['name="securityCode" inputmode="numeric" maxlength="4"', 'type="tel" name="code" maxlength="3" autocomplete="cc-csc"', 'type="password" name="cvc" maxlength="4"'],
    "recovery": ['name="code" id="code" autocomplete="off"', 'name="otp" id="otp" autocomplete="off"', 'name="recoveryCode"'],
    "pin": ["boxes", 'type="password" name="pin" inputmode="numeric" maxlength="6"'],
    "other": ['name="code" maxlength="8" autocomplete="off"', 'name="q1" inputmode="numeric"', 'type="text" id="code" name="number"'],
}
KINDS = {"sms": "sms", "mail": "sms", "call": "sms", "bank": "sms", "tan": "sms", "voucher": "voucher", "card": "card", "recovery": "recovery", "pin": "pin"}

# A field that users cannot see, on a page with or without another field for an authenticator's code.
DECOYS = {
    "off-screen": '<div style="position:absolute;left:-9999px"><label>Authenticator code <input name="otp" autocomplete="one-time-code"></label></div>',
    "zero size": '<input name="totp" autocomplete="one-time-code" aria-label="Authenticator code" style="width:0;height:0;padding:0;border:0">',
    "transparent": '<input name="otp" autocomplete="one-time-code" aria-label="Authenticator code" style="opacity:0">',
    "clipped": '<input name="otp" autocomplete="one-time-code" aria-label="Authenticator code" style="position:absolute;clip-path:inset(50%)">',
    "behind another element": '<div style="position:relative;width:20em;height:3em"><input name="otp" aria-label="Authenticator code" style="position:absolute;inset:0"><div style="position:absolute;inset:-4px;background:#fff">Welcome back. Nothing is left to do here.</div></div>',
    "aria-hidden": '<div aria-hidden="true"><input name="otp" autocomplete="one-time-code" aria-label="Authenticator code"></div>',
    "closed details": '<details><summary>Trouble signing in?</summary><label>Authenticator code <input name="otp"></label></details>',
    "inert": '<div inert><label>Authenticator code <input name="otp" autocomplete="one-time-code"></label></div>',
}
STYLE = ("<style>body{font:16px/1.5 sans-serif;margin:0}.cells{display:flex;gap:6px}.cells input{width:38px;height:44px;text-align:center;box-sizing:border-box}"
         ".page{max-width:30em;margin:2em auto}.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0 0 0 0)}</style>")
BRANDS = ["Harrow & Pike", "Lumen Gift Shop", "Northgate Telecom", "Penrose Card Club", "Birch Mail", "Coalport Parcel", "Dunmere Studio", "Elverton Bank"]


def fields(attributes, layout, label, described):
    number = attributes.split(' id="')[1].split('"')[0] if ' id="' in attributes else "f1"
    identity = "" if ' id="' in attributes else ' id="f1"'
    if layout.startswith("boxes"):
        count = 5 if layout == "boxes5" else 6
        cells = [f'<input data-code {attributes} aria-label="{n + 1} / {count}">' for n in range(count)]
        if layout == "boxes33":
            return f'<p id="l1">{label}</p><div class="cells" role="group" aria-labelledby="l1"><div>{"".join(cells[:3])}</div> – <div>{"".join(cells[3:])}</div></div>'
        if layout == "boxesdiv":
            cells = [f'<div><input data-code type="tel" maxlength="1"></div>' for _ in range(count)]
        return f'<div>{label}</div><div class="cells">{"".join(cells)}</div>'
    if layout == "drawn":
        slots = "".join("<i>_</i>" for _ in range(6))
        return (f'<div>{label}</div><div style="position:relative;width:15em;height:3em"><input data-code {attributes} '
                f'style="position:absolute;inset:0;width:100%;opacity:0"><div aria-hidden="true" style="display:flex;gap:1em">{slots}</div></div>')
    if layout == "floating":
        return f'<div><input data-code {attributes}{identity} placeholder=" "><label for="{number}">{label}</label></div>'
    if layout == "aria":
        return f'<input data-code {attributes} aria-label="{label}" placeholder="{label}">'
    if layout == "placeholder":
        return f'<input data-code {attributes} placeholder="{label}">'
    if layout == "described":
        return f'<input data-code {attributes} aria-describedby="d1" placeholder="{label}"><div id="d1">{described}</div>'
    if layout == "table":
        return f'<table><tr><td>{label}:</td><td><input data-code {attributes}></td></tr></table>'
    return f'<label for="{number}">{label}</label><input data-code {attributes}{identity}>'


def surround(dice, lang, brand, body):
    top = dice.choice([
        f'<div class="logo">{brand}</div>',
        f'<header><a href="/">{brand}</a><nav><a href="/a">Gift Cards</a> <a href="/b">Tracking</a></nav><form role="search"><input type="search" name="q" aria-label="Search"></form></header>',
        f'<div role="banner"><b>{brand}</b></div>',
    ])
    bottom = dice.choice([
        '<footer><a href="/p">Privacy</a> <a href="/t">Terms</a><form><input type="email" name="newsletter" placeholder="E-mail"><button>OK</button></form></footer>',
        '<div style="position:absolute;left:-9999px" aria-hidden="true"><label>Website <input name="website" tabindex="-1"></label></div>',
        "<small>reCAPTCHA</small>",
    ])
    dialect = f'<script>document.documentElement.lang="{lang}"</script>' if dice.random() < 0.8 else ""
    return f'{dialect}{STYLE}{top}<div class="page">{body}</div>{bottom}'


def positive(dice, number, lang, words):
    heading, instruction, label, links = (words + [""] * 4)[:4]
    source, attributes, layout = POSITIVE[number % len(POSITIVE)]
    said = f"<p>{instruction}</p>" if instruction else ""
    control = fields(attributes, layout, label, instruction)
    ways = "".join(f'<p><a href="#">{one.strip()}</a></p>' for one in links.split(";") if one.strip())
    login = ('<label>User <input name="user" autocomplete="username" value="kim"></label>'
             '<label>Password <input type="password" name="pw" value="secret"></label>') if not instruction else ""
    button = "<button>OK</button>" if dice.random() < 0.5 else '<input type="submit" value="OK">'
    form = f'<h1>{heading}</h1>{said}<form method="post" action="#">{login}{control}{button}</form>{ways}'
    if layout == "described":
        form = form.replace(said, "", 1)
    if layout == "dialog":
        form = f'<form hidden><input name="account"></form><div role="dialog" aria-modal="true">{form}</div>'
    elif layout == "shadow":
        form = f'<x-stage><template shadowrootmode="open">{form}</template></x-stage>'
    elif layout == "tabs":
        form = form.replace("<form", '<div role="tablist"><a role="tab">TOTP</a><a role="tab">WebAuthn</a><a role="tab">Recovery</a></div><form', 1)
    code = "K7QX9" if layout == "boxes5" else f"{dice.randrange(10 ** 6):06}"
    decoy = dice.choice(["", "", list(DECOYS.values())[0]])
    return {"name": f"{lang} {number}", "expect": "filled", "code": code, "submits": 0, "lang": lang, "kind": layout, "source": source,
            "html": surround(dice, lang, dice.choice(BRANDS), decoy + form)}


def negative(dice, number, lang, kind, words):
    heading, instruction, label, button, links = (words + [""] * 5)[:5]
    group = NEGATIVE[KINDS.get(kind, "other")]
    attributes = group[number % len(group)]
    control = fields('type="text" inputmode="numeric" maxlength="1"' if kind != "pin" else 'type="password" maxlength="1"', "boxes", label, "") \
        if attributes == "boxes" else fields(attributes, dice.choice(["label", "placeholder", "floating", "table", "aria"]), label, instruction)
    said = f"<p>{instruction}</p>" if instruction else ""
    ways = "".join(f'<p><a href="#">{one.strip()}</a></p>' for one in links.split(";") if one.strip())
    form = f'<h1>{heading}</h1>{said}<form method="post" action="#">{control}<button>{button}</button></form>{ways}'
    return {"name": f"{lang} {kind} {number}", "expect": "fill_no_field", "code": "482913", "submits": 0, "lang": lang, "kind": kind,
            "source": "common to sites of this kind", "html": surround(dice, lang, dice.choice(BRANDS), form).replace("data-code ", "")}


def decoys(part):
    for number, (name, html) in enumerate(DECOYS.items()):
        if number % 2 == part:
            body = f'<h1>Signed in</h1><p>Your account uses an authenticator app.</p><form>{html}<label>Search <input name="find"></label></form>'
            yield {"name": f"decoy {name}", "expect": "fill_no_field", "code": "482913", "submits": 0, "lang": "en", "kind": "decoy",
                   "source": "ways to hide a field from users", "html": STYLE + body}


def main():
    pages, lang, seen, number = ([], [], [], []), "", {}, 0
    dice = random.Random(20261129)
    files = [("unseen_phrases.txt", 0), ("unseen_phrases_third.txt", 2), ("unseen_phrases_fourth.txt", 3)]
    lines = [(line, batch) for name, batch in files for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]
    for line, batch in lines:
        if line.startswith("["):
            lang = line.strip("[]")
        elif line and not line.startswith("#"):
            head, text = line.split(":", 1)
            sign, _, kind = head.partition(" ")
            words = [one.strip() for one in text.split("|")]
            half = seen[lang, sign] = seen.get((lang, sign), -1) + 1
            part = batch or half % 2
            number += 1
            # Each phrase is combined with two products.
            for turn in range(2):
                if sign == "P":
                    pages[part].append(positive(dice, number * 2 + turn * 31, lang, words))
                elif turn == 0:
                    pages[part].append(negative(dice, number, lang, kind, words))
    for part, name in enumerate(["first", "second", "third", "fourth"]):
        if part < 2:
            pages[part].extend(decoys(part))
        text = ",\n".join(json.dumps(page, ensure_ascii=False) for page in pages[part])
        (FOLDER / f"unseen-{name}.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")
        positives = sum(page["expect"] == "filled" for page in pages[part])
        print(name, positives, "positive", len(pages[part]) - positives, "negative")


if __name__ == "__main__":
    main()
