// Bundles each widget into one file of JavaScript and one style sheet, for the wheel: node build.mjs [FOLDER]
import { build } from "esbuild";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const outdir = process.argv[2] ?? here("../flowlab/static");
const entryPoints = readdirSync(here("src"))
  .filter((name) => /\.(ts|css)$/.test(name))
  .map((name) => here(`src/${name}`));

await build({ entryPoints, outdir, bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "warning" });
