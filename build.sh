#!/usr/bin/env bash
# Builds, tests and packages the extension on a Debian machine with a Rust toolchain. Installs missing packages when run
# as root; otherwise prints the command. The work itself is done by `cargo xtask`.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    cat <<'TEXT'
usage: ./build.sh [COMMAND]
  (none)      builds the extension in dist/chrome, dist/edge and dist/firefox, to load unpacked
  demo        shows the main user journey with a mock Casdoor server; without a display, headless with screenshots
  test        runs everything that continuous integration runs
  gallery     shows every state of the extension in each theme, language and size, in dist/gallery/index.html
  references  takes the screenshots in tests/e2e/references again, with which the tests compare every state
  screenshots makes the pictures of the guide and the README in docs/pictures, and those for the stores in
              dist/store-pictures
  live        runs the end-to-end tests with the real Casdoor server at $CASDOOR_URL, whose release is $CASDOOR_TAG, and
              prints a table
  bench       measures size and speed
  bench qr    measures the QR reader with generated screenshots; add a number to generate a different set, or the folder
              test/samples of zxing-cpp to read its QR samples
  fuzz        tests key URIs and imported files with many newly generated inputs
  package     builds the extension's archives for the stores of Chrome, Edge and Firefox, and the archive of the sources
  reproduce   packages twice, from the repository and from the archive of the sources in another folder, and fails if
              a byte differs
  release     fills dist/release: archives of the extension and the sources, checksums, SBOM, licenses, release notes, and
              in store/ the texts, answers and pictures for the stores
TEXT
}

# Installs Debian packages when run as root on Debian; otherwise prints the command.
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

# Node bundles the mock server's pages and shrinks the wasm. The build itself works without it.
need_node() {
    command -v npm >/dev/null || install_packages nodejs npm
}

need_browser() {
    local missing=()
    command -v chromium >/dev/null || missing+=(chromium)
    if [ "$1" = test ] && ! command -v firefox-esr >/dev/null; then missing+=(firefox-esr); fi
    command -v Xvfb >/dev/null || missing+=(xvfb)
    command -v xdotool >/dev/null || missing+=(xdotool)
    command -v openbox >/dev/null || missing+=(openbox)
    if [[ "$1" = screenshots || "$1" = release ]] && [ -z "$(fc-list Inter 2>/dev/null)" ]; then missing+=(fontconfig fonts-inter); fi
    if [ -z "$(fc-list 2>/dev/null | head -n 1)" ]; then missing+=(fontconfig fonts-dejavu-core fonts-liberation); fi
    # Screenshots are compared with references in this font.
    if [[ "$1" = test || "$1" = references ]] && [ ! -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]; then
        missing+=(fonts-dejavu-core)
    fi
    [ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
}

# The tests run independent Python readers of vaults and exports.
need_python() {
    local python
    # Another Python may come first in PATH and lack Debian's modules.
    for python in python3 /usr/bin/python3; do
        if "$python" -c "import argon2, cryptography, pip" 2>/dev/null; then return; fi
    done
    install_packages python3 python3-pip python3-argon2 python3-cryptography
}

case "${1:-build}" in
    build)
        need_rust
        need_node || echo "note: building without Node; the wasm will be larger" >&2
        exec cargo xtask build
        ;;
    package | reproduce)
        need_rust
        need_node
        exec cargo xtask "$1"
        ;;
    fuzz)
        need_rust
        need_node
        need_python
        exec cargo xtask fuzz
        ;;
    demo | gallery | references | screenshots | release | test | live | bench)
        need_rust
        need_node
        need_browser "$1"
        [ "$1" != test ] || need_python
        exec cargo xtask "$@"
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
