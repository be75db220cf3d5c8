// Programs that a test starts. Each runs in a process group of its own and ends with the test run,
// however that ends; what it said on stderr is kept for the message of a failure.
import { spawn } from "node:child_process";
import { once } from "node:events";

const running = new Set();
process.on("exit", () => {
  for (const child of running) signal(child, "SIGKILL");
});

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/**
 * Starts a program. `stdio` is that of node's spawn, except that stderr is always read here.
 * `stop()` ends the group and resolves to `{code, signal}`; `log()` is what it said on stderr.
 */
export function start(command, args, { env = process.env, cwd, stdio = ["ignore", "pipe"] } = {}) {
  const child = spawn(command, args, {
    env,
    cwd,
    detached: true,
    stdio: [stdio[0], stdio[1], "pipe", ...stdio.slice(2)],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    log = (log + text).slice(-65_536);
  });
  running.add(child);
  const ended = new Promise((resolve) => {
    const end = (outcome) => {
      running.delete(child);
      resolve(outcome);
    };
    child.once("error", (error) => end({ code: null, signal: null, error }));
    child.once("close", (code, name) => end({ code, signal: name }));
  });
  async function stop(name = "SIGTERM") {
    if (!running.has(child)) return ended;
    signal(child, name);
    const late = setTimeout(() => signal(child, "SIGKILL"), 10_000);
    const outcome = await ended;
    clearTimeout(late);
    return outcome;
  }
  return { child, ended, stop, log: () => log };
}

/** The first line that a program writes to `stream`; fails when it ends or is silent for too long. */
export async function firstLine(program, stream, milliseconds, what) {
  const limit = AbortSignal.timeout(milliseconds);
  let text = "";
  stream.setEncoding("utf8");
  const gone = program.ended.then(({ code, signal: name, error }) => {
    throw new Error(`${what} ended before it was ready (${error ?? name ?? code}):\n${program.log()}`);
  });
  gone.catch(() => {});
  while (!text.includes("\n")) {
    const chunk = once(stream, "data", { signal: limit }).catch(() => {
      throw new Error(`${what} was not ready within ${milliseconds} ms:\n${program.log()}`);
    });
    chunk.catch(() => {});
    text += (await Promise.race([chunk, gone]))[0];
  }
  return text.slice(0, text.indexOf("\n"));
}
