// Where things are: the repository, what cargo built, and what the machine has installed.
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
const target = resolve(process.env.CARGO_TARGET_DIR || join(root, "target"));

/** Pictures and logs of failures; not in git. */
export const out = join(root, "tests/e2e/out");
/** What `scripts/web` built. */
export const site = join(target, "site");
export const sayso = process.env.SAYSO_BIN || join(target, "debug/sayso");
export const gate = process.env.SAYSO_GATE_BIN || join(target, "debug/sayso-gate");
/** What the package in examples/x11-collector builds: the collector, and a window to work in. */
export const x11 = {
  collector: join(target, "x11-collector/debug/x11-collector"),
  window: join(target, "x11-collector/debug/examples/window"),
};

/** The first of these programs that is on PATH; an error that says what to run when none is. */
export function program(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      if (folder && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  throw new Error(`${names.join(" or ")} is not installed: scripts/setup-tests installs it`);
}
