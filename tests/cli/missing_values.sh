#!/bin/bash
# A value that was computed from an empty cell of a course: what cannot be without it names the cell, wherever the
# value is given, and in both engines.
set -e
fail()
{
    echo "$1"
    exit 1
}
printf 't,A\n0,5\n1,\n2,8\n' >d.csv
printf 'time,what,y\n0,A,5\n0,B,1\n1,A,4\n2,B,3\n' >long.csv
cat >x.crnl <<'END'
data d = course("d.csv", time = "t");
data l = course("long.csv", time = "time", value = "y", name = "what");
param g = 1;
network decay(k = 0.1) { species A, X[3]; dual u; A ->{k * g} 0; }
experiment rate { run decay with k = 1 - d.A[1] for 1; }
experiment set_rate { set decay.k = d.A[1]; run decay for 1; }
experiment shared { set decay.g = d.A[1]; run decay for 1; }
experiment variable { let x = d.A[1]; run decay with A = x for 1; }
experiment array { let x = d.A[1]; run decay with X = [1, 2 * x, 2] for 1; }
experiment column { run decay with X = d.A for 1; }
experiment rails { run decay with u = -d.A[1] for 1; }
experiment clamped { run decay with clamp A = d.A[1] for 1; }
experiment duration { run decay for d.A[1]; }
experiment grid { run decay for 2 every d.A[1]; }
experiment rows { run decay over i in 0..3 with A = d.A[i] for 1; }
experiment long { run decay with A = l.B[1] for 1; }
experiment present { run decay with A = d.A[2], k = d.A[0] for 1; print decay.A; print d.A[1]; }
END
for engine in interpret jit; do
    for experiment in rate set_rate shared variable array column rails clamped duration grid rows; do
        "$CRNLC" run x.crnl --experiment $experiment --engine $engine >out 2>&1 && fail "$experiment runs" || :
        grep -qF '`d.A[1]` is missing in d.csv:3' out || fail "$experiment ($engine): $(cat out)"
    done
    "$CRNLC" run x.crnl --experiment long --engine $engine >out 2>&1 && fail "long runs" || :
    grep -qF '`l.B[1]` is missing in long.csv:4' out || fail "long ($engine): $(cat out)"
    "$CRNLC" run x.crnl --experiment present --engine $engine >out 2>&1 || fail "$(cat out)"
    [ "$(tail -1 out)" = nan ] || fail "what is only shown is no error: $(cat out)"
done

# A law that has no value is named, with its line, in a run that solves equations too.
cat >law.crnl <<'END'
network n {
  species A = 10, B;
  A =>{ log(A - 20) } B;
}
experiment main { run n for 1; }
END
"$CRNLC" run law.crnl >out 2>&1 && fail "the law has a value" || :
grep -qF 'the rate nan is of reaction `A => B` (law.crnl:3)' out || fail "$(cat out)"
