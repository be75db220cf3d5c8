// A person at a desk: an X server, a hand that moves, clicks and types, and a capture agent that
// watches it.
//
// The capture reads `xinput test-xi2 --root` and keeps the kind of an event and when it came. It
// never reads the lines that say which key, which button or where: only counts and times travel.
import { execFile } from "node:child_process";
import { PassThrough } from "node:stream";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

import { program } from "./paths.mjs";
import { firstLine, start } from "./process.mjs";

// Raw events come once each, and to every listener, whatever window has the focus.
const CATEGORIES = new Map([
  ["RawMotion", "mouse_movement"],
  ["RawButtonPress", "click_location"],
  ["RawKeyPress", "keystrokes"],
]);

/** The data category of a line that xinput printed, if that line opens an event we count. */
export function category(line) {
  const event = /^EVENT type \d+ \((\w+)\)$/.exec(line.trim());
  return event ? CATEGORIES.get(event[1]) : undefined;
}

/** Starts Xvfb on a display that is free, with a hand that uses it; `pictures` is a folder for what it shows. */
export async function startDisplay({ width = 1280, height = 800, pictures } = {}) {
  const screen = `${width}x${height}x24`;
  const args = ["-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp"];
  if (pictures) args.push("-fbdir", pictures);
  const server = start(program("Xvfb"), args, { stdio: ["ignore", "ignore", "pipe"] });
  const name = `:${await firstLine(server, server.child.stdio[3], 20_000, "Xvfb")}`;
  const env = { ...process.env, DISPLAY: name };
  const xdotool = (...words) => promisify(execFile)(program("xdotool"), words.map(String), { env });
  return {
    name,
    env,
    stop: server.stop,
    /** Runs xdotool, and resolves to what it printed. */
    xdotool: async (...words) => (await xdotool(...words)).stdout.trim(),
    /** Moves the pointer in so many steps, to and fro. */
    async move(steps = 1) {
      const words = [];
      for (let step = 0; step < steps; step += 1) {
        words.push("mousemove_relative", "--", step % 2 ? -7 : 7, step % 2 ? -5 : 5, "sleep", "0.005");
      }
      await xdotool(...words);
    },
    /** Presses and releases the main button so many times. */
    click: (times = 1) => xdotool("click", "--repeat", times, "--delay", 10, 1),
    /** Types small letters: one press each. */
    type: (text) => xdotool("type", "--delay", 10, "--", text),
  };
}

/**
 * Starts a capture agent on a display. `events` is a stream of NDJSON capture events
 * `{employee, program, category, app, at}`; `counts` what it has written so far, by category.
 */
export async function startCapture(display, { employee, program: programme, app }) {
  const xinput = start(program("xinput"), ["test-xi2", "--root"], { env: display.env });
  const events = new PassThrough();
  const counts = { mouse_movement: 0, click_location: 0, keystrokes: 0 };
  let listening = false;
  let last = 0;
  createInterface({ input: xinput.child.stdout }).on("line", (line) => {
    const kind = category(line);
    if (!kind) return;
    last = Date.now();
    if (!listening) return;
    counts[kind] += 1;
    const at = new Date(last).toISOString();
    events.write(`${JSON.stringify({ employee, program: programme, category: kind, app, at })}\n`);
  });
  xinput.child.stdout.once("end", () => events.end());

  // xinput does not say when it has begun to listen. So: poke until it hears, and count from the
  // first silence after that.
  const limit = Date.now() + 10_000;
  while (last === 0) {
    if (Date.now() > limit) {
      await xinput.stop();
      throw new Error(`xinput heard nothing on ${display.name}:\n${xinput.log()}`);
    }
    await display.move();
    await wait(50);
  }
  while (Date.now() - last < 250) await wait(50);
  listening = true;
  return { events, counts, stop: xinput.stop };
}
