/**
 * Bundles the SDK twice: as the scripts that a shop's page loads from the collector, and as the npm
 * package, whose dependencies stay imports so that a shop's own bundler sees them. Its types are made by
 * `prepack`.
 *
 * Of the scripts there is one that every page loads, one for each platform, two for what few pages need, the panel that a
 * developer asks for, and the pixel for checkouts. The first asks for the others by one hash of the content of them all, as the collector
 * serves them, so that both are always of one build: a hash for each would cost every page more than the adapters that
 * it does not need.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { bundle, giveUp, writeOutputs } from "../build_output.mjs";
import { knownTo, SHORTENED } from "./internal_names.mjs";
import { bundleScript } from "./script_bundle.mjs";

/** As `replay/collector/sdk.py` shortens it. */
const VERSION_LENGTH = 16;
/** What adapters share; it is no adapter. */
const SHARED = /^(?:adapter|reading|\w+_theme)\.ts$/;

const here = import.meta.dirname;
const served = join(here, "..", "replay", "collector", "static");
const published = join(here, "dist");

const source = (name) => {
  const path = join(here, "src", name);
  if (!existsSync(path)) giveUp(`There is no ${path}: the SDK cannot be built without its source.`);
  return path;
};
const contentOf = ({ outputFiles }) => outputFiles.find(({ path }) => path.endsWith(".js")).contents;

const beside = {};
for (const file of readdirSync(source("adapters")).sort()) {
  if (SHARED.test(file)) continue;
  const name = basename(file, ".ts");
  beside[name] = await bundleScript(source(`adapters/${file}`), join(served, `${name}.js`), {
    format: "esm",
  });
}
for (const name of ["lost", "managed"])
  beside[name] = await bundleScript(source(`${name}.ts`), join(served, `${name}.js`), { format: "esm" });
beside.debug = await bundleScript(source("debug/index.ts"), join(served, "debug.js"), { format: "esm" });
beside.shopify_pixel = await bundleScript(source("pixel/index.ts"), join(served, "shopify_pixel.js"), {
  format: "esm",
});
for (const [name, made] of Object.entries(beside)) {
  const shared = knownTo(new TextDecoder().decode(contentOf(made)));
  if (shared.length) giveUp(`${name} knows ${shared}, too: it is no internal name of the SDK's script.`);
}
const hash = createHash("sha384");
for (const name of Object.keys(beside).sort()) hash.update(contentOf(beside[name]));
const version = hash.digest("hex").slice(0, VERSION_LENGTH);
const script = await bundleScript(source("script.ts"), join(served, "replay.js"), {
  define: { SCRIPTS_VERSION: JSON.stringify(version) },
  properties: SHORTENED,
});
const library = await bundle({
  absWorkingDir: here,
  entryPoints: [source("index.ts")],
  outdir: published,
  format: "esm",
  splitting: true,
  target: "es2020",
  packages: "external",
  sourcemap: true,
});
await writeOutputs([script, ...Object.values(beside)], served, { brotli: true });
await writeOutputs([library], published);
