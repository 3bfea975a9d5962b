/** Writes a script of this folder to standard output, bundled as the served script is. */
import { join } from "node:path";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, process.argv[2])],
  bundle: true,
  format: "iife",
  target: "es2020",
  write: false,
  nodePaths: [join(import.meta.dirname, "..", "..", "..", "node_modules")],
});
process.stdout.write(outputFiles[0].text);
