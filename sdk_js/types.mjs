/**
 * Writes the npm package's types beside its bundle: those that `index` reaches and no others.
 *
 * TypeScript emits a declaration for every source and leaves imports without an extension, which Node's own
 * resolution of modules refuses; so the reachable ones are copied with `.js` added to their relative imports.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

const here = import.meta.dirname;
const dist = join(here, "dist");
const emitted = mkdtempSync(join(tmpdir(), "replay-desk-types-"));
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

const result = spawnSync(
  process.execPath,
  [tsc, "-p", join(here, "tsconfig.types.json"), "--outDir", emitted],
  {
    stdio: "inherit",
  },
);
if (result.status !== 0) process.exit(1);

const pending = [join(emitted, "index.d.ts")];
const seen = new Set(pending);
for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
  const text = readFileSync(path, "utf8").replace(/from "(\.[^"]+)"/g, (_, specifier) => {
    const target = `${join(dirname(path), specifier)}.d.ts`;
    if (!seen.has(target)) pending.push(target);
    seen.add(target);
    return `from "${specifier}.js"`;
  });
  const copy = join(dist, relative(emitted, path));
  mkdirSync(dirname(copy), { recursive: true });
  writeFileSync(copy, text);
}
rmSync(emitted, { recursive: true });
