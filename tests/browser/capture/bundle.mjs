/** Writes the harness, bundled for a page, to standard output. */
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
