// Bundles the pages of a folder next to this file. Usage, after `npm ci` in FOLDER: node build.mjs FOLDER OUTFILE
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [name, outfile] = process.argv.slice(2);
const folder = join(dirname(fileURLToPath(import.meta.url)), name);
const require = createRequire(join(folder, "package.json"));
const { build } = require("esbuild");

/** Compiles Svelte's components and modules, if the folder has any. */
const svelte = {
  name: "svelte",
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte(\.js)?$/ }, async ({ path }) => {
      const { compile, compileModule } = require("svelte/compiler");
      const source = await readFile(path, "utf8");
      const options = { filename: path, generate: "client" };
      const { js } = path.endsWith(".js")
        ? compileModule(source, options)
        : compile(source, { ...options, css: "injected" });
      return { contents: js.code, loader: "js", resolveDir: dirname(path) };
    });
  },
};

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
  conditions: ["svelte", "module"],
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [svelte],
  logLevel: "warning",
});
