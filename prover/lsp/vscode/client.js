// A language server as a child process: requests and notifications over its standard input and output.
"use strict";

const { spawn } = require("node:child_process");

class Client {
  #process;
  #handlers;
  #waiting = new Map();
  #count = 0;
  #unread = Buffer.alloc(0);
  #isStopped = false;
  #isGone = false;
  #ready;

  /** `handlers` answer the server's requests and hear its notifications, by method; `gone(why)` is told of its end. */
  constructor([program, ...words], folder, handlers) {
    this.#handlers = handlers;
    this.#process = spawn(program, words, { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
    this.#process.stdout.on("data", (data) => this.#read(data));
    this.#process.stdin.on("error", () => {});
    this.#process.on("error", (error) => this.#end(`${program} can't be started (${error.message})`));
    this.#process.on("exit", (code) => this.#end(`${program} has ended (exit code ${code})`));
    const window = { workDoneProgress: true, showDocument: { support: true } };
    const params = { processId: process.pid, rootUri: null, capabilities: { window, general: { positionEncodings: ["utf-16"] } } };
    this.#ready = this.#request("initialize", params).then(() => this.#send({ method: "initialized", params: {} }));
  }

  /** The server's answer; null if it refuses, or is gone. */
  async ask(method, params) {
    await this.#ready;
    return this.#request(method, params);
  }

  async notify(method, params) {
    await this.#ready;
    this.#send({ method, params });
  }

  async stop() {
    this.#isStopped = true;
    await Promise.race([this.#request("shutdown", null), new Promise((resolve) => setTimeout(resolve, 2000))]);
    this.#send({ method: "exit", params: null });
    this.#process.stdin.end();
  }

  #request(method, params) {
    if (this.#isGone) return Promise.resolve(null);
    const id = ++this.#count;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#send({ id, method, params });
    });
  }

  #send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    if (!this.#process.stdin.writable) return;
    this.#process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#process.stdin.write(body);
  }

  #read(data) {
    this.#unread = Buffer.concat([this.#unread, data]);
    for (;;) {
      const end = this.#unread.indexOf("\r\n\r\n");
      const length = /Content-Length: (\d+)/i.exec(this.#unread.subarray(0, Math.max(0, end)).toString());
      if (!length || this.#unread.length < end + 4 + Number(length[1])) return;
      const body = this.#unread.subarray(end + 4, end + 4 + Number(length[1]));
      this.#unread = this.#unread.subarray(end + 4 + Number(length[1]));
      this.#take(JSON.parse(body.toString()));
    }
  }

  async #take({ id, method, params, result }) {
    if (method === undefined) {
      this.#waiting.get(id)?.(result ?? null);
      this.#waiting.delete(id);
      return;
    }
    const answer = (await this.#handlers[method]?.(params)) ?? null;
    if (id !== undefined) this.#send({ id, result: answer });
  }

  #end(why) {
    this.#isGone = true;
    this.#waiting.forEach((resolve) => resolve(null));
    this.#waiting.clear();
    if (!this.#isStopped) this.#handlers.gone(why);
    this.#isStopped = true;
  }
}

module.exports = { Client };
