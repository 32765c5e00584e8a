#!/bin/bash
# `cme` against direct uses of SuiteSparse and PETSc (bench/cme/*.c; Debian's libsuitesparse-dev and petsc-dev), in turns, in seconds of
# processor time of one thread. Those are given the generator; of `cme` the tries with fewer states count too. ROUNDS: turns (3).
. "$(dirname "$0")/lib.bash"
rounds=${ROUNDS:-3}
export OPENBLAS_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
cc -O2 -I/usr/include/suitesparse "$SRC/bench/cme/direct.c" -o "$WORK/direct" -lklu -lumfpack -lm
has_petsc=
if pkg-config --exists petsc && command -v mpicc >/dev/null; then
    mpicc -O2 $(pkg-config --cflags petsc) "$SRC/bench/cme/transient.c" -o "$WORK/transient" $(pkg-config --libs petsc) -lm
    has_petsc=1
fi
machine

cat >"$WORK/schloegl.crnl" <<'E2'
network schloegl {
  species X = 100;
  0 =>{ max(0, (200 + 0.015 * X * (X - 1)) * min(1, 1999 - X)) } X;
  X =>{ 3.5 * X + 0.0001 / 6 * X * (X - 1) * (X - 2) } 0;
}
experiment main { for i in 0..200 { run schloegl to steady by cme; } print "{run_mean(schloegl.X):.9g}"; }
E2
genes() # N K clause max_states: two genes that repress each other, in (N + 1)^2 states
{
    cat <<E2
network genes {
  species A = $5, B = $5;
  0 =>{ max(0, $1 * $2^2 / ($2^2 + B^2) * min(1, $1 - A)) } A;
  0 =>{ max(0, $1 * $2^2 / ($2^2 + A^2) * min(1, $1 - B)) } B;
  A -> 0;
  B -> 0;
}
experiment main { run genes $3 by cme(max_states = $4); print "{run_mean(genes.A):.9g}"; }
E2
}
genes 1000 200 "to steady" 1100000 1000 >"$WORK/genes.crnl"
genes 316 60 "for 5" 110000 0 >"$WORK/course.crnl"

law() # program: seconds that laws take, the mean of all runs of it; then those to find the states, and how many transitions
{
    "$CRNLC" run --verbose "$WORK/$1.crnl" 2>&1 >"$WORK/mean" | sed -n 's/.* states, \([0-9]*\) transitions.* found in \([0-9.]*\) s, their law in \([0-9.]*\) s/\1 \2 \3/p' |
        awk '{ law += $3; found += $2; transitions += $1 } END { printf "%.6f %.6f %d\n", law / NR, found / NR, transitions / NR }'
}
# pair NAME PROGRAM COMMAND...: medians of both in turns
pair()
{
    local name=$1 program=$2 i
    shift 2
    for i in $(seq "$rounds"); do
        law "$program" >>"$WORK/$program.law"
        "$@" >>"$WORK/other"
    done
    row "$name" "$(cut -d' ' -f1 "$WORK/$program.law" | median)" "$(cut -d' ' -f1 "$WORK/other" | median)" s
    echo "  mean $(cat "$WORK/mean"), there $(tail -n 1 "$WORK/other" | cut -d' ' -f2-)"
    rm -f "$WORK/other" "$WORK/$program.law.old"
    mv "$WORK/$program.law" "$WORK/$program.law.old"
}
echo "measured: cme, goal: the other"
pair "Schloegl, 2000 states, at rest; KLU" schloegl "$WORK/direct" schloegl klu
pair "two genes, 1001 x 1001 states, at rest; UMFPACK, AMD" genes "$WORK/direct" genes 1000 200 umfpack
pair "two genes, 1001 x 1001 states, at rest; UMFPACK, METIS" genes "$WORK/direct" genes 1000 200 metis
row "transitions found in a second, millions" \
    "$(awk '{ print $3 / $2 / 1e6 }' "$WORK/genes.law.old" | median)" 5 "M/s"
if [ "$has_petsc" ]; then
    pair "two genes, 317 x 317 states, for 5; PETSc, MatMult" course "$WORK/transient" 316 60 5 uniform
    pair "two genes, 317 x 317 states, for 5; PETSc, RK 5, 1e-6" course "$WORK/transient" 316 60 5 rk
fi
