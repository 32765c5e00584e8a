# BioNetGen's own validation networks by the ODE, against the courses that it ships: every column of a course to 1e-6 of its largest
# value.
data=$SRC/../shared/data/net/validate.tar.xz
if [ ! -f "$data" ]; then
    echo "the networks are not at $data"
    exit 77
fi
tar xf "$data"
for net in validate/*.net; do
    "$CRNLC" check "$net" >/dev/null 2>errors || { cat errors; exit 1; }
done

# course NAME [START [COLUMNS]]: the amounts of the file are those at START of the course; COLUMNS (a pattern) are shipped wrong. Ours are
# those of the groups, in their order; functions that BNG2.pl adds behind them are left out.
course()
{
    local name=$1 start=${2-0} wrong=${3-^$}
    local last=$(tail -1 "validate/$name.gdat" | awk '{ print $1 }') step=$(sed -n 3p "validate/$name.gdat" | awk '{ print $1 }')
    cat >course.crnl <<END
network n = import "validate/$name.net";
experiment main { run n for $last by ode(rtol = 1e-10, atol = 1e-12) every $step -> "ours.csv"; }
END
    "$CRNLC" run course.crnl 2>errors || { cat errors; exit 1; }
    awk -v name="$name" -v start="$start" -v wrong="$wrong" '
    FNR == 1 { file++ }
    file == 1 {
        n = split($0, part, ",")
        columns = n
        for (i = 1; i <= n; i++)
            if (FNR == 1)
                head[i] = part[i]
            else
                ours[FNR - 1, i] = part[i]
        next
    }
    FNR > 1 && $1 == start {
        before = FNR - 2
    }
    FNR > 1 && (start == 0 || $1 > start) {
        rows++
        for (i = 2; i <= columns; i++) {
            difference = ours[FNR - 1 - before, i] - $i
            difference = difference < 0 ? -difference : difference
            most[i] = difference > most[i] ? difference : most[i]
            size[i] = $i > size[i] ? $i : size[i]
        }
    }
    END {
        for (i = 2; i <= columns; i++) {
            if (head[i] ~ wrong)
                continue
            if (!(most[i] <= 1e-6 * (size[i] > 0 ? size[i] : 1))) {
                printf "%s: %s is %g off, of %g\n", name, head[i], most[i], size[i]
                bad = 1
            }
        }
        if (rows < 2 || columns < 2) {
            printf "%s: nothing is compared\n", name
            bad = 1
        }
        exit bad
    }' ours.csv "validate/$name.gdat"
}

course CaOscillate_Func
course CaOscillate_Sat
course Haugh2b
course SHP2_base_model
course issue_198_short
course motor
course test_fixed
course test_mratio
course test_network_gen
course test_sbml_flat
course test_synthesis_cBNGL_simple
course test_synthesis_complex
course test_synthesis_simple
course toy-jim_equil
course univ_synth
# Both are integrals of t, 50 at t = 10, and shipped as 50.00005 and 49.25.
course test_time 0 '^x_'
# The row at 10 is of before an amount was set, after which the network was written.
course michment 10
course michment_cont 10
# continue.net and test_setconc.net hold the amounts at the end of their courses.
