/** Bundles one script exactly as the SDK is bundled, and writes it to standard output. */
import { join } from "node:path";
import { bundle } from "../build_output.mjs";

const { outputFiles } = await bundle({
  absWorkingDir: join(import.meta.dirname, ".."),
  entryPoints: [process.argv[2]],
  outfile: "out.js",
  format: "iife",
  target: "es2020",
  minify: true,
});
process.stdout.write(outputFiles[0].text);
