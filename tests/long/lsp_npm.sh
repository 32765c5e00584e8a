# The language server and the client library of VS Code, from npm: every example and 200 broken texts, a request that is cancelled.
command -v npm >/dev/null || { echo "npm is missing"; exit 77; }
npm install --no-audit --no-fund vscode-languageserver-protocol@3.17.5 >/dev/null || { echo "npm cannot be reached"; exit 77; }
cp "$SRC/tests/lsp/npm_client.js" .
node npm_client.js
