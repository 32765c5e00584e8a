// Starts `crnlc lsp` for files of the language.
const { workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

exports.activate = function () {
  const command = workspace.getConfiguration('crnl').get('command', 'crnlc');
  client = new LanguageClient('crnl', 'crnl', { command, args: ['lsp'] }, {
    documentSelector: [{ language: 'crnl' }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.{crnl,csv,npz,npy}') },
  });
  return client.start();
};

exports.deactivate = function () {
  return client ? client.stop() : undefined;
};
