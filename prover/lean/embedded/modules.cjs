// Library modules in a server's memory, which a snapshot does not hold a second time.
//
// Lean reads a module's file whole, moves its pointers from the address that the file was written for to the one where
// it lies, and never writes to it again. So where memory is still what Lean made of the file, a snapshot names the file,
// and the file is read again. Which words are pointers Lean finds out by walking through the objects; here it is one bit
// a word.
"use strict";
const fs = require("fs");

const PAGE = 4096;
const BASE_WORD = 20; // of a module's file: the address that it was written for

// Notes where files of the library are read to, from now on: [{file, address, size}], in their order.
function noteReads(NODEFS) {
  const noted = [];
  const { read } = NODEFS.stream_ops;
  NODEFS.stream_ops.read = (stream, buffer, address, length, position) => {
    const count = read(stream, buffer, address, length, position);
    const file = NODEFS.realPath(stream.node);
    const isWhole = position === 0 && file.endsWith(".olean") && count === fs.statSync(file).size;
    if (isWhole) noted.push({ file, address, size: count });
    return count;
  };
  return noted;
}

// The modules that are in memory as they were read, without those whose memory was used again; and for each page of
// memory whether they hold all of it.
function found(memory, noted) {
  const words = new Uint32Array(memory);
  const isHeld = new Uint8Array(memory.byteLength / PAGE);
  const modules = [];
  for (const read of noted) {
    const module = asRead(words, read);
    if (!module) continue;
    modules.push(module);
    isHeld.fill(1, Math.ceil(read.address / PAGE), Math.floor((read.address + read.size) / PAGE));
  }
  return { modules, isHeld };
}

// The module with which of its words are pointers; undefined if memory is not what Lean made of the file.
function asRead(words, { file, address, size }) {
  const content = new Uint32Array(new Uint8Array(fs.readFileSync(file)).buffer, 0, size >>> 2);
  const shift = (address - content[BASE_WORD]) >>> 0;
  const pointers = new Uint32Array(Math.ceil(content.length / 32));
  for (let at = 0; at < content.length; at++) {
    const here = words[address / 4 + at];
    if (here === content[at]) continue;
    if (here !== (content[at] + shift) >>> 0) return undefined;
    pointers[at >>> 5] |= 1 << (at & 31);
  }
  return { file, address, size, shift, pointers };
}

// Reads a module to its place again.
function put(memory, { file, address, size, shift }, pointers) {
  const fd = fs.openSync(file, "r");
  const count = fs.readSync(fd, new Uint8Array(memory, address, size), 0, size, 0);
  fs.closeSync(fd);
  if (count !== size) throw new Error(`${file} is not what it was when the snapshot was taken`);
  const words = new Uint32Array(memory, address, size >>> 2);
  for (let at = 0; at < pointers.length; at++) {
    for (let bits = pointers[at]; bits !== 0; bits &= bits - 1) words[32 * at + 31 - Math.clz32(bits & -bits)] += shift;
  }
}

module.exports = { noteReads, found, put };
