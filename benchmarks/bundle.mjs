/** Bundles one script exactly as the SDK is bundled, or that without lenses, and writes it to standard output. */
import { resolve } from "node:path";
import { bundleScript } from "../sdk_js/script_bundle.mjs";
import { withoutLenses } from "./without_lenses.mjs";

const entry = resolve(process.argv[2]);
const plugins = process.argv[3] === "without-lenses" ? [withoutLenses] : [];
const { outputFiles } = await bundleScript(entry, "out.js", { plugins });
process.stdout.write(outputFiles.find(({ path }) => path.endsWith(".js")).text);
