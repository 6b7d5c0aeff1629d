#!/usr/bin/env python3
"""Opens a vault file of Casdoor Authenticator without the project's code. docs/vault-format.md describes the format.

usage: open_vault.py FILE [PASSWORD]      (asks for the password if it is not given)
needs: pip install cryptography argon2-cffi
"""
import base64
import getpass
import hashlib
import json
import sys

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = "casdoor-authenticator-vault"


def derive(kdf, password, salt):
    """The key that wraps the vault key, and how the parameters are written in the slot's label."""
    if kdf["name"] == "argon2id":
        memory, passes, lanes = kdf["memory_kib"], kdf["passes"], kdf["lanes"]
        key = hash_secret_raw(password, salt, passes, memory, lanes, 32, Type.ID, version=19)
        return key, f"argon2id {memory} {passes} {lanes}"
    iterations = kdf["iterations"]
    return hashlib.pbkdf2_hmac("sha256", password, salt, iterations, 32), f"pbkdf2 {iterations}"


def unseal(key, sealed, label):
    """AES-256-GCM; the label is authenticated with the data."""
    nonce, data = base64.b64decode(sealed["nonce"]), base64.b64decode(sealed["data"])
    return AESGCM(key).decrypt(nonce, data, label.encode())


def open_vault(vault, password):
    """The document in a vault file, as a dictionary."""
    assert vault["format"] == FORMAT and vault["version"] == 1, "not a vault that this script knows"
    slots = [slot for slot in vault["slots"] if slot["kind"] == "password"]
    if not slots:
        sys.exit("this vault has no password: only the browser profile that made it opens it")
    for slot in slots:
        key, parameters = derive(slot["kdf"], password.encode(), base64.b64decode(slot["salt"]))
        try:
            vault_key = unseal(key, slot, f"{FORMAT} slot 1 password {parameters} {slot['salt']}")
        except InvalidTag:
            continue
        return json.loads(unseal(vault_key, vault, f"{FORMAT} 1 {vault['revision']} {vault['sealed_at']}"))
    sys.exit("the password does not open this vault")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        text = json.load(file)
    secret = sys.argv[2] if len(sys.argv) > 2 else getpass.getpass("Password: ")
    print(json.dumps(open_vault(text, secret), indent=2, ensure_ascii=False))
