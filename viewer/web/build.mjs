/**
 * Bundles the desk: one module for each page in src/pages, what pages share in chunks, and the style sheets.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { giveUp, writeOutputs } from "../../build_output.mjs";

const here = import.meta.dirname;
const pages = join(here, "src", "pages");
const styles = join(here, "styles");
const outdir = join(here, "..", "static");
process.chdir(here);

const entriesIn = (folder, extension) => {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(extension)) : [];
  if (names.length === 0)
    giveUp(`There is no *${extension} in ${folder}: the desk cannot be built without its source.`);
  return names.sort().map((name) => join(folder, name));
};

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  target: "es2022",
  outdir,
  write: false,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
};

const scripts = await build({
  ...common,
  entryPoints: entriesIn(pages, ".ts"),
  format: "esm",
  splitting: true,
  chunkNames: "chunk-[hash]",
});
const sheets = await build({
  ...common,
  entryPoints: entriesIn(styles, ".css"),
  loader: { ".svg": "file", ".woff2": "file" },
  assetNames: "[name]-[hash]",
});
await writeOutputs([scripts, sheets], outdir);
