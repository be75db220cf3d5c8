// Photographs every page of the portal, light and dark, at 390 and 1280 px: `make screenshots`.
// With names as arguments, only those pages: `node screenshots.mjs choices activity`.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { assertFits, launch, visit } from "./harness/browser.mjs";
import { out } from "./harness/paths.mjs";
import { PAGES, goTo, signIn } from "./harness/portal.mjs";
import { startServer } from "./harness/server.mjs";

const wanted = process.argv.slice(2);
const pages = wanted.length ? PAGES.filter(({ name }) => wanted.includes(name)) : PAGES;
const unknown = wanted.filter((name) => !PAGES.some((page) => page.name === name));
if (unknown.length) throw new Error(`no page is called ${unknown}; there are ${PAGES.map(({ name }) => name).join(", ")}`);

const server = await startServer();
const browser = await launch();
const shots = join(out, "shots");
if (!wanted.length) await rm(shots, { recursive: true, force: true });
await mkdir(shots, { recursive: true });

let failed = 0;
for (const role of new Set(pages.map((page) => page.role))) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
      await visit(browser, { scheme, width }, async (page) => {
        if (role) await signIn(page, server.url, server.account(role));
        for (const one of pages.filter((candidate) => candidate.role === role)) {
          const file = `${one.name}-${width}-${scheme}.png`;
          try {
            await goTo(page, server.url, one);
            await page.evaluate(() => document.fonts.ready);
            await page.screenshot({ path: join(shots, file), fullPage: true });
            await assertFits(page);
            console.log(file);
          } catch (error) {
            failed += 1;
            console.error(`${file}: ${error.message}`);
          }
        }
      }).catch((error) => {
        failed += 1;
        console.error(`${role ?? "nobody"}, ${width} px, ${scheme}: ${error.message}`);
      });
    }
  }
}
await browser.close();
await server.stop();
console.log(`${shots}: ${failed ? `${failed} failed` : "all there"}`);
process.exitCode = failed ? 1 : 0;
