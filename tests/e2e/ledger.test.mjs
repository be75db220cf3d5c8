// The ledger as a browser meets it: receipts checked without the server, the chain as a whole, the head remembered from
// visit to visit, and a ledger that was rewritten with its own key.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, createPrivateKey, sign } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { assertAccessible } from "./harness/axe.mjs";
import { assertFits, launch, visit } from "./harness/browser.mjs";
import { gate } from "./harness/paths.mjs";
import { goTo, signIn } from "./harness/portal.mjs";
import { startServer } from "./harness/server.mjs";

const MEMORY = "sayso-ledger";
const EVIDENCE = "sayso-ledger-evidence";

let server;
let browser;
let signer;

before(async () => {
  server = await startServer();
  browser = await launch();
  signer = await ledgerKey();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const employee = () => server.account("employee", 0);
const text = async (path) => (await fetch(server.url + path)).text();

/** The ledger's own key, as somebody with full control of the server has it. */
async function ledgerKey() {
  const seed = Buffer.from((await readFile(join(server.data, "ledger.key"), "utf8")).trim(), "hex");
  return key((await text("/ledger/log.vkey")).split("+")[0], seed);
}

/** An Ed25519 key under a name; `sign` makes the signed state of any tree. */
function key(name, seed) {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const raw = Buffer.from(secret.export({ format: "jwk" }).x ?? "", "base64url");
  const typed = Buffer.concat([Buffer.from([1]), raw]);
  const id = createHash("sha256").update(Buffer.concat([Buffer.from(`${name}\n`), typed])).digest().subarray(0, 4);
  return {
    vkey: `${name}+${id.toString("hex")}+${typed.toString("base64")}`,
    sign(size, root) {
      const body = `${name}\n${size}\n${root}\n`;
      const line = Buffer.concat([id, sign(null, Buffer.from(body), secret)]).toString("base64");
      return `${body}\n— ${name} ${line}\n`;
    },
  };
}

const elsewhere = createHash("sha256").update("another history").digest("base64");
const memory = (signed, vkey) => `sayso-memory/v1\n2026-11-24T08:00:00.000Z\n${vkey}\n${signed}`;
const item = (page, name) => page.evaluate((name) => localStorage.getItem(name), name);
const remember = (page, value) => page.evaluate(([name, value]) => localStorage.setItem(name, value), [MEMORY, value]);
const alarm = (page) => page.locator("#ledger-words .banner[data-kind='alarm']");

/** Waits until the browser remembers a state, and says its size. */
async function remembered(page) {
  await page.waitForFunction((name) => localStorage.getItem(name), MEMORY);
  return Number((await item(page, MEMORY)).split("\n")[4]);
}

/** Makes one more entry. */
async function choose(page, word) {
  await page.goto(`${server.url}/choices`);
  const row = page.locator("main li", { has: page.locator("[id='c-mci-click_location']") });
  await row.locator(".switch").getByRole("button", { name: word, exact: true }).click();
  await row.locator(".switch button[aria-pressed='true']", { hasText: word }).waitFor();
}

test("a receipt is checked by the browser alone: after the page has loaded, nothing is asked of the server", async () => {
  await visit(browser, {}, async (page, { context }) => {
    await signIn(page, server.url, employee());
    await page.goto(`${server.url}/receipts`);
    const href = await page.locator("main .timeline a[href^='/receipts/']").first().getAttribute("href");
    // This page checks the chain, and fetches a file for that: only what is asked for after it counts.
    await page.getByText(/^Your browser checked \d+ receipts/).waitFor();
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(server.url + href);
    await page.getByText("Your browser has just checked it, by itself.").waitFor();
    const receipts = asked.filter((path) => path.startsWith("/receipts/"));
    assert.deepEqual(receipts, [href], "the page itself, and no file");
    // The whole check again, with the network gone.
    await context.setOffline(true);
    const verdict = await page.evaluate(async () => {
      const code = await import("/pkg/sayso.js");
      const of = (id) => document.getElementById(id).textContent;
      code.verify_receipt(of("file"), of("keys"));
      let refused = 0;
      const file = of("file");
      // A line of a witness under another name is nobody's that is known, and is passed over: up to the ledger's own.
      const end = file.indexOf("\n", file.indexOf("\n— ") + 1);
      for (let at = 0; at < end; at += 41) {
        const changed = file.slice(0, at) + (file[at] === "A" ? "B" : "A") + file.slice(at + 1);
        try {
          code.verify_receipt(changed, of("keys"));
        } catch {
          refused += 1;
        }
      }
      return [refused, Math.ceil(end / 41)];
    });
    assert.equal(verdict[0], verdict[1], "every changed file is refused");
    await context.setOffline(false);
    await assertAccessible(page);
    await assertFits(page);
  });
});

test("all receipts are checked as one chain, and one that is missing or moved is named", async () => {
  await visit(browser, {}, async (page) => {
    await signIn(page, server.url, employee());
    await page.goto(`${server.url}/receipts`);
    const count = await page.locator("main .timeline > li").count();
    assert.ok(count > 2, `${count} receipts`);
    await page.getByText(`Your browser checked ${count} receipts: none is missing, moved or added.`).waitFor();
    await assertAccessible(page);
  });
  for (const [change, words] of [
    [(all) => all.toSpliced(1, 1), /statement 1 is missing/],
    [(all) => [all[0], all[2], all[1], ...all.slice(3)], /statement 1 is missing/],
    [(all) => [all[0], all[0], ...all.slice(1)], /repeated or moved/],
    [(all) => all.slice(0, -1), /fewer receipts than this page/],
  ]) {
    await visit(browser, {}, async (page) => {
      await signIn(page, server.url, employee());
      await page.route("**/receipts/all.tlog-proofs", async (route) => {
        const header = "c2sp.org/tlog-proof@v1\n";
        const answer = await route.fetch();
        const all = (await answer.text()).split(header).slice(1).map((one) => header + one);
        await route.fulfill({ response: answer, body: change(all).join("") });
      });
      await page.goto(`${server.url}/receipts`);
      const banner = page.locator("main .banner[data-kind='alarm']:visible");
      await banner.getByText("Your receipts do not hold together").waitFor();
      assert.match(await banner.innerText(), words);
      await assertAccessible(page);
    });
  }
});

test("without JavaScript the page says what the server found, and that no browser checked it", async () => {
  await visit(browser, { js: false }, async (page) => {
    await signIn(page, server.url, employee());
    await page.goto(`${server.url}/receipts`);
    await page.getByText(/This server checked \d+ receipts: none is missing, moved or added\. Your browser has not checked it\./).waitFor();
    await page.goto(`${server.url}/ledger`);
    const head = (await text("/ledger/checkpoint")).split("\n")[0];
    await page.getByText(head, { exact: true }).first().waitFor();
    assert.equal(await alarm(page).count(), 0);
  });
});

test("from visit to visit the browser follows the ledger as it grows", async () => {
  await visit(browser, {}, async (page) => {
    await page.goto(`${server.url}/sign-in`);
    const first = await remembered(page);
    assert.equal(await page.locator("[data-ledger]:visible").count(), 0, "a first visit claims nothing");
    await signIn(page, server.url, employee());
    for (const word of ["On", "Off"]) await choose(page, word);
    await page.goto(server.url);
    await page.waitForFunction(([name, first]) => Number(localStorage.getItem(name).split("\n")[4]) > first, [MEMORY, first]);
    await page.getByText("; your browser checked that it only grew").waitFor();
    assert.equal(await alarm(page).count(), 0);
    await assertAccessible(page);
  });
});

test("what is damaged, missing or blocked raises no alarm, and neither does a ledger that does not answer", async () => {
  await visit(browser, {}, async (page, { expect }) => {
    await page.goto(`${server.url}/sign-in`);
    const size = await remembered(page);
    const good = await item(page, MEMORY);
    for (const damaged of ["", "nonsense", good.slice(0, 120), good.replace("sayso-memory", "else"), good.replaceAll("A", "B")]) {
      await remember(page, damaged);
      await page.reload();
      await page.waitForFunction(
        ([name, damaged]) => {
          const value = localStorage.getItem(name);
          return value !== damaged && value?.startsWith("sayso-memory/v1\n");
        },
        [MEMORY, damaged],
      );
      assert.ok((await remembered(page)) >= size);
      assert.equal(await alarm(page).count(), 0, damaged);
    }
    // Silence: the old state is kept, and nothing is claimed.
    const before = await item(page, MEMORY);
    expect(/503|ERR_FAILED/);
    for (const answer of [(route) => route.abort(), (route) => route.fulfill({ status: 503 }), (route) => route.fulfill({ body: "<html>sign in to the network</html>" })]) {
      await page.route("**/ledger/checkpoint", answer);
      await page.reload();
      await page.waitForLoadState("networkidle");
      assert.equal(await item(page, MEMORY), before);
      assert.equal(await alarm(page).count(), 0);
      await page.unroute("**/ledger/checkpoint");
    }
  });
  await visit(browser, {}, async (page) => {
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, "localStorage", { get: () => { throw new DOMException("blocked", "SecurityError"); } });
    });
    await page.goto(`${server.url}/sign-in`);
    await page.waitForLoadState("networkidle");
    assert.equal(await alarm(page).count(), 0);
  });
  await visit(browser, {}, async (page) => {
    await page.addInitScript(() => {
      Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
    });
    await page.goto(`${server.url}/sign-in`);
    await page.waitForLoadState("networkidle");
    assert.equal(await alarm(page).count(), 0);
  });
});

/** The first visit is to an honest ledger; then `change` makes what the browser remembers, and the alarm must come. */
async function caught(change, words, { otherKey = false, complaint, more = async () => {} } = {}) {
  await visit(browser, { scheme: "dark" }, async (page, { expect }) => {
    if (complaint) expect(complaint);
    await page.goto(`${server.url}/sign-in`);
    await remembered(page);
    const planted = await change(page);
    await remember(page, planted);
    await page.reload();
    await alarm(page).getByText("This ledger is not the one that your browser remembers").waitFor();
    assert.match(await alarm(page).innerText(), words);
    await assertAccessible(page);
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await assertFits(page);
    }
    assert.equal(await item(page, MEMORY), planted, "the remembered state is not overwritten");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download the evidence" }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^ledger-evidence-\d{4}-\d\d-\d\d\.txt$/);
    const file = await readFile(await download.path(), "utf8");
    const [, , vkey, ...note] = planted.split("\n");
    const parts = file.split(/^-{5} .*\n/m);
    assert.equal(parts[1], `${vkey}\n`, "the key that was seen first");
    assert.equal(parts[2], note.join("\n"), "the remembered state, byte for byte");
    assert.match(parts[3], /\n— .*\n$/, "the state that the ledger showed");
    assert.notEqual(parts[3], parts[2]);
    assert.match(file, words);
    // Whoever gets the file checks it without this portal, and then against it.
    const folder = await mkdtemp(join(tmpdir(), "sayso-evidence-"));
    for (const [name, part] of [["log.vkey", 1], ["old.checkpoint", 2], ["new.checkpoint", 3]]) {
      await writeFile(join(folder, name), parts[part]);
    }
    const verify = (...args) =>
      promisify(execFile)(gate, ["verify", "--vkey", "log.vkey", ...args], { cwd: folder }).then(
        ({ stdout }) => [0, stdout],
        ({ code, stdout }) => [code, stdout],
      );
    assert.equal((await verify("old.checkpoint"))[0], 0);
    assert.equal((await verify("new.checkpoint"))[0], otherKey ? 1 : 0);
    const against = await verify("--log", `${server.url}/ledger`, "old.checkpoint");
    assert.equal(against[0], 1, against[1]);
    await rm(folder, { recursive: true });
    // It is still said on the next page, also when the ledger behaves.
    await page.goto(`${server.url}/programs`);
    await alarm(page).waitFor();
    assert.match(await alarm(page).innerText(), words);
    assert.match(await page.locator("#evidence").textContent(), new RegExp(vkey.replace(/[+/.]/g, "\\$&")));
    await more(page);
  });
}

const head = async () => {
  const [, size] = (await text("/ledger/checkpoint")).split("\n");
  return Number(size);
};

test("a ledger that was rewritten with its own key is caught, at the same size and after it grew", async () => {
  assert.equal(signer.vkey, (await text("/ledger/log.vkey")).trim());
  await caught(async () => memory(signer.sign(await head(), elsewhere), signer.vkey), /(not the same entries|but not from what stood there)/);
  await caught(async () => memory(signer.sign((await head()) - 2, elsewhere), signer.vkey), /but not from what stood there/);
});

test("a ledger that has lost entries is caught", async () => {
  await caught(async () => memory(signer.sign((await head()) + 1000, elsewhere), signer.vkey), /fewer entries/, { complaint: /status of 400/ });
});

test("a ledger that is signed with another key is caught; starting afresh forgets, and nothing else does", async () => {
  const old = key(signer.vkey.split("+")[0], Buffer.alloc(32, 7));
  await caught(
    async () => memory(old.sign(5, elsewhere), old.vkey),
    /another key/,
    { otherKey: true, more: startAfresh },
  );
});

/** The evidence is forgotten when the person says so, and the ledger of today is remembered. */
async function startAfresh(page) {
  await page.getByRole("button", { name: "Start afresh" }).click();
  assert.equal(await alarm(page).count(), 0);
  assert.equal(await item(page, EVIDENCE), null);
  await page.reload();
  assert.ok((await remembered(page)) > 5);
  assert.equal(await alarm(page).count(), 0);
}

test("a ledger of another name is shown as what it is, and the old state is kept", async () => {
  await visit(browser, {}, async (page) => {
    await page.goto(`${server.url}/sign-in`);
    await remembered(page);
    const old = key("before.example/ledger", Buffer.alloc(32, 9));
    const planted = memory(old.sign(5, elsewhere), old.vkey);
    await remember(page, planted);
    await page.reload();
    const banner = page.locator("#ledger-words .banner:not([data-kind])");
    await banner.getByText("Another ledger stands in the place of the one you know").waitFor();
    await assertAccessible(page);
    assert.equal(await item(page, "sayso-ledger-before"), planted);
    assert.ok((await remembered(page)) > 5, "the new one is remembered from now on");
    await page.getByRole("button", { name: "I have read this" }).click();
    await page.goto(`${server.url}/programs`);
    await page.waitForLoadState("networkidle");
    assert.equal(await banner.count(), 0);
    assert.equal(await item(page, "sayso-ledger-before"), planted);
  });
});

test("a printed receipt leads back to the ledger, and prints on one page", async () => {
  await visit(browser, {}, async (page) => {
    await signIn(page, server.url, employee());
    await goTo(page, server.url, { path: "/receipts", follow: "main .timeline a[href^='/receipts/']" });
    await page.getByText("Your browser has just checked it, by itself.").waitFor();
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
    assert.equal(pages, 1, `${pages} pages`);
    const entry = new URL(page.url()).pathname.split("/").at(-1);
    const leaf = (await page.locator("dt:text-is('Leaf') + dd").textContent()).replace(/\s/g, "");
    await page.goto(`${server.url}/ledger?entry=${entry}&leaf=${leaf}`);
    await page.getByText("The paper and the ledger agree").waitFor();
    await assertAccessible(page);
    await page.goto(`${server.url}/ledger?entry=0&leaf=${leaf}`);
    await page.getByText("The paper and the ledger do not agree").waitFor();
    await assertAccessible(page);
  });
});
