#!/usr/bin/env bash
# Builds the extension and does everything else that one does with it, on a fresh Debian machine with a Rust toolchain.
# It installs what is missing where it may, otherwise it names the command; the work itself is done by `cargo xtask`.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    cat <<'TEXT'
usage: ./build.sh [COMMAND]
  (none)      build the extension: dist/chrome, to be loaded unpacked
  demo        the main job in a browser with a mock Casdoor server; without a display headless, with pictures
  test        everything that continuous integration runs
  live        the contract, signing in, filling and the day in a browser, with the real Casdoor at $CASDOOR_URL
  bench       sizes and speeds
  bench qr    draws screenshots with QR codes and reads them, beside the peers; a number after it is another draw
  package     the archive for the store
TEXT
}

# Installs Debian packages when this is root on Debian; otherwise says the one command.
install_packages() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq </dev/null && apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
    else
        echo "missing: $*. On Debian: sudo apt-get install --no-install-recommends $*" >&2
        return 1
    fi
}

need_rust() {
    if ! command -v cargo >/dev/null; then
        echo "missing: a Rust toolchain. See https://rustup.rs" >&2
        exit 1
    fi
    local target=wasm32-unknown-unknown
    if [ ! -d "$(rustc --print target-libdir --target "$target" 2>/dev/null)" ] && command -v rustup >/dev/null; then
        rustup target add "$target"
    fi
    command -v cc >/dev/null || install_packages build-essential
}

# Node bundles the mock server's pages and shrinks the wasm; the build itself does without.
need_node() {
    command -v npm >/dev/null || install_packages nodejs npm
}

need_browser() {
    local missing=()
    command -v chromium >/dev/null || missing+=(chromium)
    command -v Xvfb >/dev/null || missing+=(xvfb)
    command -v xdotool >/dev/null || missing+=(xdotool)
    command -v openbox >/dev/null || missing+=(openbox)
    if [ -z "$(fc-list 2>/dev/null | head -n 1)" ]; then missing+=(fontconfig fonts-dejavu-core fonts-liberation); fi
    [ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
}

# The independent readers of vaults and exports, which the tests run.
need_python() {
    local python
    # Another Python may stand before Debian's, whose modules it does not see.
    for python in python3 /usr/bin/python3; do
        if "$python" -c "import argon2, cryptography" 2>/dev/null; then return; fi
    done
    install_packages python3 python3-argon2 python3-cryptography
}

case "${1:-build}" in
    build)
        need_rust
        need_node || echo "note: going on without node" >&2
        exec cargo xtask build
        ;;
    package)
        need_rust
        need_node
        exec cargo xtask package
        ;;
    demo | test | live | bench)
        need_rust
        need_node
        need_browser
        [ "$1" != test ] || need_python
        exec cargo xtask "$@"
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
