#!/bin/bash
# Stochastic kernels against hand-written C (bench/floor/), an older crnlc, and whatever other simulators are there, in turns, as
# ratios: a table in markdown. Processor time on one thread, a long run less a short one, medians of ROUNDS turns.
#   QUICK=1        fewer and shorter rounds: about a minute
#   ROWS=REGEX     only rows with such names, as ROWS='^random|512 runs'
#   OLDER=FILE     another crnlc, to compare with
#   REFERENCE=DIR  the networks of BioNetGen; rows that need them are left out without
#   PEER_NAME=CMD  another simulator: a command with {net} (BioNetGen), {sbml} or {crnl} for the file and {time} for the end of the run, as
#                  PEER_run_network='run_network -o /dev/null -p ssa -h 1 -e -g {net} {net} {time} 1'
# shellcheck disable=SC2016 # templates are filled in later
. "$(dirname "$0")/lib.bash"
REFERENCE=${REFERENCE:-$SRC/../../shared/data/net}
QUICK=${QUICK:-}
ROUNDS=${ROUNDS:-${QUICK:+3}}
ROUNDS=${ROUNDS:-5}
LANES=512
[ -z "$QUICK" ] || LANES=128
mapfile -t PEERS < <(compgen -v PEER_ || true)

for floor in small rejection fused; do
    "${CC:-cc}" -std=gnu11 -O3 -march=native -o "$WORK/$floor" "$SRC/bench/floor/$floor.c" -lm
done

few() # count: as many for a quick bench
{
    echo $((QUICK ? $1 / 5 : $1))
}

# ---- Contestants: what is run for so many events (or runs), EVENTS in the place of their number ----
declare -A command
names=()
contestant() # name command
{
    command[$1]=$2
    names+=("$1")
}
limited() # compiler file events options: a run of so many events, which ends with the limit; compiled at once, as a short one would not be
{
    "$1" run "$2" --engine jit --until 1e30 --method ssa --threads 1 --max-events "$3" "${@:4}" >"$WORK/limited" 2>&1 ||
        grep -q 'the limit of .* events is reached' "$WORK/limited"
}
peer() # template file time
{
    local line=${1//"{time}"/$3}
    for form in net sbml crnl; do
        line=${line//"{$form}"/$2.$form}
    done
    bash -c "$line"
}
clock() # file events: the time that a run of so many events reaches
{
    "$CRNLC" run "$1" --until 1e30 --method ssa --threads 1 --max-events "$2" 2>&1 >/dev/null | sed -n 's/.* is reached at t = //p' | head -n 1
}
add_peers() # file events: those whose templates can be filled
{
    local name form t
    [ ${#PEERS[@]} -gt 0 ] || return 0
    t=$(clock "$1" "$2")
    for form in net sbml crnl; do
        case $1 in *.$form) cp "$1" "$WORK/peer.$form" 2>/dev/null || true ;; *)
            "$CRNLC" emit --stochastic --format $form "$1" -o "$WORK/peer.$form" 2>/dev/null || rm -f "$WORK/peer.$form" ;;
        esac
    done
    for name in "${PEERS[@]}"; do
        contestant "${name#PEER_}" "peer '${!name}' $WORK/peer \$(awk 'BEGIN { print $t * EVENTS / $2 }')"
    done
}

# A row: medians over the rounds of ns an event (or a run), and of the ratio of ours, the first contestant, to the others.
measure() # title many few per [goal...]
{
    local title=$1 many=$2 least=$3 per=$4 name line a b
    rm -f "$WORK"/ns.*
    for _ in $(seq "$ROUNDS"); do
        for name in "${names[@]}"; do
            if ! a=$(eval "cpu_seconds ${command[$name]//EVENTS/$many}") || ! b=$(eval "cpu_seconds ${command[$name]//EVENTS/$least}"); then
                [ "$name" != crnlc ] || exit 1
                touch "$WORK/ns.$name.failed" # another simulator may refuse the network
                continue
            fi
            awk -v a="$a" -v b="$b" -v n=$((many - least)) -v per="$per" 'BEGIN { printf "%.9g\n", 1e9 * (a - b) / n / per }' >>"$WORK/ns.$name"
        done
    done
    line="| $title | $(median <"$WORK/ns.crnlc" | awk '{ printf $1 < 10 ? "%.1f" : "%.0f", $1 }')"
    for name in older C peers; do
        line="$line | $(ratios "$name")"
    done
    echo "$line |"
    names=()
}
ratios() # of ours to the contestant; `peers`: to all that are neither an older crnlc nor by hand
{
    local name list=$1 text=
    [ "$1" != peers ] || list=$(printf '%s\n' "${names[@]}" | grep -vxE 'crnlc|older|C' || true)
    for name in $list; do
        [ -f "$WORK/ns.$name" ] && [ ! -f "$WORK/ns.$name.failed" ] || continue
        text="$text${text:+, }$([ "$1" = peers ] && echo "$name ")$(paste "$WORK/ns.crnlc" "$WORK/ns.$name" |
            awk '{ print $1 / $2 }' | median | awk '{ printf "%.2f", $1 }')"
    done
    echo "${text:-–}"
}

# ---- Rows ----
wanted() # title
{
    [[ $1 =~ ${ROWS:-.} ]]
}
single() # title file events [command by hand]
{
    local events
    wanted "$1" || return 0
    events=$(few "$3")
    contestant crnlc "limited '$CRNLC' $2 EVENTS"
    [ -z "${OLDER:-}" ] || contestant older "limited '$OLDER' $2 EVENTS"
    [ -z "${4:-}" ] || contestant C "$4"
    add_peers "$2" "$events"
    measure "$1" "$events" $((events / 20)) 1
}
ensemble() # name time [command by hand]: runs side by side; ns per event, of which a long run tells the rate
{
    local events t
    wanted "$1, $LANES runs" || return 0
    printf 'const R = 1;\n%s\nexperiment e { run %s for %s by ssa(runs = R); }\n' "$(cat "$WORK/$1.crnl")" "$1" "$2" >"$WORK/ensemble.crnl"
    t=$(clock "$WORK/$1.crnl" 1000000)
    events=$(awk -v t="$t" -v T="$2" 'BEGIN { print 1e6 * T / t }')
    contestant crnlc "'$CRNLC' run --engine jit --threads 1 -D R=EVENTS $WORK/ensemble.crnl"
    [ -z "${OLDER:-}" ] || contestant older "'$OLDER' run --engine jit --threads 1 -D R=EVENTS $WORK/ensemble.crnl"
    [ -z "${3:-}" ] || contestant C "$3"
    measure "$1, $LANES runs" "$LANES" 16 "$events"
}
# The same network with its reactions in another order.
shuffled() # file: FILE.net of BioNetGen, or what is made of another
{
    local net=${1%.*}.net
    case $1 in *.net) ;; *) "$CRNLC" emit --stochastic --format net "$1" -o "$net" 2>/dev/null ;; esac
    {
        sed '/^begin reactions/q' "$net"
        sed -n '/^begin reactions/,/^end reactions/p' "$net" | sed '1d; $d' |
            awk 'BEGIN { srand(3) } { printf "%.9f\t%s\n", rand(), $0 }' | sort -g | cut -f 2- | awk '{ $1 = NR; print }'
        sed -n '/^end reactions/,$p' "$net"
    } >"${net%.net}.shuffled.net"
}
order() # name events form: of the file with another order over the file as it is, the best of the rounds
{
    local events file
    wanted "$1, reactions in another order" || return 0
    events=$2
    shuffled "$WORK/$1.$3"
    rm -f "$WORK"/order.*
    for _ in $(seq "$ROUNDS"); do
        for file in net shuffled.net; do
            awk -v a="$(cpu_seconds limited "$CRNLC" "$WORK/$1.$file" "$events")" \
                -v b="$(cpu_seconds limited "$CRNLC" "$WORK/$1.$file" $((events / 20)))" 'BEGIN { print a - b }' >>"$WORK/order.$file"
        done
    done
    echo "| $1, reactions in another order | $(paste <(sort -g "$WORK/order.shuffled.net") <(sort -g "$WORK/order.net") |
        awk 'NR == 1 { printf "%.2f", $1 / $2 }') | 0.8 to 1.2 |"
}
starts() # us of a run of one event over rows, in each of which 100 of 150 units are clamped differently
{
    local rows few=100 many=2100
    wanted 'taylor150, start of a run' || return 0
    rm -f "$WORK/starts"
    for rows in $few $many; do
        printf '%s\nexperiment e { run taylor150 over r in 0..%d with clamp P[0..100] = [u in 0..100 : (r * 31 + u * (17 + r)) %% 2],
          clamp N[0..100] = [u in 0..100 : 1 - (r * 31 + u * (17 + r)) %% 2] for 1 events by ssa; }\n' \
            "$(cat "$WORK/taylor150.crnl")" "$rows" >"$WORK/starts$rows.crnl"
    done
    for _ in $(seq "$ROUNDS"); do
        awk -v a="$(cpu_seconds "$CRNLC" run --engine jit --threads 1 "$WORK/starts$many.crnl")" \
            -v b="$(cpu_seconds "$CRNLC" run --engine jit --threads 1 "$WORK/starts$few.crnl")" -v n=$((many - few)) \
            'BEGIN { print 1e6 * (a - b) / n }' >>"$WORK/starts"
    done
    echo "| taylor150, start of a run with 100 nodes clamped differently, us | $(median <"$WORK/starts" | awk '{ printf "%.0f", $1 }') | 50 |"
}
threads() # title file: wall time of one thread over that of two, the best of the rounds, as other work disturbs both
{
    wanted "$1, one thread over two" || return 0
    rm -f "$WORK/threads"
    for _ in $(seq "$ROUNDS"); do
        awk -v a="$(seconds "$CRNLC" run --engine jit --threads 1 "$2")" -v b="$(seconds "$CRNLC" run --engine jit --threads 2 "$2")" \
            'BEGIN { print a / b }' >>"$WORK/threads"
    done
    echo "| $1, one thread over two, wall time | $(sort -g "$WORK/threads" | tail -n 1 | awk '{ printf "%.2f", $1 }') | 1.9 |"
}
network() # name text
{
    printf 'network %s%s\n' "$1" "$2" >"$WORK/$1.crnl"
}
random_network() # name reactions: reversible ones of two molecules each; an event changes 30 propensities.
{ # Constants are parameters, as run_network refuses networks without.
    awk -v n="$2" 'BEGIN {
        srand(7)
        m = int(n * 8 / 30)
        print "begin parameters"
        for (j = 1; j <= n; j += 2) {
            a[j] = b[j + 1] = 1 + int(rand() * m) "," 1 + int(rand() * m)
            b[j] = a[j + 1] = 1 + int(rand() * m) "," 1 + int(rand() * m)
            print j, "k" j, 0.5 + rand()
            print j + 1, "k" j + 1, 0.5 + rand()
        }
        print "end parameters\nbegin species"
        for (i = 1; i <= m; i++) { print i, "X" i "()", 10 }
        print "end species\nbegin reactions"
        for (j = 1; j <= n; j++) { print j, a[j], b[j], "k" j }
        print "end reactions"
    }' >"$WORK/$1.net"
}
listed() # file: as numbers for the floor
{
    awk -f "$SRC/bench/floor/list_of_net.awk" "$1" >"${1%.net}.list"
    echo "$WORK/rejection ${1%.net}.list EVENTS"
}

network birth_death ' { species X = 100; 0 ->{100} X; X -> 0; }'
network dimerisation ' { species P = 1000, D; 2 P <->{0.0002, 0.004} D; }'
network lotka_volterra ' { species A = 12000, B = 20000; A ->{1} 2 A; A + B ->{0.00005} 2 B; B ->{0.6} 0; }'
network toggle ' {
  species G[2] = 1, T[2], Q[2], C[2];
  for i in 0..2 {
    const j = 1 - i;
    G[i] ->{5} G[i] + T[i]; T[i] ->{1.25} T[i] + Q[i]; G[i] + 2 Q[j] <->{0.01, 0.2} C[i];
    C[i] ->{0.05} C[i] + T[i]; T[i] ->{0.5} 0; Q[i] ->{0.5} 0;
  }
}'
network repressilator ' {
  species M[3] = 10, P[3], G[3] = 1, H[3], I[3];
  for i in 0..3 {
    const j = (i + 2) % 3;
    G[i] ->{0.5} G[i] + M[i]; H[i] ->{0.0005} H[i] + M[i]; I[i] ->{0.0005} I[i] + M[i];
    M[i] ->{0.1155} M[i] + P[i]; M[i] ->{0.00578} 0; P[i] ->{0.001155} 0;
    G[i] + P[j] <->{1, 224} H[i]; H[i] + P[j] <->{1, 9} I[i];
  }
}'
for n in 17 64; do
    network ring$n " { species X[$n] = 50; for i in 0..$n { X[i] -> X[(i + 1) % $n]; } }"
done
network taylor150 '(const n = 150) {
  species P[n] = 1, N[n];
  for i in 0..n { P[i] ->{1} N[i]; N[i] ->{1} P[i]; }
  for i in 0..n, j in 0..n { if i != j { P[i] + P[j] ->{0.01} N[i] + P[j]; } }
}'

echo "$(machine). ns of an event on one thread; then ours over the others, medians of $ROUNDS rounds in turns."
echo
echo '| work | crnlc, ns | / older crnlc | / C by hand | / other simulators |'
echo '| --- | --- | --- | --- | --- |'
for name in birth_death dimerisation lotka_volterra toggle repressilator; do
    single $name "$WORK/$name.crnl" 10000000 "$WORK/small $name events EVENTS"
done
ensemble birth_death 500 "$WORK/small birth_death runs EVENTS 500"
ensemble dimerisation 30000 "$WORK/small dimerisation runs EVENTS 30000"
ensemble lotka_volterra 5 "$WORK/small lotka_volterra runs EVENTS 5"
ensemble toggle 2000 "$WORK/small toggle runs EVENTS 2000"
ensemble repressilator 1000 "$WORK/small repressilator runs EVENTS 1000"
single ring17 "$WORK/ring17.crnl" 10000000
single ring64 "$WORK/ring64.crnl" 10000000
for name in multistate multisite2 egfr_net BCR; do
    [ -f "$REFERENCE/${name}_no_obs.net" ] || continue
    cp "$REFERENCE/${name}_no_obs.net" "$WORK/$name.net"
    single $name "$WORK/$name.net" 3000000 "$(listed "$WORK/$name.net")"
done
if [ -f "$REFERENCE/fceri_gamma2_no_obs.net.gz" ]; then
    gunzip -c "$REFERENCE/fceri_gamma2_no_obs.net.gz" >"$WORK/fceri_gamma2.net"
    single fceri_gamma2 "$WORK/fceri_gamma2.net" 500000 "$(listed "$WORK/fceri_gamma2.net")"
fi
for size in 1000 10000 100000; do
    random_network random$size $size
    single "random, $size reactions" "$WORK/random$size.net" 1000000 "$(listed "$WORK/random$size.net")"
done
single taylor150 "$WORK/taylor150.crnl" 3000000 "$WORK/fused EVENTS"

echo
echo '| work | measured | goal |'
echo '| --- | --- | --- |'
starts
# Long enough that the start of the program, which is on one thread, counts for little.
for kind in 'run taylor150 for 1000 by ssa(runs = 256)' 'run taylor150 over r in 0..256 with P[0] = 1 + r % 2 for 1000 by ssa'; do
    printf '%s\nexperiment e { %s; }\n' "$(cat "$WORK/taylor150.crnl")" "$kind" >"$WORK/threads.crnl"
    threads "256 $([[ $kind = *runs* ]] && echo runs || echo rows) of taylor150" "$WORK/threads.crnl"
done
order toggle 5000000 crnl
[ ! -f "$WORK/multisite2.net" ] || order multisite2 3000000 net
[ -z "$QUICK" ] || exit 0
for name in repressilator ring64; do order $name 5000000 crnl; done
for name in multistate egfr_net BCR fceri_gamma2 random1000 random10000; do
    [ ! -f "$WORK/$name.net" ] || order $name 3000000 net
done
