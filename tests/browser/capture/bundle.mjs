/** Writes the harness to standard output, bundled as the served script is. */
import { join } from "node:path";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, "harness.js")],
  bundle: true,
  format: "iife",
  target: "es2020",
  write: false,
  nodePaths: [join(import.meta.dirname, "..", "..", "..", "node_modules")],
});
process.stdout.write(outputFiles[0].text);
