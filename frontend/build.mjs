// Builds ../qa_app/static from the sources here: `npm ci && npm run build`.
// `npm run check` builds in memory and fails when a committed file differs.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import path from "node:path"
import * as esbuild from "esbuild"
import * as sass from "sass"

const here = path.dirname(fileURLToPath(import.meta.url))
const target = path.resolve(here, "../qa_app/static")
const modules = path.join(here, "node_modules")
const mojImages = path.join(modules, "@ministryofjustice/frontend/moj/assets/images")
const browsers = ["chrome111", "edge111", "firefox115", "safari16"]

async function styles() {
  const { css } = sass.compile(path.join(here, "app.scss"), {
    loadPaths: [here, modules],
    quietDeps: true
  })
  const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: browsers })
  return code
}

async function scripts() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(here, "app.mjs")],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    legalComments: "none",
    target: browsers
  })
  return outputFiles[0].text
}

const built = { "app.css": await styles(), "app.js": await scripts() }
const images = [...new Set([...built["app.css"].matchAll(/url\(images\/([\w-]+\.svg)\)/g)].map((m) => m[1]))]

if (process.argv.includes("--check")) {
  const stale = []
  for (const [name, text] of Object.entries(built)) {
    const committed = await readFile(path.join(target, name), "utf8").catch(() => "")
    if (committed !== text) stale.push(name)
  }
  if (stale.length) {
    console.error(`Run "npm run build" in frontend and commit ${stale.join(", ")}`)
    process.exit(1)
  }
} else {
  await mkdir(path.join(target, "images"), { recursive: true })
  for (const [name, text] of Object.entries(built)) {
    await writeFile(path.join(target, name), text)
    console.log(`${name} ${text.length} bytes`)
  }
  for (const image of images) {
    await copyFile(path.join(mojImages, image), path.join(target, "images", image))
  }
  await copyFile(path.join(here, "images/favicon.svg"), path.join(target, "images/favicon.svg"))
}
