// Starts Lean in a worker thread and outlives it. Usage: node [flags] host.cjs JSON
// JSON: {"mounts": [[INSIDE, FOLDER], ...], "env": {...}, "args": [...], "stackMb": N, "memoryLimit": BYTES,
//        "save" | "load": SNAPSHOT}
//
// A worker thread gets the stack it asks for, whatever `ulimit -s` says, and an environment of its own.
"use strict";
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
worker.once("message", (watched) => watch(watched, config.memoryLimit));
worker.on("error", (error) => {
  process.stderr.write(`the Lean instance failed: ${error.stack ?? error}\n`);
  process.exit(70);
});
worker.on("exit", (code) => process.exit(code));

// Whoever started this process has died without ending it: nobody reads what a tactic that never ends would answer.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(71);
}, 1000).unref();
