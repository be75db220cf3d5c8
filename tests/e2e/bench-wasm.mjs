// What checking receipts costs in a real browser: `make bench-wasm`.
//
// An employee's receipts are downloaded from a running server and checked in its own page, by the code that the page
// loads: each alone with its signature (single), and all as one chain, where the signatures of a checkpoint that they
// share are checked once (chain). The first check after loading is printed apart: the browser has not optimised the code
// yet. The same receipts are then checked by the same code natively, with the same features; printed is the ratio.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { launch, visit } from "./harness/browser.mjs";
import { root } from "./harness/paths.mjs";
import { signIn } from "./harness/portal.mjs";
import { startServer } from "./harness/server.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 60);
const GOAL = 1;

const server = await startServer();
const browser = await launch();
const folder = await mkdtemp(join(tmpdir(), "sayso-bench-"));
let measured;
try {
  measured = await visit(browser, {}, async (page) => {
    await signIn(page, server.url, server.account("employee"));
    await page.goto(`${server.url}/receipts`);
    return page.evaluate(async (rounds) => {
      const files = await (await fetch("/receipts/all.tlog-proofs")).text();
      const key = (await (await fetch("/ledger/log.vkey")).text()).trim();
      const code = await import("/pkg/sayso.js");
      const header = "c2sp.org/tlog-proof@v1\n";
      const receipts = files.split(header).slice(1).map((one) => header + one);
      const timed = (work) => {
        const begun = performance.now();
        work();
        return (performance.now() - begun) / receipts.length;
      };
      const first = performance.now();
      code.verify_receipt(receipts[0], key);
      const cold = performance.now() - first;
      const single = [];
      const chain = [];
      // Interleaved, so that both meet the same moods of the machine.
      for (let round = 0; round < rounds; round += 1) {
        single.push(timed(() => receipts.forEach((one) => code.verify_receipt(one, key))));
        chain.push(timed(() => code.verify_chain(files, key)));
      }
      return { files, key, receipts: receipts.length, cold, single, chain };
    }, ROUNDS);
  });
} finally {
  await browser.close();
  await server.stop();
}

const file = join(folder, "all.tlog-proofs");
await writeFile(file, measured.files);
const args = ["bench", "--quiet", "--no-default-features", "--bench", "receipt", "--", file, measured.key, String(ROUNDS)];
const { stdout } = await promisify(execFile)("cargo", args, { cwd: root, maxBuffer: 1 << 24 });
const native = JSON.parse(stdout.trim().split("\n").at(-1));
await rm(folder, { recursive: true, force: true });

const quantile = (values, at) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * at)];
const figures = (values) => [0.5, 0.05, 0.95].map((at) => quantile(values, at));
console.log(`${measured.receipts} receipts, ${ROUNDS} rounds; milliseconds per receipt: median (5 % to 95 %)`);
console.log(`first check after loading   browser ${measured.cold.toFixed(2)}`);
for (const [name, words] of [["single", "each with its signature"], ["chain", "as one chain, one signature"]]) {
  const [mine, low, high] = figures(measured[name]);
  const [theirs, from, to] = figures(native[name]);
  console.log(
    `${words.padEnd(27)} browser ${mine.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})   ` +
      `native ${theirs.toFixed(3)} (${from.toFixed(3)} to ${to.toFixed(3)})   ratio ${(mine / theirs).toFixed(1)}`,
  );
}
const reached = quantile(measured.single, 0.5) <= GOAL;
console.log(`goal: at most ${GOAL} ms a receipt, each with its signature: ${reached ? "reached" : "missed"}`);
process.exitCode = reached ? 0 : 1;
