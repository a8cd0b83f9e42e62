// Compiled code, kept in a file beside a server's snapshot.
//
// V8 compiles a function when it is first called, and that is most of the time which a process's first requests take.
// So a server does its usual work once with V8's optimising compiler alone, and what came out is written down; processes
// that begin with it are quick from their first request on. The file is of V8's own format, for one V8 with one set of
// flags on one kind of processor: any other V8 refuses it, and compiles functions as they are called.
"use strict";
const fs = require("fs");
const v8 = require("v8");

// A function of V8's own, which it offers to its tests. The flag that allows the syntax is gone when it is called.
function native(name, ...parameters) {
  v8.setFlagsFromString("--allow-natives-syntax");
  try {
    return new Function(...parameters, `return %${name}(${parameters})`);
  } finally {
    v8.setFlagsFromString("--no-allow-natives-syntax");
  }
}

// The module of these bytes with the code that a file holds; without it if no file is named, or it is of no use here.
function moduleOf(bytes, file) {
  if (file) {
    const code = fs.readFileSync(file);
    const whole = code.byteLength === code.buffer.byteLength ? code.buffer : new Uint8Array(code).buffer;
    const module = native("DeserializeWasmModule", "code", "bytes")(whole, bytes);
    if (module) return module;
  }
  return new WebAssembly.Module(bytes);
}

// From here on functions are optimised when they are first called.
function optimiseAtOnce() {
  v8.setFlagsFromString("--no-liftoff");
}

// Writes down the optimised code of a module, for processes with the flags that this one was started with.
function keep(module, file) {
  v8.setFlagsFromString("--liftoff");
  fs.writeFileSync(file, Buffer.from(native("SerializeWasmModule", "module")(module)));
}

module.exports = { moduleOf, optimiseAtOnce, keep };
