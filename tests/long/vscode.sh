# The extension for VS Code, installed and packed as doc/editors.md says: what it loads is in the package, and so are the colours.
command -v npm >/dev/null || { echo "npm is missing"; exit 1; }
make -s -C "$(dirname "$CRNLC")" install DESTDIR="$PWD/root" >/dev/null
cd "$(dirname "$(find root -path '*/vscode/package.json')")"
npm install --no-audit --no-fund >/dev/null
npx --yes @vscode/vsce@3.2.1 package --allow-missing-repository >/dev/null
mkdir unpacked
cd unpacked
unzip -q ../crnl-0.1.0.vsix
cd extension
test -s syntaxes/crnl.tmLanguage.json
mkdir node_modules/vscode # VS Code itself has this one; nothing of it is needed to load the extension
echo 'module.exports = new Proxy({}, { get: (_, name) => class { static name = name } })' >node_modules/vscode/index.js
node -e 'const e = require("./extension.js"); if (typeof e.activate !== "function") process.exit(1)'
echo "the extension loads"
