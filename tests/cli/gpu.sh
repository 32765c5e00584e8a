# Runs on a graphics processor have the bytes of those without: tests/gpu/*.crnl, with a stand-in for the
# driver that executes the text of PTX (tests/gpu/stand_in.c). What fails there goes on here.
mkdir -p lib
${CC:-cc} -O2 -std=gnu11 -ffp-contract=off -fPIC -shared -Wl,-Bsymbolic -Wl,-soname,libcuda.so.1 \
    -o lib/libcuda.so.1 "$SRC"/tests/gpu/ptx_*.c "$SRC/tests/gpu/stand_in.c" -lm || exit 1
here=$PWD
with() # program, options...: by the stand-in
{
    LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} STAND_IN_LOG=$here/log "$CRNLC" run "$@"
}
bad()
{
    echo "wrong: $*"
    exit 1
}

# ---- The same bytes ----
there=0
both() # program: with and without; `there` counts those that have been on the processor
{
    local right=0 ended file threads
    "$CRNLC" run "$1" --quiet --max-events 200000 >here 2>here.err || right=$?
    for file in *.csv; do
        [ ! -e "$file" ] || mv "$file" "here.$file"
    done
    for threads in 1 3; do
        rm -f ../log
        ended=0
        with "$1" --quiet --max-events 200000 --threads $threads >there 2>there.err || ended=$?
        [ $ended = $right ] || bad "$1 ends otherwise with $threads threads: $(cat there.err)"
        cmp here there || exit 1
        cmp here.err there.err || exit 1
        for file in here.*.csv; do
            [ ! -e "$file" ] || cmp "$file" "${file#here.}" || exit 1
        done
    done
    [ ! -s ../log ] || there=$((there + 1))
}
n=0
for program in "$SRC"/tests/gpu/*.crnl; do
    name=$(basename "$program" .crnl)
    mkdir -p "$name"
    cd "$name" || exit 1
    both "$program"
    [ -s here ] && [ ! -s here.err ] || bad "$name fails: $(cat here.err)"
    n=$((n + 1))
    cd .. || exit 1
done
[ $n -ge 9 ] && [ $there = $n ] || bad "$there of $n programs have been there"

# Random networks; runs that fail, as at a limit, fail alike.
there=0
for seed in $(seq 1 "${RANDOM_NETWORKS:-20}"); do
    mkdir -p "random$seed"
    cd "random$seed" || exit 1
    "$PYTHON" "$SRC/tests/gpu/random_network.py" "$seed" >random.crnl
    both random.crnl
    cd .. || exit 1
done
[ $there -ge $((seed * 8 / 10)) ] || bad "$there of $seed random networks have been there"

# Executables have the text in them, too.
program=$SRC/tests/gpu/conditions.crnl
"$CRNLC" build "$program" -o program || exit 1
rm -f log
LD_LIBRARY_PATH=$here/lib STAND_IN_LOG=$here/log ./program >built || exit 1
[ -s log ] || bad 'an executable has not been there'
"$CRNLC" run "$program" --quiet >one
cmp built one || exit 1

# ---- Failures: a warning, and the same results ----
"$CRNLC" run "$program" --quiet >right
failing() # text of the warning, VARIABLE=value
{
    env "$2" LD_LIBRARY_PATH="$here/lib" "$CRNLC" run "$program" >after 2>said || bad "$2 ends the program"
    grep -q "warning: .*$1" said || bad "$2: $(cat said)"
    cmp right after || exit 1
}
failing 'no graphics processor: the driver knows of no graphics processor' STAND_IN_DEVICES=0
failing 'stand-in of the tests has failed' STAND_IN_FAIL=cuLaunchKernel
failing 'stand-in of the tests has failed' STAND_IN_FAIL=cuModuleLoadDataEx
failing 'stand-in of the tests has failed' STAND_IN_FAIL=cuMemcpyDtoH_v2
failing 'stand-in of the tests has failed: ' STAND_IN_MEMORY=1000
failing 'no graphics processor: the driver says' STAND_IN_FAIL=cuInit
"$CRNLC" run "$program" >after 2>said || exit 1 # with the driver of this computer, if there is one
cmp right after || exit 1

# ---- What does not fit is refused, with the reason ----
refused() # reason, statements of the network, the run
{
    printf '%s\n' "network n { species A = 10; $2 }" "experiment main { $3 }" >no.crnl
    "$CRNLC" run no.crnl >out 2>said && bad "accepted: $3"
    grep -q "$1" said || bad "$3: $(cat said)"
    grep -q 'help: .*leave `gpu = true` out' said || bad "no help: $3"
}
refused 'on a graphics processor: a law or a condition calls `exp`' 'A =>{exp(-A)} 0;' \
    'run n for 1 by ssa(runs = 9, gpu = true);'
refused 'on a graphics processor: a power whose exponent is no whole number' 'A =>{A^1.5} 0;' \
    'run n for 1 by ssa(runs = 9, gpu = true);'
refused 'on a graphics processor: a histogram along the trajectory' 'A ->{1} 0;' \
    'run n for 1 by ssa(runs = 9, gpu = true); print time_histogram(n.A, max = 10);'
refused 'on a graphics processor: a statistic that is observed at each event' 'A ->{1} 0;' \
    'run n for 1 by ssa(runs = 9, gpu = true); print time_max(n.A);'
refused 'on a graphics processor: a kernel is named' 'A ->{1} 0;' \
    'run n for 1 by ssa(runs = 9, gpu = true, kernel = table);'
refused 'on a graphics processor: a condition of `until`' 'A ->{1} 0;' \
    'run n for 1 until sin(A) > 0.5 by ssa(runs = 9, gpu = true);'
refused 'on a graphics processor: an amount is held' 'A ->{1} 0;' \
    'run n with hold A = 3 for 1 by ssa(runs = 9, gpu = true);'
refused 'is for many runs' 'A ->{1} 0;' 'run n for 1 by ssa(gpu = true);'

# ---- The plan says so ----
"$CRNLC" print --stage plan "$program" | grep -q '^graphics processor: a run in each thread$' || bad 'plan'
exit 0
