// The library with which VS Code and others talk to language servers, as a client of `crnlc lsp` over stdio: every example and
// 200 texts that are broken. What the protocol's own types do not admit is thrown by the library or found here.
const fs = require("fs"), path = require("path"), { spawn } = require("child_process");
const rpc = require("vscode-jsonrpc/node"), lsp = require("vscode-languageserver-protocol/node");
const source = process.env.SRC;
const server = spawn(process.env.CRNLC, ["lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
const waiting = new Map();
connection.onError(([error]) => { throw error; });
connection.onNotification(lsp.PublishDiagnosticsNotification.type, p => {
  for (const d of p.diagnostics) if (!lsp.Diagnostic.is(d)) throw new Error("no Diagnostic: " + JSON.stringify(d));
  const key = p.uri + " " + p.version;
  if (waiting.has(key)) { waiting.get(key)(p.diagnostics); waiting.delete(key); }
});
connection.listen();

let state = 20;
const draw = n => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % n; };
const texts = [];
for (const folder of ["examples", "stdlib"])
  for (const name of fs.readdirSync(path.join(source, folder)))
    if (name.endsWith(".crnl")) texts.push([`file://${source}/${folder}/${name}`, fs.readFileSync(path.join(source, folder, name), "utf8")]);
const small = texts.filter(t => t[1].length < 6000);
const good = texts.length;
for (let i = 0; i < 200; i++) {
  let text = small[draw(small.length)][1];
  let at = draw(text.length);
  at -= /[\udc00-\udfff]/.test(text[at]); // halves of a pair are no text
  text = [text.slice(0, at), text.slice(0, at) + [...text.slice(at)].slice(1 + draw(20)).join(""), text.slice(0, at) + [..."{}();,.\"/+->α 😀\n"][draw(16)] + text.slice(at)][draw(3)];
  texts.push([`file:///broken/${i}.crnl`, text]);
}

function check(what, holds, value) {
  if (!holds) throw new Error(what + ": " + JSON.stringify(value));
}

async function look(uri, text) {
  const named = { uri };
  const found = new Promise(done => waiting.set(uri + " 1", done));
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: "crnl", version: 1, text } });
  const reports = await found;
  const lines = text.split("\n"), line = draw(lines.length);
  const place = { textDocument: named, position: { line, character: draw(lines[line].length + 1) } };
  const items = await connection.sendRequest(lsp.CompletionRequest.type, place);
  check("completion", items.every(i => typeof i.label === "string" && i.kind >= 1 && i.kind <= 25 && (!i.textEdit || lsp.TextEdit.is(i.textEdit))), items);
  const hover = await connection.sendRequest(lsp.HoverRequest.type, place);
  check("hover", hover === null || lsp.Hover.is(hover), hover);
  const symbols = await connection.sendRequest(lsp.DocumentSymbolRequest.type, { textDocument: named });
  check("symbols", symbols.every(s => lsp.DocumentSymbol.is(s)), symbols);
  const places = await connection.sendRequest(lsp.ReferencesRequest.type, { ...place, context: { includeDeclaration: true } });
  check("references", places.every(lsp.Location.is), places);
  const target = await connection.sendRequest(lsp.DefinitionRequest.type, place);
  check("definition", target === null || lsp.Location.is(target), target);
  const actions = await connection.sendRequest(lsp.CodeActionRequest.type, { textDocument: named, context: { diagnostics: reports },
    range: lsp.Range.create(0, 0, lines.length, 0) });
  check("actions", actions.every(lsp.CodeAction.is), actions);
  await connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, { textDocument: named });
  return reports;
}

async function main() {
  const answer = await connection.sendRequest(lsp.InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {} });
  check("capabilities", answer.capabilities.renameProvider.prepareProvider === true, answer);
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  let errors = 0, i = 0;
  for (const [uri, text] of texts) {
    const reports = await look(uri, text);
    check(uri, i++ >= good || !reports.some(d => d.severity === 1), reports);
    errors += reports.some(d => d.severity === 1);
  }
  check("broken texts", errors > 100, errors);
  // What is cancelled is refused with the code of that, by the token of the library.
  const slow = "fn f(n) = sum(i in 0..300 : sum(j in 0..300 : sum(k in 0..300 : sin(n + i * j - k))));\nconst c = f(1);\n";
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type,
    { textDocument: { uri: "file:///slow.crnl", languageId: "crnl", version: 1, text: slow } });
  const token = new rpc.CancellationTokenSource();
  const rename = connection.sendRequest(lsp.RenameRequest.type, { textDocument: { uri: "file:///slow.crnl" },
    position: { line: 1, character: 6 }, newName: "d" }, token.token);
  setTimeout(() => token.cancel(), 300);
  const code = await rename.then(() => 0, e => e.code);
  check("cancelled", code === lsp.LSPErrorCodes.RequestCancelled, code);
  await connection.sendRequest(lsp.ShutdownRequest.type);
  await connection.sendNotification(lsp.ExitNotification.type);
  const status = await new Promise(done => server.on("exit", done));
  check("exit", status === 0, status);
  console.log(`${texts.length} texts, ${errors} of them with errors`);
}
main().catch(e => { console.error(e); process.exit(1); });
