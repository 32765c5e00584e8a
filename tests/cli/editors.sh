# Colours have every word, unit and function of the lists, and the files for editors are well-formed.
words=$(sed -n 's/^WORD([A-Z_]*, "\([a-z]*\)".*/\1/p' "$SRC/frontend/text/word.def")
units=$(sed -n 's/^UNIT(\([A-Za-z]*\),.*/\1/p' "$SRC/ir/expr/unit.def")
functions=$(sed -n 's/^BUILTIN(\([a-z_]*\),.*/\1/p' "$SRC/frontend/builtin.def")
vim=$BUILD/editors/vim/syntax/crnl.vim
code=$BUILD/editors/vscode/syntaxes/crnl.tmLanguage.json
[ "$(echo "$words" | wc -w)" -ge 80 ]
for word in $words $units $functions; do
    for file in "$vim" "$code"; do
        tr -c 'A-Za-z_\n' ' ' <"$file" | tr -s ' ' '\n' | grep -qx "$word" || { echo "$file has no $word"; exit 1; }
    done
done
if grep -l -e '@[A-Z]*@' -e '(|' -e '\\(\\|' "$vim" "$code"; then exit 1; fi
python3 - "$code" "$SRC/editors/vscode/package.json" "$SRC/editors/vscode/language-configuration.json" <<'END'
import json, re, sys
grammar = json.load(open(sys.argv[1]))
def patterns(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("match", "begin", "end"):
                yield value
            yield from patterns(value)
    elif isinstance(node, list):
        for value in node:
            yield from patterns(value)
found = [re.compile(p) for p in patterns(grammar)]
for text in ("network", "7 nM", "2.5e-3 /s", "run", "exp"):
    assert any(m and m.group() == text for m in (p.match(text + "(") for p in found)), text
# One that takes nothing ends the colours of a line.
assert not any(p.match(text) and not p.match(text).group() for p in found if "$" not in p.pattern for text in ("network", "a 7 nM"))
for name in sys.argv[2:]:
    json.load(open(name))
END
