"""Reads key URIs, one per line, and a time in seconds. Prints pyotp's code for each URI, or "-" if it is rejected."""

import sys

import pyotp


def code(uri, moment):
    try:
        otp = pyotp.parse_uri(uri)
        return otp.at(0) if isinstance(otp, pyotp.HOTP) else otp.at(moment)
    except Exception:
        return "-"


with open(sys.argv[1], encoding="utf-8") as uris:
    for uri in uris.read().split("\n")[:-1]:
        print(code(uri, int(sys.argv[2])))
