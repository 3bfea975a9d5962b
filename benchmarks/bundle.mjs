/** Bundles one script exactly as the SDK is bundled, or that without lenses, and writes it to standard output. */
import { resolve } from "node:path";
import { SHORTENED } from "../sdk_js/internal_names.mjs";
import { bundleScript } from "../sdk_js/script_bundle.mjs";
import { withoutLenses } from "./without_lenses.mjs";

const entry = resolve(process.argv[2]);
const plugins = process.argv[3] === "without-lenses" ? [withoutLenses] : [];
// The peer is the whole recorder, as its package comes.
const isPeer = entry.startsWith(import.meta.dirname);
const { outputFiles } = await bundleScript(entry, "out.js", { plugins, properties: !isPeer && SHORTENED });
process.stdout.write(outputFiles.find(({ path }) => path.endsWith(".js")).text);
