/**
 * Bundles the SDK twice: as the script that a shop's page loads from the collector, and as the npm package,
 * whose dependencies stay imports so that a shop's own bundler sees them. Its types are made by `prepack`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bundle, giveUp, writeOutputs } from "../build_output.mjs";
import { INTERNAL_NAMES, recorderParts } from "./recorder_parts.mjs";
import { bundleScript } from "./script_bundle.mjs";

const here = import.meta.dirname;
const served = join(here, "..", "replay", "collector", "static");
const published = join(here, "dist");

const source = (name) => {
  const path = join(here, "src", name);
  if (!existsSync(path)) giveUp(`There is no ${path}: the SDK cannot be built without its source.`);
  return path;
};

const plugins = [recorderParts];
const script = await bundleScript(source("script.ts"), join(served, "replay.js"), plugins, INTERNAL_NAMES);
const library = await bundle({
  absWorkingDir: here,
  entryPoints: [source("index.ts")],
  outfile: join(published, "index.js"),
  format: "esm",
  target: "es2020",
  packages: "external",
  sourcemap: true,
});
await writeOutputs([script], served);
await writeOutputs([library], published);
