#!/bin/bash
# Networks (laws/*.crnl) by each kernel of ssa that can simulate them, RUNS runs (2000), against their laws by `cme`; laws.awk states
# the false-alarm probability. The seed is SEED (1). Works in the current folder; CRNLC is the compiler.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
runs=${RUNS:-2000}
kernels=$("$CRNLC" explain methods | sed -n 's/^| `ssa`, `tau` | `\([a-z]*\)`.*/\1/p')
test "$(echo "$kernels" | wc -l)" -ge 4 || { echo "kernels: $kernels"; exit 1; }
for kernel in $kernels; do
    n=0
    for file in "$here"/laws/*.crnl; do
        name=$(basename "$file" .crnl).$kernel
        "$CRNLC" run -D RUNS="$runs" --seed "${SEED:-1}" --kernel "$kernel" --verbose "$file" >"$name" 2>"$name.err" ||
            { cat "$name.err"; exit 1; }
        grep -q "by the kernel $kernel" "$name.err" || continue # it refuses the network
        n=$((n + 1))
        set -- "$@" "$name"
    done
    test "$n" -ge 4 || { echo "the kernel $kernel simulates $n networks only"; exit 1; }
done
exec awk -f "$here/laws.awk" -v runs="$runs" -v tests="$#" "$@"
