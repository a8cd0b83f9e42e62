// Ends a tactic that takes too long or too much memory, without ending the process.
//
// The server keeps six `IO.Ref`s and tells their addresses (`stepwise:watch:TICKET:LIMIT:CANCEL:CAUSE:REQUEST:UNWANTED`):
//   ticket  a Nat that changes with every tactic; 0 while nothing runs
//   limit   a Nat: what the running tactic may take, in milliseconds of processor time; 0 for no limit
//   cancel  the Bool of the running tactic's `IO.CancelToken`
//   cause   a Nat that the server sets to 0 before each tactic: 1 = out of time, 2 = out of memory, 3 = unwanted
//   request   a Nat: the number of the request that is served, counted from 1
//   unwanted  a Nat: the number of the last request whose answer nobody wants
// Lean looks at the token wherever it also looks at heartbeats. The main thread of the process has nothing else to do.
//
// Processor time makes a limit mean the same on a busy machine as on an idle one. Wall-clock time has to be over as well,
// since all threads of the process count, its compiler's too; and four times the limit is the end in any case.
"use strict";

const REFERENCE = 253; // the tag of a reference, in the last byte of an object's header
const VALUE_WORD = 2; // of a reference; also the first field of a structure
const EVERY_MS = 10;
const BUSY = 4; // how many times slower a busy machine may be
const TRUE = 3; // boxed: 2 * n + 1
const OUT_OF_TIME = 3;
const OUT_OF_MEMORY = 5;
const UNWANTED = 7;

// Returns a function that cancels a request by its number, when it is served; one that was served is left alone.
function watch({ memory, addresses }, memoryLimit) {
  const [ticket, limit, cancel, cause, request, unwanted] = addresses.map((address) => {
    const isReference = new Uint8Array(memory.buffer)[address + 7] === REFERENCE;
    const value = (address >>> 2) + VALUE_WORD;
    return isReference ? value : (new Uint32Array(memory.buffer)[value] >>> 2) + VALUE_WORD; // a token holds one
  });
  const running = { ticket: 1, since: 0, cpu: 0, bytes: 0, stopped: false };
  let doomed = 0;
  const strike = (words) => {
    const served = Atomics.load(words, request);
    if (served < doomed) return;
    if (served === doomed) {
      Atomics.store(words, unwanted, doomed); // the server looks at it after it has cleared the other two
      Atomics.store(words, cause, UNWANTED);
      Atomics.store(words, cancel, TRUE);
    }
    doomed = 0;
  };
  setInterval(() => {
    const words = new Int32Array(memory.buffer);
    if (doomed) strike(words);
    const now = performance.now();
    const current = Atomics.load(words, ticket);
    if (current !== running.ticket) {
      const bytes = memory.buffer.byteLength;
      Object.assign(running, { ticket: current, since: now, cpu: processorMs(), bytes, stopped: false });
    }
    if (current === 1 || running.stopped) return;
    const allowed = Atomics.load(words, limit) >>> 1;
    const took = now - running.since;
    const late = allowed > 0 && took > allowed && (took > BUSY * allowed || processorMs() - running.cpu > allowed);
    const large = memory.buffer.byteLength > Math.max(memoryLimit, running.bytes);
    if (!late && !large) return;
    running.stopped = true;
    Atomics.store(words, cause, late ? OUT_OF_TIME : OUT_OF_MEMORY);
    Atomics.store(words, cancel, TRUE);
  }, EVERY_MS);
  return (number) => {
    doomed = 2 * number + 1;
    strike(new Int32Array(memory.buffer));
  };
}

function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

module.exports = { watch };
