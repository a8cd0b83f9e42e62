// The linear memory of a ready server, written to a file and loaded into a new instance.
//
// Nothing else of an instance changes while a server starts: the function table is filled when the module is loaded, and
// no open file, no exception and no thread with anything to do is left at that point. So a new instance whose memory is
// the saved one goes on by calling the closure that the server named, on the stack below the frames that were there when
// it was saved: those frames never run again, but what they own stays valid.
//
// The same file takes an instance back to that point as often as the host wants (`restore`): what ran meanwhile leaves no
// trace in its memory. That needs an instance that has started no thread, since a thread would go on in the new memory.
//
// The file: "SWSNAP2\n", the length of a JSON line (u32), the line, for each module of the library which of its words are
// pointers (`modules.cjs`), then the bytes of the runs, one after the other. JSON: {closure, stackPointer, low, high,
// bytes, modules: [{file, address, size, shift}, ...], runs: [[offset, length], ...]}; whatever is in no module and no
// run is zero.
"use strict";
const fs = require("fs");
const { workerData: config } = require("worker_threads");
const library = require("./modules.cjs");

const MAGIC = Buffer.from("SWSNAP2\n");
const PAGE = 4096;
const CHUNK = 1 << 24;
const RED_ZONE = 4096;
const BOXED_UNIT = 1;
const ZERO = Buffer.alloc(1 << 16);
const SETTLE_MS = 500; // for threads that have no task left, and are on their way to waiting for one

function save(file, host, stack, closure, reads) {
  for (const fd of host.FS.streams.keys()) {
    if (fd > 2 && host.FS.streams[fd]) throw new Error(`file ${host.FS.streams[fd].path} is open; no snapshot is possible`);
  }
  // The new instance has no threads, so it gets a task manager that has started none. The old one is left as it is:
  // ending it doesn't wait for its threads, and they would go on to write into memory that the new one already uses.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
  host.exports.lean_init_task_manager_using(1);
  const memory = new BigUint64Array(host.wasmMemory.buffer);
  const bytes = new Uint8Array(host.wasmMemory.buffer);
  const stackPointer = (host.exports.emscripten_stack_get_current() - RED_ZONE) & ~15;
  const { modules, isHeld } = library.found(host.wasmMemory.buffer, reads);
  const unused = (page) => page * PAGE >= stack.low && (page + 1) * PAGE <= stackPointer;
  const runs = [];
  for (let page = 0; page * PAGE < bytes.length; page++) {
    if (unused(page) || isHeld[page]) continue;
    let at = (page * PAGE) / 8;
    const end = at + PAGE / 8;
    while (at < end && memory[at] === 0n) at++;
    if (at === end) continue;
    const last = runs[runs.length - 1];
    if (last && last[0] + last[1] === page * PAGE) last[1] += PAGE;
    else runs.push([page * PAGE, PAGE]);
  }
  const line = Buffer.from(
    JSON.stringify({
      closure,
      stackPointer,
      low: stack.low,
      high: stack.high,
      bytes: bytes.length,
      modules: modules.map(({ file, address, size, shift }) => ({ file: seen(file), address, size, shift })),
      runs,
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(line.length);
  const out = fs.openSync(file, "w");
  for (const part of [MAGIC, length, line, ...modules.map((module) => module.pointers)]) fs.writeSync(out, part);
  for (const [offset, size] of runs) {
    for (let at = offset; at < offset + size; at += CHUNK) {
      const part = Buffer.from(bytes.slice(at, Math.min(at + CHUNK, offset + size)));
      for (let done = 0; done < part.length; ) done += fs.writeSync(out, part, done);
    }
  }
  fs.closeSync(out);
  process.exit(0);
}

// Files are named by where Lean sees them, since an installation may be moved: that name of a file of ours, and back.
function seen(file) {
  const [place, folder] = config.mounts.find(([, folder]) => file.startsWith(`${folder}/`));
  return place + file.slice(folder.length);
}

function ours(name) {
  const [place, folder] = config.mounts.find(([place]) => name.startsWith(`${place}/`));
  return folder + name.slice(place.length);
}

function readInto(fd, bytes, position = null) {
  for (let done = 0; done < bytes.byteLength; ) {
    const place = position === null ? null : position + done;
    const count = fs.readSync(fd, bytes, done, Math.min(bytes.byteLength - done, 1 << 30), place);
    if (count === 0) throw new Error("the snapshot is cut short");
    done += count;
  }
  return bytes;
}

// An open snapshot: `start` fills a new instance's memory, `restore` fills it again after use, `run` goes on from there.
function open(file, host) {
  const fd = fs.openSync(file, "r");
  if (!readInto(fd, Buffer.alloc(MAGIC.length)).equals(MAGIC)) throw new Error(`${file} is not a snapshot`);
  const line = readInto(fd, Buffer.alloc(readInto(fd, Buffer.alloc(4)).readUInt32LE()));
  const { closure, stackPointer, low, high, bytes, modules, runs } = JSON.parse(line.toString());
  const first = MAGIC.length + 4 + line.length;
  const fill = () => {
    let at = first;
    for (const module of modules) {
      const pointers = readInto(fd, new Uint32Array(Math.ceil((module.size >>> 2) / 32)), at);
      library.put(host.wasmMemory.buffer, { ...module, file: ours(module.file) }, pointers);
      at += pointers.byteLength;
    }
    for (const [offset, size] of runs) {
      readInto(fd, new Uint8Array(host.wasmMemory.buffer, offset, size), at);
      at += size;
    }
  };
  const start = () => {
    const fresh = host.wasmMemory.buffer.byteLength;
    new Uint8Array(host.wasmMemory.buffer).fill(0);
    if (bytes > fresh) host.wasmMemory.grow((bytes - fresh) / 65536);
    host.updateMemoryViews();
    fill();
  };
  const filled = [...runs, ...modules.map(({ address, size }) => [address, size])].sort((a, b) => a[0] - b[0]);
  const restore = () => {
    let end = 0;
    for (const [offset, size] of [...filled, [host.wasmMemory.buffer.byteLength, 0]]) {
      clear(host.wasmMemory.buffer, end, offset);
      end = Math.max(end, offset + size);
    }
    host.updateMemoryViews();
    fill();
  };
  const run = () => {
    host.exports.emscripten_stack_set_limits(high, low);
    host.exports._emscripten_stack_restore(stackPointer);
    host.exports.lean_apply_1(closure, BOXED_UNIT);
  };
  return { start, restore, run };
}

// Makes everything between two addresses zero. What is zero already is only read: written to, it would become resident.
function clear(memory, from, to) {
  for (let at = from; at < to; at += ZERO.length) {
    const part = Buffer.from(memory, at, Math.min(ZERO.length, to - at));
    if (!part.equals(part.length === ZERO.length ? ZERO : ZERO.subarray(0, part.length))) part.fill(0);
  }
}

module.exports = { save, open };
