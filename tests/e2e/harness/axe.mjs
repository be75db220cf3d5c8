// Accessibility: axe-core's rules for WCAG 2.0 to 2.2, A and AA, and its best practices.
import assert from "node:assert/strict";

import axe from "axe-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** Asserts that a page has no violation, with all its `<details>` open; leaves them as they were. */
export async function assertAccessible(page) {
  const found = await violations(page);
  assert.equal(found.length, 0, `${page.url()}\n${found.join("\n")}`);
}

/** The violations of a page, one text each. */
export async function violations(page) {
  // axe needs timers, which a page without JavaScript lacks. Turned on now, they serve axe alone:
  // the page's own scripts were passed over when it loaded.
  const scripting = await page.evaluate(() => !matchMedia("(scripting: none)").matches);
  const restore = scripting ? async () => {} : await enableScripting(page);
  // Evaluated from outside, so the page's content security policy needs no exception.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (values) => {
    const closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
    const result = await globalThis.axe.run(document, {
      runOnly: { type: "tag", values },
      resultTypes: ["violations"],
    });
    for (const one of closed) one.open = false;
    return result.violations;
  }, RULES);
  await restore();
  return found.map(({ id, help, nodes }) => {
    const where = nodes.map(({ target, html }) => `    ${target.join(" ")}: ${html}`);
    return [`  ${id}: ${help}`, ...where].join("\n");
  });
}

/** Turns scripts on in a page that was opened without; returns what turns them off again. */
async function enableScripting(page) {
  const devtools = await page.context().newCDPSession(page);
  const disable = (value) => devtools.send("Emulation.setScriptExecutionDisabled", { value });
  // Each session remembers only what it said itself: a "no" counts after a "yes" of its own. It is
  // not detached, for that would take the last "yes" back.
  await disable(true);
  await disable(false);
  return () => disable(true);
}
