// Bundles the pages of a folder next to this file. Usage, after `npm ci` in FOLDER: node build.mjs FOLDER OUTFILE
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [name, outfile] = process.argv.slice(2);
const folder = join(dirname(fileURLToPath(import.meta.url)), name);
const { build } = createRequire(join(folder, "package.json"))("esbuild");
await build({
  entryPoints: [join(folder, "pages.jsx")],
  outfile: resolve(outfile),
  bundle: true,
  minify: true,
  target: "chrome110",
  jsx: "automatic",
  legalComments: "none",
  loader: { ".css": "text" },
  absWorkingDir: folder,
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});
