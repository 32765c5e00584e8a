# Time scales that are not apart are told of, once, with the figures: the environment's own is measured while it runs.
cat >scales.crnl <<'END'
const R = 0.05; const COPY = 1; const LEARN = 0.004; const DT = 0;
network environment(r = 1) { species Q, R = 1; R <->{r, r} Q; }
network cell { species S, T = 1; energy S = 0, T = 0; T <=>{1} S; }
network learner = lower cell to autonomous_learner(environment = environment(r = R), visible = (S = Q),
    vesicles = 4, k_db = 100, k_copy = COPY / 4, k_learn = LEARN / 4);
experiment main { run learner for 40 / R by hybrid; }
experiment split { run learner for 40 / R by hybrid(dt = 0.02); }
// The environment is right by now, and then too fast: the check is of each run.
experiment set { run learner for 40 / R by hybrid; set learner.environment.r = 9; run learner for 20 by hybrid; }
END
check() # how many warnings, their pattern, options
{
    local n=$1 pattern=$2
    shift 2
    "$CRNLC" run scales.crnl "$@" >out 2>err
    echo end >>err
    [ "$(grep -c 'warning: time scales are not apart: until t = ' err)" = "$n" ] && grep -q "$pattern" err && return
    cat err
    exit 1
}
check 0 '' -D R=0.05 --experiment main
slow='Q. has switched on or off 32 times, [3-7][.0-9]* in a unit of time; .Pbar.S. follows it at the rate 1, and .P.[ST]. learns at the rate 0.004: copying'
check 1 "$slow" -D R=5 --experiment main
check 1 "$slow" -D R=5 --experiment split
check 1 'Q. has switched .*0.00[0-9]* in a unit .*learns at the rate 0.06: learning should be slower' -D R=0.003 -D LEARN=0.06 --experiment main
check 1 'follows it at the rate 1, and' --experiment set
# A target that does not switch, and a machine that nothing teaches.
check 0 '' -D R=0.05 -D LEARN=0 --experiment main
