/**
 * Bundles the desk: one module for each page in src/pages, and the style sheets. What pages share is little, and a
 * module of its own would be asked for only after the page's own had been read.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bundle, giveUp, writeOutputs } from "../../build_output.mjs";

const here = import.meta.dirname;
const outdir = join(here, "..", "static");

const sources = (folder, extension) => {
  const path = join(here, folder);
  const names = existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(extension)) : [];
  if (names.length === 0)
    giveUp(`There is no *${extension} in ${path}: the desk cannot be built without its source.`);
  return names.sort().map((name) => join(path, name));
};

const common = { absWorkingDir: here, outdir, minify: true, sourcemap: true, target: "es2022" };
const scripts = await bundle({
  ...common,
  entryPoints: sources("src/pages", ".ts"),
  format: "esm",
});
const sheets = await bundle({
  ...common,
  entryPoints: sources("styles", ".css"),
  loader: { ".svg": "file", ".woff2": "file" },
  assetNames: "[name]-[hash]",
});
await writeOutputs([scripts, sheets], outdir);
