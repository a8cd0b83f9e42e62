// One Lean instance in its own thread: what it may see, and how it reads and writes.
"use strict";
const fs = require("fs");
const path = require("path");
const modules = require("./modules.cjs");
const { workerData: config, parentPort } = require("worker_threads");

const EROFS = 69; // errno numbers of the WebAssembly C library
const EIO = 29;
const ENOSYS = 52;
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
//
// A line that begins with a zero byte is for the host, and Lean never sees it: `toHost` answers it, or throws.
function rawStreams({ FS }, toHost) {
  const input = { bytes: Buffer.alloc(1 << 20), next: 0, end: 0, last: 10 };
  const receive = () => {
    input.next = 0;
    input.end = retrying(() => fs.readSync(0, input.bytes, 0, input.bytes.length, null));
  };
  const hostLine = () => {
    const parts = [];
    for (;;) {
      const stop = input.bytes.subarray(0, input.end).indexOf(10, input.next);
      parts.push(Buffer.from(input.bytes.subarray(input.next, stop < 0 ? input.end : stop)));
      input.next = stop < 0 ? input.end : stop + 1;
      if (stop >= 0) return Buffer.concat(parts).subarray(1).toString();
      receive();
      if (input.end === 0) process.exit(0);
    }
  };
  const stdin = {
    ...FS.streams[0].stream_ops,
    read(stream, buffer, offset, length) {
      for (;;) {
        if (input.next === input.end) receive();
        if (input.next === input.end || input.last !== 10 || input.bytes[input.next] !== 0) break;
        toHost(parsed(hostLine()));
      }
      const line = input.bytes.subarray(0, input.end).indexOf("\n\0", input.next, "latin1");
      const count = Math.min(length, (line < 0 ? input.end : line + 1) - input.next);
      if (count > 0) input.last = input.bytes[input.next + count - 1];
      buffer.set(input.bytes.subarray(input.next, input.next + count), offset);
      input.next += count;
      return count;
    },
    poll: () => 1 | 4,
  };
  const output = Buffer.alloc(1 << 16); // shared memory can't be written from
  const writer = (fd, original) => ({
    ...original,
    write(stream, buffer, offset, length) {
      for (let done = 0; done < length; ) {
        const size = Math.min(length - done, output.length);
        output.set(buffer.subarray(offset + done, offset + done + size));
        try {
          done += retrying(() => fs.writeSync(fd, output, 0, size));
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
  const devices = /^\/dev\/(null|zero|u?random|tty|std(in|out|err))$/;
  const open = FS.open;
  FS.open = (name, flags, mode) => {
    const writes = typeof flags === "string" ? flags !== "r" : (flags & 2097155) !== 0 || (flags & (64 | 512)) !== 0;
    const device = typeof name === "string" && devices.test(name);
    if (writes && !device) refuse();
    return open(name, device ? flags & ~(64 | 512) : flags, mode);
  };
}

// Addresses of the module's symbols, from the file that `wasm.py` describes. Few processes look one up: most resume.
function symbolTable(file) {
  let fd;
  let words;
  const open = () => {
    fd = fs.openSync(file, "r");
    const header = new Uint32Array(4);
    fs.readSync(fd, header, 0, 16, 0);
    if (header[0] !== 0x31574c53) throw new Error(`${file} is not a symbol file`);
    words = new Uint32Array(2 * header[1]);
    fs.readSync(fd, words, 0, words.byteLength, 16);
  };
  const sameName = (at, name) => {
    const found = Buffer.alloc(name.length);
    fs.readSync(fd, found, 0, found.length, at);
    return found.equals(name);
  };
  return (heap, pointer) => {
    if (!words) open();
    const end = heap.indexOf(0, pointer);
    const name = Buffer.from(heap.slice(pointer, end + 1)); // with its end
    let hash = 0x811c9dc5;
    for (let i = 0; i < name.length - 1; i++) hash = Math.imul(hash ^ name[i], 0x01000193);
    const slots = words.length / 2;
    for (let slot = (hash >>> 0) % slots; words[2 * slot]; slot = (slot + 1) % slots) {
      if (sameName(words[2 * slot], name)) return words[2 * slot + 1];
    }
    return 0;
  };
}

// Taking and resuming a snapshot: `snapshot.cjs`. Here: the stack, and what Lean may ask of the host.
const STACK_BYTES = 128 << 20; // large enough that Lean's own recursion limit is met before it overflows

// What Lean could ask of the host's system, if elaborated code calls into the C library: answered with an error.
const REFUSED = [
  "_emscripten_system", "_dlopen_js", "_emscripten_dlopen_js", "_dlsym_catchup_js", "emscripten_wget_data",
  "getaddrinfo", "getnameinfo", "__syscall_socket", "__syscall_connect", "__syscall_bind", "__syscall_listen",
  "__syscall_accept4", "__syscall_sendto", "__syscall_sendmsg", "__syscall_recvfrom", "__syscall_recvmsg",
]; // prettier-ignore

module.exports = {
  stepwiseSymbol: symbolTable(path.join(__dirname, "symbols.bin")),
  stepwiseRefuse(imports) {
    for (const name of REFUSED) imports[name] = () => (name.endsWith("dlopen_js") ? 0 : -ENOSYS);
  },
};

// A line to the host; one that can't be read asks for nothing.
function parsed(line) {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}

let reads = []; // of the library's files, while a server starts that is to be saved

function mount({ FS, NODEFS }, toHost = () => {}) {
  for (const [inside, folder] of config.mounts) {
    FS.mkdir(inside);
    FS.mount(NODEFS, { root: folder }, inside);
  }
  FS.chdir("/lean");
  rawStreams({ FS }, toHost);
  readOnly({ FS, NODEFS });
  if (config.save) reads = modules.noteReads(NODEFS);
}

// Answers the process's client past Lean. A line that elaborated text left half printed is ended first.
function say(answer) {
  const line = Buffer.from(`\n${JSON.stringify(answer)}\n`);
  for (let done = 0; done < line.length; ) done += retrying(() => fs.writeSync(1, line, done));
}

// A server that starts from a snapshot, and goes back to it when its client asks: {"id": N, "restore": BOOL}, answered
// with {"id", "restored", "threads"}. The read in which Lean waits for its next request then never returns: the
// exception unwinds all of Lean, and its memory is filled again. An instance that has started a thread, or whose text has
// put something else in the place of a standard stream, is not restored: that is not in its memory.
function serveFrom(saved, host) {
  const { FS } = host;
  let asked;
  let streams;
  saved.start();
  mount(host, (request) => {
    const threads = module.exports.stepwiseThreads ?? 0;
    const isWhole = threads === 0 && streams.every((stream, fd) => stream === FS.streams[fd]);
    const restored = Boolean(request.restore) && isWhole;
    if (restored) {
      asked = request;
      throw new Error("this instance is being restored");
    }
    say({ id: request.id, restored, threads });
  });
  streams = FS.streams.slice(0, 3);
  for (;;) {
    try {
      saved.run();
      return;
    } catch (error) {
      if (!asked) throw error;
    }
    for (const stream of FS.streams.slice(3)) if (stream) FS.close(stream);
    FS.chdir("/lean");
    saved.restore();
    say({ id: asked.id, restored: true, threads: 0 });
    asked = undefined;
  }
}

// Lean's environment variables. A server speaks to the host by asking for a variable named `stepwise:…`: a call into
// JavaScript with text in and text out, which a native Lean answers with none.
function environment(calls) {
  return new Proxy({ ...config.env }, {
    get: (target, name) => {
      if (typeof name !== "string" || !name.startsWith("stepwise:")) return target[name];
      const [, verb, ...words] = name.split(":");
      return Object.hasOwn(calls, verb) ? calls[verb](...words) : undefined;
    },
  });
}

if (config !== "em-pthread") {
  const snapshot = require("./snapshot.cjs");
  const code = require("./code.cjs");
  let host;
  let compiled;
  const stack = {};
  Object.assign(module.exports, {
    arguments: config.args,
    thisProgram: "/lean/lean",
    stepwiseEnvironment: environment({
      ready: (closure) => {
        if (config.save) snapshot.save(config.save, host, stack, Number(closure), reads);
      },
      // The host listens to the first call only: elaborated text can't point it elsewhere.
      watch: (...addresses) => {
        if (config.save) return undefined;
        parentPort.postMessage({ memory: host.wasmMemory, addresses: addresses.map(Number) });
        return "watching";
      },
    }),
    instantiateWasm(imports, receive) {
      const bytes = fs.readFileSync(path.join(__dirname, "lean.wasm"));
      compiled = code.moduleOf(bytes, config.code);
      if (config.keep) code.optimiseAtOnce();
      bytes.buffer.transfer(0); // V8 has its own copy; this one is 116 MB
      receive(new WebAssembly.Instance(compiled, imports), compiled);
      return {};
    },
    stepwiseMount: mount,
    stepwiseStart(given) {
      host = given;
      if (config.load) {
        serveFrom(snapshot.open(config.load, host), host);
        if (config.keep) code.keep(compiled, config.keep);
        return 0;
      }
      stack.low = host.exports.malloc(STACK_BYTES) >>> 0;
      stack.high = (stack.low + STACK_BYTES) & ~15;
      host.exports.emscripten_stack_set_limits(stack.high, stack.low);
      host.exports._emscripten_stack_restore(stack.high);
      return host.main();
    },
  });
}
