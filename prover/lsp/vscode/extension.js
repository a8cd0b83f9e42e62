// Stepwise in VS Code: starts `stepwise lsp`, and shows its code actions, progress and findings beside Lean's own.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { Client } = require("./client.js");

const LEAN = [{ scheme: "file", language: "lean4" }];
let client = null;

function activate(context) {
  const found = vscode.languages.createDiagnosticCollection("stepwise");
  const start = () => (client = new Client(...commandLine(), handlers(found)));
  const restart = () => {
    client?.stop();
    found.clear();
    start();
    vscode.workspace.textDocuments.filter(isLean).forEach(opened);
  };
  context.subscriptions.push(
    found,
    vscode.commands.registerCommand("stepwise.restart", restart),
    vscode.commands.registerCommand("stepwise.run", run),
    vscode.languages.registerCodeActionsProvider(LEAN, { provideCodeActions }, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    vscode.workspace.onDidOpenTextDocument((document) => isLean(document) && opened(document)),
    vscode.workspace.onDidChangeTextDocument(({ document }) => isLean(document) && changed(document)),
    vscode.workspace.onDidCloseTextDocument((document) => isLean(document) && closed(document)),
  );
  restart();
}

function deactivate() {
  return client?.stop();
}

/** The command's words and the folder in which it is run. */
function commandLine() {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const words = [...vscode.workspace.getConfiguration("stepwise").get("command", ["stepwise", "lsp"])];
  if (folder && fs.existsSync(path.join(folder, "lean-toolchain"))) words.push("--project", folder);
  return [words, folder];
}

// ------------------------------------------------------------------------------------------------------- documents

const isLean = (document) => vscode.languages.match(LEAN, document) > 0;
const named = (document) => ({ uri: document.uri.toString() });

function opened(document) {
  const item = { ...named(document), languageId: "lean4", version: document.version, text: document.getText() };
  client.notify("textDocument/didOpen", { textDocument: item });
}

function changed(document) {
  const textDocument = { ...named(document), version: document.version };
  client.notify("textDocument/didChange", { textDocument, contentChanges: [{ text: document.getText() }] });
}

function closed(document) {
  client.notify("textDocument/didClose", { textDocument: named(document) });
}

// --------------------------------------------------------------------------------------------------------- actions

async function provideCodeActions(document, range, context) {
  const diagnostics = context.diagnostics.map(({ range, message, severity, source }) => ({
    range: asSent(range),
    message,
    severity: severity + 1,
    source,
  }));
  const params = { textDocument: named(document), range: asSent(range), context: { diagnostics } };
  const answer = (await client.ask("textDocument/codeAction", params)) ?? [];
  return answer.map((each) => {
    const action = new vscode.CodeAction(each.title, vscode.CodeActionKind.QuickFix);
    if (each.edit) action.edit = workspaceEdit(each.edit);
    if (each.command) action.command = { title: each.title, command: "stepwise.run", arguments: [each.command] };
    return action;
  });
}

const run = ({ command, arguments: words }) => client.ask("workspace/executeCommand", { command, arguments: words });

const asSent = ({ start, end }) => ({ start: place(start), end: place(end) });
const place = ({ line, character }) => ({ line, character });
const asRange = ({ start, end }) => new vscode.Range(start.line, start.character, end.line, end.character);

function workspaceEdit({ documentChanges }) {
  const edit = new vscode.WorkspaceEdit();
  for (const { textDocument, edits } of documentChanges) {
    for (const each of edits) edit.replace(vscode.Uri.parse(textDocument.uri), asRange(each.range), each.newText);
  }
  return edit;
}

// ------------------------------------------------------------------------------------- what the server asks for, and says

function handlers(found) {
  const shown = new Map(); // the progress of each job, by its token
  return {
    "workspace/applyEdit": async ({ edit }) => {
      const isCurrent = edit.documentChanges.every(({ textDocument }) => versionOf(textDocument.uri) === textDocument.version);
      return { applied: isCurrent && (await vscode.workspace.applyEdit(workspaceEdit(edit))) };
    },
    "window/workDoneProgress/create": () => null,
    "window/showDocument": async ({ uri }) => ({ success: await vscode.env.openExternal(vscode.Uri.parse(uri)) }),
    "window/showMessage": ({ message }) => void vscode.window.showInformationMessage(message),
    "textDocument/publishDiagnostics": ({ uri, diagnostics }) =>
      found.set(vscode.Uri.parse(uri), diagnostics.map(asDiagnostic)),
    "$/progress": ({ token, value }) => {
      if (value.kind === "begin") shown.set(token, showProgress(token, value.title));
      else if (value.kind === "report") shown.get(token)?.report(value.message);
      else shown.get(token)?.end();
    },
    gone: (why) => {
      shown.forEach((each) => each.end());
      vscode.window.showErrorMessage(`Stepwise: ${why}. The setting stepwise.command names the command; restart by “Stepwise: Restart”.`);
    },
  };
}

const versionOf = (uri) => vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri)?.version;

function asDiagnostic({ range, message, severity }) {
  const made = new vscode.Diagnostic(asRange(range), message, severity - 1);
  made.source = "stepwise";
  return made;
}

/** A notification that stays until the job ends; cancelling it stops the job. */
function showProgress(token, title) {
  const job = {};
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  vscode.window.withProgress(options, (progress, cancelled) => {
    job.report = (message) => progress.report({ message });
    cancelled.onCancellationRequested(() => client.notify("window/workDoneProgress/cancel", { token }));
    return new Promise((resolve) => (job.end = resolve));
  });
  return job;
}

module.exports = { activate, deactivate };
