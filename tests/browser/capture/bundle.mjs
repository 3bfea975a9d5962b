/** Writes the harness to standard output, bundled as the served script is. */
import { join } from "node:path";
import { build } from "esbuild";
import { recorderParts } from "../../../sdk_js/recorder_parts.mjs";

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, "harness.js")],
  bundle: true,
  format: "iife",
  target: "es2020",
  write: false,
  plugins: [recorderParts],
  nodePaths: [join(import.meta.dirname, "..", "..", "..", "node_modules")],
});
process.stdout.write(outputFiles[0].text);
