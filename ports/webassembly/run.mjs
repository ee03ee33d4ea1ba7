// SPDX-License-Identifier: MIT
// Run a script on MicroPython in Node:  node ports/webassembly/run.mjs SCRIPT [FILE...]
// The files are put into the script's folder, which is the current one. MICROLITE_WASM names another build.

import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const root = path.resolve(import.meta.dirname, "../..");
const build = process.env.MICROLITE_WASM ?? path.join(root, "build/webassembly");

// What Emscripten 3.1.6 expects of Node and its modules no longer have.
globalThis.require = createRequire(import.meta.url);
globalThis.__dirname = build;
globalThis.fetch = undefined;

const { loadMicroPython } = await import(path.join(build, "micropython.mjs"));
const micropython = await loadMicroPython({
    heapsize: 16 << 20,
    url: path.join(build, "micropython.wasm"),
    stdout: (line) => console.log(line),
});

const [script, ...files] = process.argv.slice(2);
for (const file of [script, ...files]) {
    micropython.FS.writeFile(path.basename(file), fs.readFileSync(file));
}
micropython.globals.set("__file__", path.basename(script));
try {
    micropython.runPython(fs.readFileSync(script, "utf8"));
} catch (error) {
    console.error(error.message);
    process.exit(1);
}
