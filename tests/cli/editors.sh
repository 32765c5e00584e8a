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
if grep -l '@[A-Z]*@' "$vim" "$code"; then exit 1; fi
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
assert any(p.fullmatch("network") for p in found) and any(p.fullmatch("7 nM") for p in found)
assert not any(p.fullmatch("") for p in found if p.pattern != "\"|$")
for name in sys.argv[2:]:
    json.load(open(name))
END
