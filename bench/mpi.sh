#!/bin/bash
# Programs over ranks of MPI: what one rank costs over none; 64 ranks on this machine, for what a block costs rank 0, and from how many
# ranks on that is half its time; memory of four ranks at full size (FULL=1: minutes); two ranks over one on two cores (QUIET=1: only on a
# machine that does nothing else); the second start of a kept program.
. "$(dirname "$0")/lib.bash"
machine
BUILD=${BUILD:-$SRC/build}
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
cd "$WORK"
cat >measure.py <<'X'
"""Runs a command; processor time and the peak of its memory in MiB, into a file of its rank."""
import os, resource, subprocess, sys
status = subprocess.call(sys.argv[2:], close_fds=False)  # MPICH talks to its launcher through one
use = resource.getrusage(resource.RUSAGE_CHILDREN)
rank = os.environ.get("PMI_RANK") or os.environ.get("OMPI_COMM_WORLD_RANK") or "0"
with open(f"{sys.argv[1]}.{rank}", "w") as f:
    print(use.ru_utime + use.ru_stime, use.ru_maxrss / 1024, file=f)
sys.exit(status)
X
implementations=
for name in openmpi mpich; do
    if command -v mpicc.$name >/dev/null && command -v mpirun.$name >/dev/null && [ -e "$BUILD/crnl_mpi-$name.so" ]; then
        implementations="$implementations $name"
    fi
done
[ -n "$implementations" ] || { echo "no module of MPI: make mpi MPICC=mpicc.openmpi"; exit 0; }
ranks() # IMPLEMENTATION N COMMAND...
{
    local name=$1 n=$2 more=
    shift 2
    [ $name = openmpi ] && more=--oversubscribe
    mpirun.$name $more -np $n "$@"
}

# The same work by one rank and by none, in turns; processor time with that of the launch, which a start alone has too.
six='network six(k = 5) { species A = 10, B, C, D, E, F; A ->{k} B; B ->{k} C; C ->{k} D; D ->{k} E; E ->{k} F; F ->{k} A; }'
echo "$six experiment e { run six for 20 by ssa(runs = ${RUNS:-400000}); print \"{run_mean(six.A)}\"; }" >one.crnl
echo "$six experiment e { run six for 1 by ssa; print \"{six.A}\"; }" >start.crnl
for name in $implementations; do
    for program in one start; do
        "$CRNLC" build $program.crnl -o $program
        for i in 1 2 3 4 5; do
            python3 measure.py alone ./$program --threads 1 >/dev/null
            CRNL_MPI=$BUILD/crnl_mpi-$name.so ranks $name 1 python3 measure.py by ./$program --threads 1 >/dev/null
            echo "$(cut -d' ' -f1 alone.0) $(cut -d' ' -f1 by.0)" >>times.$name.$program
        done
    done
    awk -v name=$name '
        { i = FILENAME ~ /start$/; for (k = 1; k <= 2; k++) if (!(i SUBSEP k in least) || $k < least[i, k]) least[i, k] = $k }
        END { printf "%s, one rank: %.3f s of processor time, %.3f s without MPI; a start %.3f and %.3f; the rest: ratio %.4f\n", name,
              least[0, 2], least[0, 1], least[1, 2], least[1, 1], (least[0, 2] - least[1, 2]) / (least[0, 1] - least[1, 1]) }
    ' times.$name.one times.$name.start
done

# What a run, or a row, and a block of them cost rank 0. It is busy half its time at so many ranks as twice that goes into the time of a run.
echo "$six experiment e { run six for 1 by ssa(runs = ${RUNS:-100000}); print \"{run_mean(six.A)}\"; }" >statistics.crnl
echo "$six experiment e { run six for 1 every 0.001 by ssa(runs = 40000, summary = true) -> \"summary.csv\"; }" >summary.crnl
echo "$six experiment e { run six for 1 every 0.001 by ssa(runs = 2000) -> \"runs.csv\"; }" >runs.crnl
echo "$six experiment e { run six over i in 0..20000 with k = 1 + i / 1000 for 1 by ssa; print \"{six.A[7]}\"; }" >rows.crnl
for name in $implementations; do
    for what in statistics summary runs rows; do
        "$CRNLC" build $what.crnl -o $what
        CRNL_MPI=$BUILD/crnl_mpi-$name.so ranks $name ${MANY:-64} ./$what --threads 1 --verbose >out 2>said || { cat said; exit 1; }
        sed -n 's/.* \([0-9.e+-]*\) us a block, \([0-9.e+-]*\) us an item.*/\1 \2/p' said | awk -v name=$name -v what=$what -v many=${MANY:-64} '
            { printf "%s, %d ranks, %s: %.3g us of rank 0 a block, %.3g us a run; half its time at 1000 ranks with runs of %.3g ms\n",
                  name, many, what, $1, $2, 2 * $2 }'
    done
done

if [ -n "${FULL-}" ]; then
    sed 's/runs = 40000/runs = 1000000/' summary.crnl >full_summary.crnl
    sed 's/runs = 2000/runs = 20000/' runs.crnl >full_runs.crnl
    for name in $implementations; do
        for what in full_summary full_runs; do
            CRNL_MPI=$BUILD/crnl_mpi-$name.so ranks $name 4 python3 measure.py $what "$CRNLC" run $what.crnl --threads 1 >out 2>&1
            echo "$name, four ranks, $what: $(cut -d' ' -f2 $what.[0-3] | tr '\n' ' ') MiB at most"
            rm -f ./*.csv
        done
    done
fi

if [ -n "${QUIET-}" ]; then
    egfr=$SRC/../shared/data/net/egfr_net_no_obs.net
    echo "network egfr = import \"$egfr\"; experiment e { run egfr for 1 by ssa(runs = 10000); }" >ensemble.crnl
    # Some 20 s of one core: rows of a second in all would measure the launch of MPI.
    echo "$six experiment e { run six over i in 0..10000 with k = 1 + i / 1000 for 9000 by ssa; }" >rows_of_two.crnl
    for what in ensemble rows_of_two; do
        "$CRNLC" build $what.crnl -o $what || continue
        for name in $implementations; do
            for i in 1 2 3; do
                for n in 1 2; do
                    CRNL_MPI=$BUILD/crnl_mpi-$name.so seconds ranks $name $n ./$what --threads 1 >>wall.$name.$what.$n
                done
            done
            row "$name, $what: two ranks over one" "$(awk -v a="$(median <wall.$name.$what.1)" -v b="$(median <wall.$name.$what.2)" 'BEGIN { print a / b }')" 1.85 ''
        done
    done
fi

# Starts of a large program: compiled and kept; then from where it is kept.
large=$SRC/../shared/data/net/fceri_gamma2_no_obs.net.gz
if [ -e "$large" ]; then
    gunzip -c "$large" >large.net
    for i in 1 2 3; do
        rm -rf kept
        CRNL_CACHE=$WORK/kept cpu_seconds "$CRNLC" run large.net --until 1e-6 --method ssa --out x.csv >>first
        CRNL_CACHE=$WORK/kept cpu_seconds "$CRNLC" run large.net --until 1e-6 --method ssa --out x.csv >>second
    done
    row "fceri_gamma2, second start over the first" "$(awk -v a="$(median <first)" -v b="$(median <second)" 'BEGIN { print b / a }')" 0.3 ''
fi
