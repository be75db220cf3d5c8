// Chromium: a new empty profile for each browser, nothing but loopback, and a clean console.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { out, program } from "./paths.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Starts Chromium: headless, or with a window on the X display of that name. */
export function launch({ display } = {}) {
  return chromium.launch({
    executablePath: process.env.SAYSO_CHROMIUM || program("chromium", "chromium-browser", "google-chrome"),
    args: FLAGS,
    headless: !display,
    env: display ? { ...process.env, DISPLAY: display } : process.env,
  });
}

/**
 * Gives `use` a page in a fresh context, and fails when the visit was not clean: an error in the
 * console, an exception in the page, or a request to anywhere but loopback.
 *
 * `use(page, visit)`: `visit.expect(pattern)` says that an error whose text matches is part of the
 * story (a 404 on purpose, say). It must then occur.
 */
export async function visit(browser, options, use) {
  const { js = true, scheme = "light", width = 1280, height = 900, locale = "en-GB", ...rest } = options;
  const context = await browser.newContext({
    javaScriptEnabled: js,
    colorScheme: scheme,
    viewport: { width, height },
    reducedMotion: "reduce",
    locale,
    ...rest,
  });
  const wrong = [];
  const expected = [];
  context.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => wrong.push(`page: ${error.error().stack ?? error.error()}`));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && !LOOPBACK.has(url.hostname)) wrong.push(`foreign: ${url}`);
  });
  const page = await context.newPage();
  try {
    const result = await use(page, { context, expect: (pattern) => expected.push(pattern) });
    const surprises = wrong.filter((text) => !expected.some((pattern) => pattern.test(text)));
    assert.deepEqual(surprises, [], `${page.url()} was not clean`);
    for (const pattern of expected) {
      assert.ok(wrong.some((text) => pattern.test(text)), `expected an error like ${pattern}, and none came`);
    }
    return result;
  } catch (error) {
    await keepPicture(page);
    throw error;
  } finally {
    await context.close();
  }
}

async function keepPicture(page) {
  const path = join(out, "failures", `${new Date().toISOString().replaceAll(":", "-")}.png`);
  await mkdir(join(out, "failures"), { recursive: true });
  // Best effort: the page may be what broke, and the first error is the one to report.
  await page.screenshot({ path, fullPage: true }).catch(() => {});
}

/** A page may scroll down, never sideways. */
export async function assertFits(page) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${page.url()} is ${content} px wide in a window of ${window} px`);
}
