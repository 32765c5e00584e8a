#!/bin/bash
# doc/PASSES.md is what ir/pass/passes.def and the first comments of ir/pass/pass_*.c say. With --write, writes it.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."

# The first comment of a file, its text and its examples as the blocks of a document.
comment() {
    awk '
        NR == 1 { sub(/^\/\* /, "") }
        { last = sub(/ *\*\/$/, ""); sub(/^ \* ?/, "") }
        /^$/ { blank = 1 }
        /^[^ ]/ && code { print "```"; code = 0; blank = 1 }
        /./ {
            if (blank) print ""
            if (/^  / && !code) { print "```"; code = 1 }
            blank = 0
            print (code ? substr($0, 3) : $0)
        }
        last { if (code) print "```"; exit }
    ' "$1"
}

# PASS(ID, function, "classes", "claim", "needs", "keeps", "parameters", "help"): one line for each, with tabs.
passes() {
    sed -n 's/^PASS(\([A-Z0-9_]*\), pass_\([a-z0-9_]*\), "\([A-Z]*\)", "\([^"]*\)", "\([^"]*\)", "\([^"]*\)", "\([^"]*\)", "\(.*\)")$/\2\t\3\t\4\t\5\t\6\t\7\t\8/p' \
        ir/pass/passes.def
}

document() {
    cat <<'END'
# Passes

Generated from `ir/pass/passes.def` and the comments of the passes by `tests/check_passes.sh --write`.

A pass turns a network into another one that keeps something, and says what:

| class | kept |
| --- | --- |
| T | the law over time of what is observed: counts, and the ODE |
| O | the solution of the ODE of what is observed |
| S | the limit of a rate-independent network |
| A | an approximation |

Several letters: one for each case that the pass tells apart. Observed is what outputs and experiments read; a network that declares no
outputs is observed as a whole. `-O0` to `-O2` run `canonical` and `merge_duplicates`; `-O3` adds `unreachable`, `unobservable`
and `lump_counts`, which are of class T too. Other passes are asked for, `--passes=a,b`. `--verify-passes` has each claim
checked by a program that shares no code with the passes; `--remarks` tells what was done, and what was not and why.

END
    echo '| pass | class | what is kept | facts needed | facts kept | parameters | what it does |'
    echo '| --- | --- | --- | --- | --- | --- | --- |'
    passes | awk -F '\t' '{ printf "| `%s` | %s | %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5, $6, $7 }'
    passes | while IFS=$'\t' read -r name rest; do
        file=$(grep -l "^bool pass_$name(" ir/pass/pass_*.c)
        printf '\n## %s\n\n' "$name"
        comment "$file"
    done
}

document | sed 's/ *$//' >"${TMPDIR:-/tmp}/PASSES.$$"
trap 'rm -f "${TMPDIR:-/tmp}/PASSES.$$"' EXIT
if [ "${1-}" = --write ]; then
    cp "${TMPDIR:-/tmp}/PASSES.$$" doc/PASSES.md
elif ! diff -u doc/PASSES.md "${TMPDIR:-/tmp}/PASSES.$$"; then
    echo "run bash tests/check_passes.sh --write"
    exit 1
fi
if [ "$(passes | wc -l)" != "$(grep -c '^PASS(' ir/pass/passes.def)" ]; then
    echo "a line of ir/pass/passes.def is not read"
    exit 1
fi
