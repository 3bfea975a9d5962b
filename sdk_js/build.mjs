/**
 * Bundles the SDK twice: as the script that a shop's page loads from the collector, and as the npm package,
 * whose dependencies stay imports so that a shop's own bundler sees them. Types are tsc's: see `prepack`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { giveUp, writeOutputs } from "../build_output.mjs";

const here = import.meta.dirname;
const entry = join(here, "src", "index.ts");
const scriptEntry = join(here, "src", "script.ts");
const served = join(here, "..", "replay", "collector", "static");
const published = join(here, "dist");
process.chdir(here);

if (!existsSync(entry)) giveUp(`There is no ${entry}: the SDK cannot be built without its source.`);

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  target: "es2020",
  write: false,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
};

const script = await build({
  ...common,
  entryPoints: [scriptEntry],
  outfile: join(served, "replay.js"),
  format: "iife",
  minify: true,
  // Beside the script but not named in it: a customer's browser never asks for the map.
  sourcemap: "external",
});
const library = await build({
  ...common,
  entryPoints: [entry],
  outfile: join(published, "index.js"),
  format: "esm",
  packages: "external",
  sourcemap: true,
});
await writeOutputs([script], served);
await writeOutputs([library], published);
