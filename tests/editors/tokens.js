// The colours that VS Code gives: each word of the compiler's list, each number, comment and text of each file, against a small
// scanner of its own. tokens.js GRAMMAR WORD.DEF FILE...
const fs = require('fs')
const oniguruma = require('vscode-oniguruma'), textmate = require('vscode-textmate')
const [grammar, list, ...files] = process.argv.slice(2)
const words = new Set(fs.readFileSync(list, 'utf8').match(/^WORD\([A-Z_]*, "[a-z]*"/gm).map(line => line.split('"')[1]))
const piece = /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|[A-Za-z_]\w*|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\s+|[^]/g

function wanted(text) {
  if (/^\/[/*]/.test(text)) return /^comment/
  if (text[0] === '"') return /^string/
  if (/^\d/.test(text)) return /^constant\.numeric/
  return words.has(text) ? /^(keyword|constant|support)/ : null
}

async function main() {
  const wasm = fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer
  await oniguruma.loadWASM(wasm)
  const onigLib = Promise.resolve({
    createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
    createOnigString: text => new oniguruma.OnigString(text)
  })
  const loadGrammar = async () => textmate.parseRawGrammar(fs.readFileSync(grammar, 'utf8'), grammar)
  const colours = await new textmate.Registry({ onigLib, loadGrammar }).loadGrammar('source.crnl')
  let compared = 0, wrong = 0
  for (const file of files) {
    const text = fs.readFileSync(file, 'utf8'), scopes = []
    let stack = textmate.INITIAL
    for (const line of text.split('\n')) {
      const { tokens, ruleStack } = colours.tokenizeLine(line, stack)
      stack = ruleStack
      const of_line = new Array(line.length + 1).fill([])
      for (const t of tokens) of_line.fill(t.scopes.slice(1), t.startIndex, t.endIndex)
      scopes.push(...of_line)
    }
    for (const found of text.matchAll(piece)) {
      const scope = wanted(found[0]), at = found.index
      if (!scope) continue
      compared++
      if (![at, at + found[0].length - 1].every(i => scopes[i].some(name => scope.test(name)))) {
        wrong++
        const line = text.slice(0, at).split('\n').length
        console.log(`${file}:${line}: ${found[0].slice(0, 40)} has the colours of: ${scopes[at].join(' ') || 'nothing'}`)
      }
    }
  }
  console.log(`${compared} words, numbers, comments and texts of ${files.length} files, ${wrong} of another colour`)
  process.exit(wrong || compared < 1000 ? 1 : 0)
}
main()
