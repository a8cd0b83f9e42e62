// A VS Code that consists of what the extension uses, with one document; reads what to do from standard input:
// {extension, command, text, word, choose, until}, and prints the menu, the text in the end, and what was shown.
"use strict";

const Module = require("node:module");
const path = require("node:path");

class Position { constructor(line, character) { Object.assign(this, { line, character }); } }
class Range { constructor(a, b, c, d) { this.start = new Position(a, b); this.end = new Position(c, d); } }
class Uri { static parse(text) { return Object.assign(new Uri(), { text, fsPath: new URL(text).pathname }); } toString() { return this.text; } }
class Diagnostic { constructor(range, message, severity) { Object.assign(this, { range, message, severity }); } }
class CodeAction { constructor(title, kind) { Object.assign(this, { title, kind }); } }
class WorkspaceEdit { edits = []; replace(uri, range, text) { this.edits.push({ range, text }); } }

const said = { menu: [], messages: [], progress: [], pages: [], errors: [], diagnostics: [] };
const heard = {};
const commands = {};
let provider = null;

const document = {
  uri: Uri.parse("file:///project/mine.lean"),
  version: 1,
  getText: () => document.text,
  at: (line, character) => document.text.split("\n").slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character,
};

async function apply({ edits }) {
  const starts = (each) => document.at(each.range.start.line, each.range.start.character);
  for (const each of [...edits].sort((a, b) => starts(b) - starts(a))) {
    const end = document.at(each.range.end.line, each.range.end.character);
    document.text = document.text.slice(0, starts(each)) + each.text + document.text.slice(end);
  }
  document.version += 1;
  heard.change({ document });
  return true;
}

const vscode = {
  Range, Uri, Diagnostic, CodeAction, WorkspaceEdit,
  CodeActionKind: { QuickFix: "quickfix" },
  ProgressLocation: { Notification: 15 },
  env: { openExternal: async (uri) => said.pages.push(uri.toString()) > 0 },
  languages: {
    createDiagnosticCollection: () => ({ clear() {}, set: (_, found) => (said.diagnostics = found) }),
    match: (_, given) => (given === document ? 10 : 0),
    registerCodeActionsProvider: (_, made) => (provider = made),
  },
  commands: { registerCommand: (name, run) => (commands[name] = run) },
  window: {
    showInformationMessage: (text) => said.messages.push(text),
    showErrorMessage: (text) => said.errors.push(text),
    withProgress: ({ title }, work) => {
      said.progress.push(title);
      return work({ report() {} }, { onCancellationRequested: (stop) => (heard.cancel = stop) });
    },
  },
  workspace: {
    textDocuments: [document],
    workspaceFolders: undefined,
    getConfiguration: () => ({ get: () => task.command }),
    onDidOpenTextDocument: () => null,
    onDidChangeTextDocument: (hear) => (heard.change = hear),
    onDidCloseTextDocument: () => null,
    applyEdit: apply,
  },
};

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

let task;

async function main() {
  task = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  document.text = task.text;
  const extension = require(path.join(task.extension, "extension.js"));
  extension.activate({ subscriptions: [] });
  const before = document.text.slice(0, document.text.indexOf(task.word)).split("\n");
  const at = [before.length - 1, before.at(-1).length];
  const actions = await provider.provideCodeActions(document, new Range(...at, ...at), { diagnostics: task.errors ?? [] });
  said.menu = actions.map((each) => each.title);
  const chosen = actions.find((each) => each.title === task.choose);
  if (chosen?.command) await commands[chosen.command.command](...chosen.command.arguments);
  const isOver = { edit: () => document.version > 1, page: () => said.pages.length, error: () => said.errors.length }[task.until];
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 20));
  await extension.deactivate();
  console.log(JSON.stringify({ ...said, text: document.text }));
  process.exit(0);
}

main();
