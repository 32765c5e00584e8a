# The stand-in for the driver of a GPU, on which the tests of kernels for GPUs depend: single instructions, texts
# that it refuses, launches that it ends, and the line that it logs for each launch.
gpu=$SRC/tests/gpu
flags="-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -ffp-contract=off -pthread"
${CC:-cc} $flags -shared -fPIC -fvisibility=hidden -o libcuda.so.1 "$gpu/stand_in.c" "$gpu"/ptx_*.c -lm
${CC:-cc} $flags -o test_stand_in "$gpu/test_stand_in.c" ./libcuda.so.1 -Wl,-rpath,"$PWD"
status=0
STAND_IN_LOG=$PWD/log ./test_stand_in >out 2>err || status=$?
[ $status = 0 ] || { cat out err; exit 1; }
grep -q '^all grid 7,1,1 block 32,1,1 instructions 2688$' log || { grep -w all log; exit 1; }
grep -q 'line [0-9]* of the PTX: ld.global.u64 %rd0, \[%rd8+8\];' err || { cat err; exit 1; }
