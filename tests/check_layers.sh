#!/bin/bash
# The edges between folders: who may include what. `crnlc` is made of layers, and this is where they are said.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit

find support ir import frontend grammar codegen runtime server driver api \( -name '*.[chyl]' -o -name '*.def' \) -type f |
    sort | xargs -r awk '
# own[FOLDER]: what its files may include, beside themselves: folders with all below them, or single headers.
BEGIN {
    own["support"] = ""
    # Inside ir/: expressions, networks of them, their meaning, what is known of them; proofs know no passes.
    own["ir/expr"] = "support"
    own["ir/net"] = "ir/expr support"
    own["ir/interp"] = "ir/net ir/expr support"
    own["ir/fact"] = "ir/interp ir/net ir/expr support"
    own["ir/prove"] = "runtime/num/rt_wide.h ir/fact ir/interp ir/net ir/expr support"
    own["ir/pass"] = "ir/prove ir/fact ir/interp ir/net ir/expr support"
    own["ir/lower"] = "ir/fact ir/interp ir/net ir/expr support"
    own["ir/program"] = "ir/lower ir/net ir/expr support"
    own["import"] = "ir support"
    own["frontend"] = "import ir support"
    own["grammar"] = "frontend support"
    # Inside codegen/: a plan knows no LLVM, and kernels use of the emitter what emit.h declares.
    own["codegen/plan"] = "ir support"
    own["codegen/emit"] = "codegen/engine.h codegen/engine_base.h codegen/plan ir support"
    own["codegen/kern"] = "codegen/emit/emit.h codegen/plan ir support"
    own["codegen/interpret"] = "codegen/engine.h codegen/engine_base.h codegen/plan ir support"
    own["codegen/object"] = "codegen/engine.h codegen/embed.h codegen/emit codegen/plan ir support"
    own["codegen/text"] = "ir support"
    own["codegen"] = "codegen ir support"
    # Inside runtime/: numbers; methods, which see a model and one run of it; then the running program.
    own["runtime/num"] = ""
    run = "runtime/rt_base.h runtime/rt_clones.h runtime/rt_model.h runtime/rt_run.h runtime/rt_events.h runtime/rt_backwards.h runtime/rt_single.h runtime/rt_state.h"
    own["runtime/ssa"] = run " runtime/gpu"
    own["runtime/gpu"] = "runtime/rt_base.h"
    own["runtime/ode"] = run " runtime/rt_eigen.h runtime/rt_meeting.h"
    own["runtime/cme"] = run " runtime/rt_blas.h runtime/rt_eigen.h"
    own["runtime/hybrid"] = run " runtime/ssa"
    own["runtime/out"] = "runtime/crnl_memory.h runtime/rt_base.h runtime/rt_ctx.h"
    own["runtime/data"] = "runtime/rt_base.h runtime/rt_ctx.h"
    own["runtime/mpi"] = "runtime/rt_base.h runtime/rt_ctx.h runtime/rt_prepare.h runtime/rt_run.h"
    own["runtime/fit"] = "runtime/rt_base.h runtime/rt_ctx.h runtime/rt_checkpoint.h runtime/rt_estimate.h runtime/rt_meeting.h runtime/rt_rows.h runtime/rt_workers.h runtime/mpi"
    own["runtime/neural"] = "runtime/rt_base.h runtime/rt_blas.h runtime/rt_ctx.h runtime/rt_checkpoint.h runtime/rt_estimate.h runtime/rt_state.h runtime/rt_workers.h runtime/data runtime/out"
    own["runtime"] = "runtime/gpu runtime/num runtime/out runtime/mpi"
    # Editors see the front end; nothing of theirs executes a program.
    own["server"] = "frontend ir support"
    own["driver"] = "server frontend import codegen ir support"
    # libcrnl takes the stages of the driver, which print nothing, and no command.
    own["api"] = "driver/pipeline.h driver/doc.h driver/said.h include frontend import codegen ir support"
}
function complain(why) { print FILENAME ":" FNR ": " $0 " (" why ")"; bad = 1 }
function folder_of(path) { sub(/\/[^\/]*$/, "", path); return path }
# The folder that speaks for a file: its own, or the nearest above it that has a line here.
function owner(path) {
    for (path = folder_of(path); !(path in own) && path ~ /\//;) path = folder_of(path)
    return path
}
# Whether a file of `from` may include `path`, a path from the root.
function allowed(from, path,    top, to, list, n, i) {
    top = from; sub(/\/.*$/, "", top)
    to = owner(path)
    if (path ~ /^llvm-c\//) return top == "codegen"
    if (path ~ /^libxml\//) return from == "import"
    if (path ~ /(^|\/)(parser|lexer)\.h$/) return top == "grammar" || top == "frontend"
    if (path == "runtime/crnl_utf8.h") return 1
    if (path ~ /^runtime\/crnl_(num|csr|format)\.h$/) return top ~ /^(ir|frontend|codegen|driver|runtime)$/
    if (path ~ /^runtime\/(crnl_(cells|data|kernel|linear|method|minimize|neural|plot|sink|word)\.h|crnl_(minimize|neural|plot|stat)\.def)$/) return top != "support" && top != "grammar" && from != "runtime/num"
    if (path ~ /^runtime\/crnl_((rt|file|gpu|lockstep|stiff)\.h|[a-z]+\.def)$/) return top ~ /^(codegen|driver|api|runtime)$/ && from != "runtime/num"
    if (!(to in own) || to == from) return 1
    n = split(own[from], list, " ")
    for (i = 1; i <= n; i++) if (list[i] == path || index(to "/", list[i] "/") == 1) return 1
    return 0
}
/^[ \t]*#[ \t]*include[ \t]*["<]/ {
    path = $0; sub(/^[^"<]*["<]/, "", path); sub(/[">].*$/, "", path)
    if (path ~ /\.\.\//) { complain("paths start at the root of the tree"); next }
    if ($0 ~ /"/ && path !~ /\// && path != "build_config.h") path = folder_of(FILENAME) "/" path
    if (!allowed(owner(FILENAME), path)) complain("not an edge between these folders")
}
END { exit bad }'
