// Reads a generated set of images with this project's reader as wasm, with zxing-wasm and with jsQR, on the same pixels
// in the same run.
//
// Prints one JSON line per image: {"file", "qr": {"texts", "ms"}, "zxing-wasm": .., "jsQR": ..}.
//
// Usage: node peers.mjs CORPUS_DIR QR_WASM
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import jsQR from 'jsqr';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const [dir, qrWasm] = process.argv.slice(2);
const resolve = createRequire(import.meta.url).resolve;

// The browser's decoder of legacy encodings is imported, but no text of the set needs it.
const browser = new Proxy({}, { get: (_, name) => () => { throw new Error(`${String(name)} is not available`); } });
const imports = new Proxy({ host: { now: () => performance.now() } }, { get: (own, name) => own[name] ?? browser });
const { instance } = await WebAssembly.instantiate(fs.readFileSync(qrWasm), imports);
const qr = instance.exports;
const LIMIT_MS = 1500;

// Without its bytes, zxing-wasm would load them from the network.
const zxingWasm = path.join(path.dirname(resolve('zxing-wasm/reader')), '..', '..', 'reader', 'zxing_reader.wasm');
await prepareZXingModule({ overrides: { wasmBinary: fs.readFileSync(zxingWasm) }, fireImmediately: true });

function readWithOurs({ data, width, height }) {
  const at = qr.reserve(data.length);
  new Uint8Array(qr.memory.buffer, at, data.length).set(data);
  const length = qr.read(width, height, LIMIT_MS);
  const texts = Buffer.from(new Uint8Array(qr.memory.buffer, qr.texts(), Math.max(length, 0)));
  return texts.toString('utf8').split('\0').slice(0, -1);
}

const readers = {
  qr: readWithOurs,
  'zxing-wasm': async image => (await readBarcodes(image, { formats: ['QRCode'], tryHarder: true })).map(r => r.text),
  jsQR: ({ data, width, height }) => [jsQR(data, width, height, { inversionAttempts: 'attemptBoth' })?.data].filter(Boolean),
};

const manifest = JSON.parse(fs.readFileSync(path.join(dir, 'manifest.json')));
for (const { file } of manifest) {
  const { data, info } = await sharp(path.join(dir, file)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const image = { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
  const line = { file };
  for (const [name, read] of Object.entries(readers)) {
    const start = performance.now();
    try {
      const texts = await read(image);
      line[name] = { texts, ms: performance.now() - start };
    } catch (error) {
      line[name] = { texts: [], ms: performance.now() - start, trap: String(error) };
    }
  }
  console.log(JSON.stringify(line));
}
