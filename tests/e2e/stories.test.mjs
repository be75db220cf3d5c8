// What an employee and HR do, with JavaScript and without, and what every page owes.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { assertAccessible } from "./harness/axe.mjs";
import { assertFits, launch, visit } from "./harness/browser.mjs";
import { gate } from "./harness/paths.mjs";
import { PAGES, goTo, signIn } from "./harness/portal.mjs";
import { cleanEnvironment, startServer } from "./harness/server.mjs";

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const CATEGORIES = ["keystrokes", "mouse_movement", "click_location", "screen_content"];
const row = (page, category) => page.locator("main li", { has: page.locator(`[id='c-mci-${category}']`) });
const half = (page, category, word) => row(page, category).locator(".switch").getByRole("button", { name: word, exact: true });

/** Asks as an agent asks; the gate's exit code is the answer. */
async function check(person, category) {
  const args = ["check", "--server", server.url, "--employee", person.external_id, "--program", "mci", "--category", category];
  const env = cleanEnvironment({ SAYSO_AGENT_KEY: server.agent("collector").key });
  return promisify(execFile)(gate, args, { env }).then(
    () => 0,
    ({ code }) => code,
  );
}

/** The first collector of the demo confirms, as its own software would, that it has stopped. */
async function confirmStop() {
  const headers = { authorization: `Bearer ${server.agent("collector").key}`, "content-type": "application/json" };
  const { seq } = await (await fetch(`${server.url}/api/v1/snapshot?employees=nobody`, { headers })).json();
  const body = JSON.stringify({ seq, state: "stopped" });
  const answer = await fetch(`${server.url}/api/v1/acks`, { method: "POST", headers, body });
  assert.equal(answer.status, 200);
}

for (const js of [false, true]) {
  describe(js ? "with JavaScript" : "without JavaScript", () => {
    test("each of the four categories is turned on, obeyed, and turned off", async () => {
      const person = server.account("employee", 1);
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, person);
        for (const category of CATEGORIES) {
          await page.goto(`${server.url}/choices`);
          for (const [word, answer] of [["Off", 1], ["On", 0], ["Off", 1]]) {
            await half(page, category, word).click();
            await row(page, category).locator(".switch button[aria-pressed='true']", { hasText: word }).waitFor();
            assert.equal(await check(person, category), answer, `${category} ${word}`);
          }
        }
      });
    });

    test("deletion is asked for, confirmed by a store, and followed on its own page", async () => {
      const person = server.account("employee", 0);
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, person);
        await page.goto(`${server.url}/requests/new?program=mci&category=click_location`);
        const covered = await page.locator("#covers").locator("xpath=ancestor::section").innerText();
        assert.match(covered, /record/);
        await page.getByRole("button", { name: /^Ask to delete/ }).click();
        await page.getByRole("button", { name: "Delete them" }).click();
        await page.waitForURL(/\/requests\/[0-9a-f]{32}$/);
        const limit = Date.now() + 60_000;
        while (!/erased|nothing/i.test(await page.locator("main table").first().innerText())) {
          assert.ok(Date.now() < limit, await page.locator("main").innerText());
          await page.waitForTimeout(1000);
          await page.reload();
        }
        await assertAccessible(page);
      });
    });

    test("a receipt downloads, and verifies offline until a byte is changed", async () => {
      const person = server.account("employee", 0);
      const folder = await mkdtemp(join(tmpdir(), "sayso-receipt-"));
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, person);
        await goTo(page, server.url, { path: "/receipts", follow: "main .timeline a[href^='/receipts/']" });
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.locator("a[href$='.tlog-proof']").first().click(),
        ]);
        const file = join(folder, "receipt.tlog-proof");
        await download.saveAs(file);
        // Trust the log, and every witness that the page names: without the witnesses, a changed byte in the line of
        // one of them would only be the line of somebody unknown.
        const [log, ...witnesses] = (await page.locator("#keys").textContent()).trim().split(/\s+/);
        assert.equal(log, (await (await fetch(`${server.url}/ledger/log.vkey`)).text()).trim());
        const names = witnesses.map((_, number) => `witness-${number}`);
        const policy = join(folder, "policy");
        await writeFile(
          policy,
          [
            `log ${log}`,
            ...witnesses.map((key, number) => `witness ${names[number]} ${key}`),
            ...(witnesses.length > 0 ? [`group all all ${names.join(" ")}`, "quorum all"] : ["quorum none"]),
            "",
          ].join("\n"),
        );
        const verify = (path) =>
          promisify(execFile)(gate, ["verify", path, "--policy", policy]).then(() => 0, ({ code }) => code);
        assert.equal(await verify(file), 0);
        const bytes = await readFile(file);
        for (let index = 0; index < bytes.length; index += 37) {
          const changed = Buffer.from(bytes);
          changed[index] ^= 1;
          const path = join(folder, "changed.tlog-proof");
          await writeFile(path, changed);
          assert.notEqual(await verify(path), 0, `byte ${index}`);
        }
        if (js) await page.getByText(/your browser has (just )?checked/i).first().waitFor();
        else await page.getByText(/has not checked/i).first().waitFor();
      });
    });

    test("a notice is read and acknowledged", async () => {
      const person = server.account("representative");
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, person);
        await goTo(page, server.url, { path: "/notices", follow: "main a[href^='/notices/']" });
        const button = page.getByRole("button", { name: /^I have read/ });
        if (await button.count()) await button.click();
        await page.getByText(/you (have )?read|read by you/i).first().waitFor();
      });
    });

    test("HR writes, previews and publishes a notice, and everybody can read it", async () => {
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, server.account("publisher"));
        await page.goto(`${server.url}/manage/notices/new`);
        const name = js ? "canteen" : "parking";
        await page.fill("[name=notice]", name);
        await page.fill("[name=title_en]", `About the ${name}`);
        await page.fill("[name=summary_en]", "What it means for you.");
        await page.fill("[name=body_en]", "## Hours\n\nFrom **eight**. <script>alert(1)</script> [link](javascript:alert(1))");
        await page.getByRole("button", { name: /preview/i }).click();
        await page.getByText("From eight", { exact: false }).first().waitFor();
        assert.equal(await page.locator("main script, main a[href^='javascript']").count(), 0, "sanitised");
        await assertAccessible(page);
        await page.getByRole("button", { name: /publish/i }).click();
        await page.waitForURL((url) => !/preview|new/.test(url.pathname));
      });
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, server.account("employee"));
        await page.goto(`${server.url}/notices`);
        await page.getByText(js ? "About the canteen" : "About the parking").first().waitFor();
      });
    });

    test("signing out everywhere ends the other browser's session", async () => {
      const person = server.account("auditor");
      await visit(browser, { js }, async (first) => {
        await signIn(first, server.url, person);
        await visit(browser, { js }, async (second) => {
          await signIn(second, server.url, person);
          await second.goto(`${server.url}/account`);
          await second.getByRole("button", { name: /everywhere/i }).click();
          await second.waitForURL(/\/sign-in/);
        });
        await first.goto(`${server.url}/choices`);
        assert.match(first.url(), /\/sign-in/);
      });
    });

    test("after a no the row counts who has confirmed, and names who has not", async () => {
      const person = server.account("employee", 1);
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, person);
        await page.goto(`${server.url}/choices`);
        for (const word of ["On", "Off"]) {
          await half(page, "keystrokes", word).click();
          await row(page, "keystrokes").locator(".switch button[aria-pressed='true']", { hasText: word }).waitFor();
        }
        const status = row(page, "keystrokes").locator(".status");
        await status.getByText(/test-collector.* not/).waitFor();
        await assertAccessible(page);
        await confirmStop();
        // The page itself hears of it; without JavaScript it is looked at again.
        if (!js) await page.goto(`${server.url}/choices`);
        // The company's own collector may confirm before or after: what counts is that this one is no longer named.
        const confirmed = row(page, "keystrokes").locator(".status", { hasNotText: /test-collector/ });
        await confirmed.getByText(/[12] of 2 collectors confirmed/).waitFor();
      });
    });

    test("a programme is paused with one click and a reason, and everybody reads why", async () => {
      const program = js ? "mci" : "support-review";
      const role = js ? "representative" : "privacy_officer";
      const reason = `Until it is explained, ${js ? "all of it" : "the calls"}.`;
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, server.account(role));
        await page.goto(`${server.url}/manage/programs`);
        await assertAccessible(page);
        await page.locator(`main a[href='/manage/programs/${program}/pause']`).click();
        await assertAccessible(page);
        await page.fill("#reason", reason);
        await page.getByRole("button", { name: "Pause now" }).click();
        await page.getByRole("heading", { level: 1, name: /is paused$/ }).waitFor();
        await page.getByText(`“${reason}”`).first().waitFor();
        await page.locator("#spread .status").getByText(/collectors? confirmed/).waitFor();
        if (js) {
          const before = await page.locator(".spread li:not([data-state])").count();
          await confirmStop();
          await page.locator(`.spread li:not([data-state])`).nth(before).waitFor();
        }
        for (const width of [320, 390, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          await assertFits(page);
        }
        await assertAccessible(page);
      });
      await visit(browser, { js }, async (page) => {
        await signIn(page, server.url, server.account("employee"));
        await page.goto(`${server.url}/choices`);
        await page.getByText(reason).first().waitFor();
        await assertAccessible(page);
      });
      if (js) assert.equal(await check(server.account("employee"), "keystrokes"), 1);
    });
  });
}

describe("every page", () => {
  for (const js of [true, false]) {
    for (const scheme of ["light", "dark"]) {
      test(`is accessible and fits, ${scheme}, ${js ? "with" : "without"} JavaScript`, async () => {
        for (const role of new Set(PAGES.map((page) => page.role))) {
          await visit(browser, { js, scheme }, async (page) => {
            if (role) await signIn(page, server.url, server.account(role));
            for (const one of PAGES.filter((candidate) => candidate.role === role)) {
              const answer = await goTo(page, server.url, one);
              assert.match(answer.headers()["content-security-policy"] ?? "", /script-src 'self' 'nonce-/, one.name);
              for (const width of [320, 390, 1280]) {
                await page.setViewportSize({ width, height: 900 });
                await assertFits(page);
              }
              await assertAccessible(page);
            }
          });
        }
      });
    }
  }
});
