// Bundles the pages: one script for each of the three page designs, built from the real component libraries of that
// time.
//
// Usage: node build.mjs [OUT]  (after `npm ci`; OUT is ../../dist/mock-casdoor-web by default)
import { cpSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../../dist/mock-casdoor-web"));

// Folder -> its component libraries, and its passcode form
const shapes = {
  "antd-6.3": { ui: "antd", icons: "@ant-design/icons", shape: "labeled" },
  "antd-5.24": { ui: "antd-5.24", icons: "icons-5", shape: "cells" },
  "antd-5.2": { ui: "antd-5.2", icons: "icons-5", shape: "single" },
};

mkdirSync(out, { recursive: true });
cpSync(join(here, "static"), out, { recursive: true });
for (const [folder, { ui, icons, shape }] of Object.entries(shapes)) {
  const outfile = join(out, folder, "page.js");
  await build({
    entryPoints: [join(here, "src/page.jsx")],
    outfile,
    bundle: true,
    minify: true,
    target: "chrome110",
    jsx: "automatic",
    legalComments: "linked",
    absWorkingDir: here,
    alias: { ui, icons },
    define: { SHAPE: JSON.stringify(shape), "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
  console.log(`${folder}: ${Math.round(statSync(outfile).size / 1024)} KB`);
}
