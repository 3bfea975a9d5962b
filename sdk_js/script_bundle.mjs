/**
 * Bundles a script as a shop's page loads it: by esbuild, then once more made smaller by terser, which knows
 * better what a function's callers leave of it. What a page loads costs the shop's customers, so this is worth
 * the seconds of a build.
 */
import { minify } from "terser";
import { bundle } from "../build_output.mjs";

const TARGET_YEAR = 2020;
const PASSES_COUNT = 2;

/**
 * As `bundle` answers it; `properties` are those to make short. The map is beside the script but not named in it: no
 * browser asks for it.
 */
export async function bundleScript(entry, outfile, options = {}) {
  const { format = "iife", define = {}, plugins = [], properties = false } = options;
  const bundled = await bundle({
    absWorkingDir: import.meta.dirname,
    entryPoints: [entry],
    outfile,
    format,
    define,
    target: `es${TARGET_YEAR}`,
    minify: true,
    plugins,
    sourcemap: "external",
  });
  const [map, script] = ["js.map", "js"].map((end) =>
    bundled.outputFiles.find(({ path }) => path.endsWith(end)),
  );
  const small = await minify(script.text, {
    ecma: TARGET_YEAR,
    toplevel: true,
    module: format === "esm",
    compress: { passes: PASSES_COUNT },
    mangle: { properties },
    sourceMap: { content: map.text },
  });
  const files = [
    { path: map.path, text: small.map, contents: Buffer.from(small.map) },
    { path: script.path, text: small.code, contents: Buffer.from(small.code) },
  ];
  return { ...bundled, outputFiles: files };
}
