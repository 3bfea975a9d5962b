/**
 * Runs esbuild and writes what it made, for the SDK and the desk alike.
 *
 * Every file is written anew even where its text is the same, because hatch_build.py judges by time whether
 * the outputs are current; what an earlier build left behind is removed afterwards, so that the folder holds
 * exactly this build. The licences of bundled packages are named at the end of each file.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

/**
 * Bundles into memory, the same bytes from wherever it is called. What is wrong with the source esbuild has
 * said by itself; a stack would only hide it.
 *
 * @param {import("esbuild").BuildOptions & { absWorkingDir: string }} options
 */
export async function bundle(options) {
  const fixed = { bundle: true, write: false, metafile: true, legalComments: "none", logLevel: "warning" };
  try {
    return { ...(await build({ ...fixed, ...options })), root: options.absWorkingDir };
  } catch {
    return process.exit(1);
  }
}

/** Writes the results of `bundle` into a folder that is theirs alone; each script also packed, where `brotli` says so. */
export async function writeOutputs(results, folder, { brotli = false } = {}) {
  await mkdir(folder, { recursive: true });
  const written = new Set();
  for (const result of results) {
    for (const file of result.outputFiles) {
      const inputs = result.metafile.outputs[relative(result.root, file.path)]?.inputs ?? {};
      const text = file.path.endsWith(".js")
        ? withNotices(file.text, await notices(inputs, result.root))
        : file.contents;
      await writeFile(file.path, text);
      written.add(basename(file.path));
      if (!brotli || !file.path.endsWith(".js")) continue;
      await writeFile(`${file.path}.br`, brotliCompressSync(text));
      written.add(`${basename(file.path)}.br`);
    }
  }
  for (const name of await readdir(folder))
    if (!written.has(name)) await rm(join(folder, name), { recursive: true });
}

/** One line for each package bundled from node_modules: its name, version and licence. */
async function notices(inputs, root) {
  const manifests = new Set();
  for (const input of Object.keys(inputs)) {
    const inPackage = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(resolve(root, input));
    if (inPackage) manifests.add(join(inPackage[1], "package.json"));
  }
  const lines = [];
  for (const manifest of [...manifests].sort()) {
    const { name, version, license } = JSON.parse(await readFile(manifest, "utf8"));
    lines.push(`${name} ${version} (${license})`);
  }
  return lines;
}

/** Adds the notices after the code, where they move no line that a source map counts. */
function withNotices(text, lines) {
  return lines.length === 0 ? text : `${text.trimEnd()}\n/*! contains ${lines.join(", ")} */\n`;
}

/** Ends the build with a sentence instead of a stack. */
export function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}
