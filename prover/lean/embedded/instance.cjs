// One Lean instance in its own thread: what it may see, and how it reads and writes.
"use strict";
const fs = require("fs");
const path = require("path");
const { workerData: config } = require("worker_threads");

const EROFS = 69; // errno numbers of the WebAssembly C library
const EIO = 29;
const pause = new Int32Array(new SharedArrayBuffer(4));

const retrying = (operation) => {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      if (error.code === "EAGAIN") Atomics.wait(pause, 0, 0, 1);
      else if (error.code === "EOF") return 0;
      else throw error;
    }
  }
};

// Raw bytes in both directions. The original decodes 256-byte pieces as UTF-8 and waits until its buffer is full, so
// that a pipe dead-locks; here a read ends with what has arrived.
function rawStreams({ FS }) {
  const input = { bytes: Buffer.alloc(1 << 20), next: 0, end: 0 };
  const stdin = {
    ...FS.streams[0].stream_ops,
    read(stream, buffer, offset, length) {
      if (input.next === input.end) {
        input.next = 0;
        input.end = retrying(() => fs.readSync(0, input.bytes, 0, input.bytes.length, null));
      }
      const count = Math.min(length, input.end - input.next);
      buffer.set(input.bytes.subarray(input.next, input.next + count), offset);
      input.next += count;
      return count;
    },
    poll: () => 1 | 4,
  };
  const writer = (fd, original) => ({
    ...original,
    write(stream, buffer, offset, length) {
      const bytes = Buffer.from(buffer.slice(offset, offset + length)); // a copy: shared memory can't be written from
      for (let done = 0; done < length; ) {
        try {
          done += retrying(() => fs.writeSync(fd, bytes, done));
        } catch {
          throw new FS.ErrnoError(EIO);
        }
      }
      return length;
    },
    fsync() {},
    close() {},
  });
  FS.streams[0].stream_ops = stdin;
  FS.streams[1].stream_ops = writer(1, FS.streams[1].stream_ops);
  FS.streams[2].stream_ops = writer(2, FS.streams[2].stream_ops);
}

// After the mounts, nothing in the file system can be made, changed or removed: neither on disk nor in the host's
// memory, which a loop of writes to an in-memory file would otherwise exhaust.
function readOnly({ FS, NODEFS }) {
  const refuse = () => {
    throw new FS.ErrnoError(EROFS);
  };
  for (const name of ["setattr", "mknod", "rename", "unlink", "rmdir", "symlink"]) NODEFS.node_ops[name] = refuse;
  for (const name of ["setattr", "write", "msync"]) NODEFS.stream_ops[name] = refuse;
  for (const name of ["mknod", "symlink", "rename", "rmdir", "unlink", "truncate", "ftruncate"]) FS[name] = refuse;
  for (const name of ["chmod", "fchmod", "lchmod", "chown", "fchown", "lchown", "utime"]) FS[name] = refuse;
  const open = FS.open;
  FS.open = (name, flags, mode) => {
    const writes = typeof flags === "string" ? flags !== "r" : (flags & 2097155) !== 0 || (flags & (64 | 512)) !== 0;
    const device = typeof name === "string" && name.startsWith("/dev/");
    if (writes && !device) refuse();
    return open(name, device ? flags & ~(64 | 512) : flags, mode);
  };
}

// Addresses of the module's symbols, from the file that `wasm.py` describes.
function symbolTable(file) {
  const bytes = fs.readFileSync(file);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  if (words[0] !== 0x31574c53) throw new Error(`${file} is not a symbol file`);
  const slots = words[1];
  return (heap, pointer) => {
    let hash = 0x811c9dc5;
    let end = pointer;
    for (; heap[end]; end++) hash = Math.imul(hash ^ heap[end], 0x01000193);
    const same = (at) => {
      for (let i = pointer; i <= end; i++) if (heap[i] !== bytes[at++]) return false;
      return true;
    };
    for (let slot = (hash >>> 0) % slots; words[4 + 2 * slot]; slot = (slot + 1) % slots) {
      if (same(words[4 + 2 * slot])) return words[5 + 2 * slot];
    }
    return 0;
  };
}

// Taking and resuming a snapshot: `snapshot.cjs`. Here: the stack, and what Lean may ask of the host.
const STACK_BYTES = 128 << 20; // large enough that Lean's own recursion limit is met before it overflows

module.exports = {
  stepwiseSymbol: symbolTable(path.join(__dirname, "symbols.bin")),
};

function mount({ FS, NODEFS }) {
  for (const [inside, folder] of config.mounts) {
    FS.mkdir(inside);
    FS.mount(NODEFS, { root: folder }, inside);
  }
  FS.chdir("/lean");
  rawStreams({ FS });
  readOnly({ FS, NODEFS });
}

// Lean's environment variables. A server speaks to the host by asking for a variable named `stepwise:…`: a call into
// JavaScript with text in and text out, which a native Lean answers with none.
function environment(calls) {
  return new Proxy({ ...config.env }, {
    get: (target, name) => {
      if (typeof name !== "string" || !name.startsWith("stepwise:")) return target[name];
      const [, verb, ...words] = name.split(":");
      return calls[verb]?.(...words);
    },
  });
}

if (config !== "em-pthread") {
  const snapshot = require("./snapshot.cjs");
  let host;
  const stack = {};
  Object.assign(module.exports, {
    arguments: config.args,
    thisProgram: "/lean/lean",
    stepwiseEnvironment: environment({
      ready: (closure) => {
        if (config.save) snapshot.save(config.save, host, stack, Number(closure));
      },
    }),
    stepwiseMount: mount,
    stepwiseStart(given) {
      host = given;
      if (config.load) {
        const resume = snapshot.load(config.load, host);
        mount(host);
        return resume();
      }
      stack.low = host.exports.malloc(STACK_BYTES) >>> 0;
      stack.high = (stack.low + STACK_BYTES) & ~15;
      host.exports.emscripten_stack_set_limits(stack.high, stack.low);
      host.exports._emscripten_stack_restore(stack.high);
      return host.main();
    },
  });
}
