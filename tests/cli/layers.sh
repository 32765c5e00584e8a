# tests/check_layers.sh complains at each wrong include and at no right one: a line of `cases` each.
mkdir -p tree/tests
cp "$SRC/tests/check_layers.sh" tree/tests
cat >cases <<'END'
wrong ir/prove/x.c ir/pass/pass.h
wrong ir/fact/x.c ir/prove/limit.h
wrong ir/interp/x.c ir/fact/fact.h
wrong ir/net/x.c ir/interp/interp.h
wrong ir/expr/x.c ir/net/net.h
wrong ir/lower/x.c ir/program/program.h
wrong ir/pass/x.c codegen/plan/plan.h
wrong support/x.c ir/expr/expr.h
wrong runtime/num/x.c runtime/rt_base.h
wrong runtime/num/x.c runtime/crnl_rt.h
wrong runtime/ssa/x.c runtime/rt_ctx.h
wrong runtime/ode/x.c runtime/ssa/rt_table.h
wrong runtime/out/x.c runtime/data/rt_data.h
wrong runtime/x.c runtime/ssa/rt_table.h
wrong runtime/x.c support/mem.h
wrong codegen/emit/x.c codegen/kern/kern_ssa.h
wrong codegen/kern/x.c codegen/emit/experiment.h
wrong codegen/plan/x.c codegen/emit/emit.h
wrong codegen/text/x.c codegen/plan/plan.h
wrong driver/x.c runtime/rt_base.h
wrong driver/x.c llvm-c/Core.h
wrong import/sbml/x.c frontend/module.h
right ir/pass/x.c ir/prove/certify.h
right ir/program/x.h ir/lower/lower.h
right ir/interp/x.c runtime/crnl_num.h
right runtime/ode/x.c runtime/rt_events.h
right runtime/neural/x.c runtime/out/rt_output.h
right codegen/kern/x.c codegen/emit/emit.h
right codegen/x.c codegen/object/jit.h
right codegen/object/x.c llvm-c/Core.h
right import/sbml/x.c import/import.h
right driver/x.c ir/pass/pass.h
END
while read -r verdict file path; do
    rm -rf tree/[!t]*
    mkdir -p tree/support tree/ir tree/import tree/frontend tree/grammar tree/codegen tree/runtime tree/driver
    mkdir -p "tree/${file%/*}"
    echo "#include \"$path\"" >"tree/$file"
    if bash tree/tests/check_layers.sh >said; then found=right; else found=wrong; fi
    [ "$found" = "$verdict" ] || {
        echo "$file may include $path: $found instead of $verdict"
        exit 1
    }
done <cases
