// The example collector on a real X server, with the real server and real Chromium: nothing is counted before the yes,
// counts arrive after it, nothing is counted after the no, and its line at the top of the screen says so all the time.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { launch, visit } from "./harness/browser.mjs";
import { gate, out, x11 } from "./harness/paths.mjs";
import { choose, signIn } from "./harness/portal.mjs";
import { firstLine, start } from "./harness/process.mjs";
import { screen } from "./harness/screen.mjs";
import { cleanEnvironment, startServer } from "./harness/server.mjs";
import { startDisplay } from "./harness/xinput.mjs";

// The line's colours, as in examples/x11-collector/src/indicator.rs.
const ON = 0x9a3412;
const OFF = 0x374151;

let pictures;
let display;
let browser;

before(async () => {
  pictures = await mkdtemp(join(tmpdir(), "sayso-screen-"));
  display = await startDisplay({ pictures });
  browser = await launch();
  // Somewhere to work in: a window of an application, with the focus.
  const editor = start(x11.window, ["Editor"], { env: display.env });
  await firstLine(editor, editor.child.stdout, 20_000, "the window");
});
after(async () => {
  await browser?.close();
  await display?.stop();
  if (pictures) await rm(pictures, { recursive: true, force: true });
});

/** Starts the collector in a folder of its own. `counted` is what it says that it has counted. */
async function startCollector(context, settings, args = []) {
  const folder = await mkdtemp(join(tmpdir(), "sayso-x11-"));
  const env = cleanEnvironment({ DISPLAY: display.name, ...settings });
  const collector = start(x11.collector, ["--print", "--report-every", "1", ...args], { env, cwd: folder });
  const counted = [];
  createInterface({ input: collector.child.stdout }).on("line", (line) => counted.push(JSON.parse(line)));
  context.after(async () => {
    await collector.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { ...collector, counted, folder };
}

/** A hand that does a bit of everything. */
async function work() {
  await display.move(20);
  await display.click(2);
  await display.type("secret");
}

/** The colour of the line at the top of the screen, away from its words. */
const line = async () => (await screen(pictures)).pixel(1200, 4);
const isOn = async () => (await line()) === ON;
const isOff = async () => (await line()) === OFF;
/** Whether the line says this; it is found by what it says. */
const says = (words) => display.xdotool("search", "--name", words).then(Boolean, () => false);

test("it counts after the yes and not after the no, and its line says which all the time", async (context) => {
  const server = await startServer();
  context.after(server.stop);
  const person = server.account("employee", 1);
  const settings = {
    SAYSO_SERVER: server.url,
    SAYSO_AGENT_KEY: server.agent("collector").key,
    SAYSO_EMPLOYEE: person.external_id,
    SAYSO_PROGRAM: "mci",
  };
  await visit(browser, {}, async (page) => {
    await signIn(page, server.url, person);
    await page.goto(`${server.url}/choices`);
    for (const category of ["mouse_movement", "click_location", "keystrokes"]) await choose(page, category, "Off");

    const datasets = ["--dataset", "mci-pointer", "--dataset", "keystrokes=mci-content", "--device", "Test desk"];
    const collector = await startCollector(context, settings, datasets);
    await until(isOff, "the line to be there");
    await work();
    await wait(500);
    assert.deepEqual(collector.counted, [], "nothing is counted before a yes");
    assert.ok(await says("^Sayso: Off. Nothing is counted for the programme mci"));

    await choose(page, "mouse_movement", "On");
    await until(isOn, "the line to say that it is on");
    assert.ok(await says("^Sayso: On. Counting pointer movements in editor for the programme mci"));
    await (await screen(pictures)).save(join(out, "x11-indicator.png"));
    await work();
    await until(() => collector.counted.length >= 15, "counts");
    for (const event of collector.counted) {
      assert.deepEqual(Object.keys(event).sort(), ["app", "at", "category"], "that, where and when; never which or what");
      assert.deepEqual([event.category, event.app], ["mouse_movement", "editor"], "only what was said yes to");
    }

    // The record of what was counted stands on her own page.
    await until(async () => {
      await page.goto(`${server.url}/activity?program=mci&category=mouse_movement`);
      return (await page.locator("main").innerText()).includes("Test desk");
    }, "a record on the activity page");

    await page.goto(`${server.url}/choices`);
    await choose(page, "mouse_movement", "Off");
    await until(isOff, "the line to say that it is off", 1000);
    const atTheNo = collector.counted.length;
    await work();
    await wait(1000);
    assert.equal(collector.counted.length, atTheNo, "not one further event after the answer to the no");

    // Cut off from its server, it stops within its lease.
    await choose(page, "mouse_movement", "On");
    await until(isOn, "the line to be on again");
    await work();
    await until(() => collector.counted.length > atTheNo, "counts again");
    await server.stop();
    await until(isOff, "the line to be off without a server", 6000);
    const cutOff = collector.counted.length;
    await work();
    await wait(500);
    assert.equal(collector.counted.length, cutOff, "nothing is counted without a server");
    assert.deepEqual(await readdir(collector.folder), [], "nothing is written to disk");
  });
});

test("whoever closes its line ends the counting", async (context) => {
  const collector = await startCollector(context, {
    SAYSO_SERVER: "http://127.0.0.1:9",
    SAYSO_AGENT_KEY: `sayso_agent_${"0".repeat(12)}_${"0".repeat(48)}_598acda9`,
    SAYSO_EMPLOYEE: "E-1001",
    SAYSO_PROGRAM: "conformance",
    SAYSO_DATASET: "conformance",
  });
  await until(() => says("^Sayso: Off"), "the line to be there");
  await display.xdotool("search", "--name", "^Sayso: Off", "windowclose");
  const { code } = await collector.ended;
  assert.equal(code, 2, collector.log());
  assert.match(collector.log(), /closed the indicator/);
});

test("it passes the conformance kit", async (context) => {
  // One at a time: they share a screen, and each counts only while its own line can be seen.
  const cases = ["before-yes", "withdrawal", "pause", "timeout", "stalled-stream"];
  const only = cases.flatMap((name) => ["--only", name]);
  const args = ["conformance", "--json", "--lease", "1000", "--jobs", "1", ...only, "--", x11.collector, "--print"];
  const kit = start(gate, args, { env: cleanEnvironment({ DISPLAY: display.name }) });
  context.after(kit.stop);
  let report = "";
  kit.child.stdout.on("data", (data) => (report += data));
  const over = kit.ended.then(() => true);
  while (!(await Promise.race([over, wait(10)]))) await display.type("abcdefghij");
  const { code } = await kit.ended;
  const { cases: verdicts } = JSON.parse(report);
  assert.deepEqual(verdicts.filter(({ passed }) => !passed), [], kit.log());
  assert.deepEqual([code, verdicts.length], [0, cases.length]);
});

async function until(condition, what, milliseconds = 20_000) {
  const limit = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < limit, `waited ${milliseconds} ms for ${what}`);
    await wait(50);
  }
}
