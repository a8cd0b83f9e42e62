// Starts Lean in a worker thread and outlives it. Usage: node [flags] host.cjs JSON
// JSON: {"mounts": [[INSIDE, FOLDER], ...], "env": {...}, "args": [...], "stackMb": N, "memoryLimit": BYTES,
//        "save" | "load": SNAPSHOT, "code" | "keep": COMPILED}
//
// A worker thread gets the stack it asks for, whatever `ulimit -s` says, and an environment of its own.
"use strict";
const net = require("net");
const path = require("path");
const { Worker } = require("worker_threads");
const { watch } = require("./watchdog.cjs");

const config = JSON.parse(process.argv[2]);
const worker = new Worker(path.join(__dirname, "lean.cjs"), {
  workerData: config,
  argv: config.args,
  env: {},
  stdin: false,
  resourceLimits: { stackSizeMb: config.stackMb },
});
let cancel = () => {};
worker.once("message", (watched) => (cancel = watch(watched, config.memoryLimit)));
worker.on("error", (error) => {
  process.stderr.write(`the Lean instance failed: ${error.stack ?? error}\n`);
  process.exit(70);
});
worker.on("exit", (code) => process.exit(code));

// Lines with the number of a request that is to be cancelled: standard input is read by the Lean instance, when it is idle.
const control = Number(process.env.STEPWISE_CONTROL);
if (control) {
  const lines = new net.Socket({ fd: control, readable: true, writable: false });
  let rest = "";
  lines.setEncoding("latin1").on("data", (text) => {
    const complete = (rest + text).split("\n");
    rest = complete.pop();
    for (const line of complete) cancel(Number(line));
  });
  lines.on("error", () => {});
  lines.unref();
}

// Whoever started this process has died without ending it: nobody reads what a tactic that never ends would answer.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(71);
}, 1000).unref();
