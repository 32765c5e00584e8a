#!/bin/bash
# The edges between folders: who may include what. `crnlc` is made of layers, and this is where they are said.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit

find support ir import frontend grammar codegen runtime driver \( -name '*.[chyl]' -o -name '*.def' \) -type f |
    sort | xargs -r awk '
BEGIN {
    own["support"] = "support"
    own["ir"] = "ir support"
    own["import"] = "import ir support"
    own["frontend"] = "frontend import ir support"
    own["grammar"] = "grammar frontend support"
    own["codegen"] = "codegen ir support"
    own["runtime"] = "runtime"
    own["driver"] = "driver frontend import codegen ir support"
    split("support ir import frontend grammar codegen runtime driver", folder, " ")
    for (i in folder) is_folder[folder[i]] = 1
}
function complain(why) { print FILENAME ":" FNR ": " $0 " (" why ")"; bad = 1 }
# Whether a file of folder `from` may include `path`, a path from the root.
function allowed(from, path,    to, list, n, i) {
    if (path ~ /^llvm-c\//) return from == "codegen"
    to = path; sub(/\/.*$/, "", to)
    if (path ~ /(^|\/)parser\.h$/) return from == "grammar" || from == "frontend"
    if (path ~ /(^|\/)lexer\.h$/) return from == "grammar" || from == "frontend"
    if (path == "runtime/crnl_num.h") return from == "ir" || from == "codegen" || from == "driver" || from == "runtime"
    if (path ~ /^runtime\/crnl_(data|neural)\.h$/) return from != "support" && from != "grammar"
    if (path == "runtime/crnl_rt.h") return from == "codegen" || from == "driver" || from == "runtime"
    if (path ~ /^runtime\/crnl_[a-z]+\.def$/) return from == "codegen" || from == "driver" || from == "runtime"
    if (!(to in is_folder)) return 1
    n = split(own[from], list, " ")
    for (i = 1; i <= n; i++) if (list[i] == to) return 1
    return 0
}
/^[ \t]*#[ \t]*include[ \t]*["<]/ {
    path = $0; sub(/^[^"<]*["<]/, "", path); sub(/[">].*$/, "", path)
    from = FILENAME; sub(/\/.*$/, "", from)
    if (path ~ /\.\.\//) { complain("paths start at the root of the tree"); next }
    if ($0 ~ /"/ && path !~ /\// && path != "build_config.h") {
        here = FILENAME; sub(/[^\/]*$/, "", here); path = here path
    }
    if (!allowed(from, path)) complain("not an edge between these folders")
}
END { exit bad }'
