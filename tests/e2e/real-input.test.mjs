// The whole story on real input: a real X server, real pointer and key events, the real gate, a real server, real
// Chromium. The employee says yes, sees records arrive, says no, and from then on not one further event is passed.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { launch, visit } from "./harness/browser.mjs";
import { gate } from "./harness/paths.mjs";
import { choose, signIn } from "./harness/portal.mjs";
import { start } from "./harness/process.mjs";
import { cleanEnvironment, startServer } from "./harness/server.mjs";
import { startCapture, startDisplay } from "./harness/xinput.mjs";

let server;
let display;
let browser;

before(async () => {
  server = await startServer();
  display = await startDisplay();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await display?.stop();
  await server?.stop();
});

/** The second employee: the simulated collectors leave that one's mouse alone. */
const person = () => server.account("employee", 1);

/** A gate between a capture and whoever would keep what passes. */
function startFilter(events) {
  const args = ["filter", "--server", server.url, "--device", "Test desk", "--report-every", "1", "--json"];
  for (const [category, dataset] of [
    ["mouse_movement", "mci-pointer"],
    ["click_location", "mci-pointer"],
    ["keystrokes", "mci-content"],
  ]) {
    args.push("--dataset", `${category}=${dataset}`);
  }
  const env = cleanEnvironment({ SAYSO_AGENT_KEY: server.agent("collector").key });
  const filter = start(gate, args, { env, stdio: ["pipe", "pipe"] });
  events.pipe(filter.child.stdin);
  const passed = [];
  createInterface({ input: filter.child.stdout }).on("line", (line) => passed.push(JSON.parse(line)));
  return { ...filter, passed };
}

test("a category is turned on, its records arrive, it is turned off, and nothing further passes", async (context) => {
  const capture = await startCapture(display, { employee: person().external_id, program: "mci", app: "editor" });
  context.after(capture.stop);
  const filter = startFilter(capture.events);
  await visit(browser, {}, async (page) => {
    await signIn(page, server.url, person());
    await page.goto(`${server.url}/choices`);
    for (const category of ["mouse_movement", "click_location", "keystrokes"]) await choose(page, category, "Off");

    await display.move(20);
    await display.click(2);
    await display.type("before");
    await wait(1000);
    assert.equal(filter.passed.length, 0, "nothing passes before a yes");

    await choose(page, "mouse_movement", "On");
    await display.move(30);
    await display.click(3);
    await display.type("secret");
    await until(() => filter.passed.length >= 25, "events to pass");
    assert.deepEqual([...new Set(filter.passed.map(({ category }) => category))], ["mouse_movement"], "only what was said yes to");

    // The record of what passed stands on her own page.
    await until(async () => {
      await page.goto(`${server.url}/activity?program=mci&category=mouse_movement`);
      return (await page.locator("main").innerText()).includes("Editor") || (await page.locator("main").innerText()).includes("editor");
    }, "a record on the activity page");

    await page.goto(`${server.url}/choices`);
    await choose(page, "mouse_movement", "Off");
    const atTheNo = filter.passed.length;
    await display.move(40);
    await display.click(3);
    await display.type("after");
    await wait(2000);
    assert.equal(filter.passed.length, atTheNo, "not one further event after the answer to the no");
    assert.ok(capture.counts.mouse_movement > filter.passed.length, "the hand did move");
  });
  await capture.stop();
  const { code } = await filter.ended;
  assert.equal(code, 0, filter.log());
  const counts = JSON.parse(filter.log().trim().split("\n").at(-1));
  assert.equal(counts.passed, filter.passed.length);
  assert.equal(counts.records.quarantined, 0, "nothing was captured outside the choices");
  assert.equal(counts.records.unsent, 0);
  assert.ok(counts.records.accepted > 0);
  for (const event of filter.passed) {
    assert.deepEqual(Object.keys(event).sort(), ["app", "at", "category", "employee", "program"], "counts and times, never content");
  }
});

test("without its server the gate drops everything, says so and exits with 2", async () => {
  const capture = await startCapture(display, { employee: person().external_id, program: "mci", app: "editor" });
  const args = ["filter", "--server", "http://127.0.0.1:9", "--dataset", "mci-pointer"];
  const filter = start(gate, args, {
    env: cleanEnvironment({ SAYSO_AGENT_KEY: server.agent("collector").key }),
    stdio: ["pipe", "pipe"],
  });
  let out = "";
  filter.child.stdout.on("data", (data) => (out += data));
  capture.events.pipe(filter.child.stdin);
  await display.move(10);
  await wait(500);
  await capture.stop();
  const { code } = await filter.ended;
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(filter.log(), /127\.0\.0\.1:9|server/i);
});

async function until(condition, what, milliseconds = 20_000) {
  const limit = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < limit, `waited ${milliseconds} ms for ${what}`);
    await wait(100);
  }
}
