# The extension for VS Code, installed and packed as doc/editors.md says: what it loads is in the package, and so are the colours, which the
# library that draws them in VS Code gives to each word of each program of the tree.
here=$PWD
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
mkdir "$here/colours"
cd "$here/colours"
npm install --no-audit --no-fund vscode-textmate@9.3.0 vscode-oniguruma@2.0.1 >/dev/null
cp "$SRC/tests/editors/tokens.js" .
find "$SRC/examples" "$SRC/stdlib" "$SRC/tests/run" -name '*.crnl' -print0 |
    xargs -0 node tokens.js "$(dirname "$CRNLC")/editors/vscode/syntaxes/crnl.tmLanguage.json" "$SRC/frontend/text/word.def"
