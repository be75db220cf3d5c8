// The demo company on a real server: `sayso demo --json` in a folder of its own, on a free port.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sayso, site } from "./paths.mjs";
import { firstLine, start } from "./process.mjs";

/** The environment without anyone's own settings, and with these. */
export function cleanEnvironment(settings = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("SAYSO_") && name !== "DATABASE_URL",
  );
  return { ...Object.fromEntries(kept), ...settings };
}

/**
 * Starts a demo server and waits until it is ready.
 *
 * `seed` decides everything that is random in the company; `database` is a PostgreSQL URL (without
 * it: SQLite in the data folder); `settings` are further environment variables.
 */
export async function startServer({ seed = 7, database, settings = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), "sayso-e2e-"));
  const env = cleanEnvironment({
    SAYSO_SERVER__SITE: site,
    ...(database ? { DATABASE_URL: database } : {}),
    ...settings,
  });
  const args = ["demo", "--json", "--data", data, "--listen", "127.0.0.1:0", "--seed", String(seed)];
  const server = start(sayso, args, { env, cwd: data });
  async function stop() {
    const outcome = await server.stop();
    await rm(data, { recursive: true, force: true });
    return outcome;
  }
  let ready;
  try {
    ready = JSON.parse(await firstLine(server, server.child.stdout, 120_000, "sayso demo"));
  } catch (error) {
    await stop();
    throw error;
  }
  server.child.stdout.resume();

  /** The nth account with this role. */
  function account(role, nth = 0) {
    const found = ready.accounts.filter((one) => one.role === role)[nth];
    if (!found) throw new Error(`the demo has no account ${nth} with the role ${role}`);
    return found;
  }
  /** The first agent of this kind. */
  function agent(kind) {
    const found = ready.agents.find((one) => one.kind === kind);
    if (!found) throw new Error(`the demo has no agent of the kind ${kind}`);
    return found;
  }
  return { ...ready, account, agent, data, stop, log: server.log, ended: server.ended };
}
