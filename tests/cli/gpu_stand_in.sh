# The stand-in for the driver of a GPU, on which the tests of kernels for GPUs depend: single instructions,
# texts that it refuses, launches that it ends, and the line that it logs for each launch.
gpu=$SRC/tests/gpu
flags="-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -ffp-contract=off -pthread"
${CC:-cc} $flags -shared -fPIC -fvisibility=hidden -o libcuda.so.1 "$gpu/stand_in.c" "$gpu"/ptx_*.c -lm ||
    exit 1
${CC:-cc} $flags -o test_stand_in "$gpu/test_stand_in.c" ./libcuda.so.1 -Wl,-rpath,"$PWD" || exit 1
STAND_IN_LOG=$PWD/log ./test_stand_in >out 2>err || { cat out err; exit 1; }
grep -q '^k grid 3 block 4 instructions 240$' log || { head log; exit 1; }
grep -q 'line 29 of the PTX: ld.global.u64 %rd0, \[%rd9+8\];' err || { cat err; exit 1; }

# Each line of ptx_ops.def has a case.
printf '%s\n' '#define OP(name, ...) name' '#define LOAD OP' '#define STORE OP' \
    "#include \"$gpu/ptx_ops.def\"" |
    ${CC:-cc} -E -P -x c - | sed 's/ /\n/g' | grep . | sort >names
[ "$(wc -l <names)" -gt 150 ] || { echo 'too few names'; exit 1; }
while read -r pattern; do
    grep -Eq "([\"; ]|\\\\n)$pattern " "$gpu/test_stand_in.c" || { echo "no case: $pattern"; exit 1; }
done < <(sed 's/_i\([36]\)/_[su]\1/; s/_/\\./g' names)
