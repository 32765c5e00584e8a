# Sourced by the scripts of this folder. CRNLC is the compiler; WORK an empty folder that is removed at the end.
# The machine is shared: each number is the median of several runs, and a ratio is of runs made in turns.
set -eu
export LC_ALL=C
export CRNL_CACHE= # each start compiles
CRNLC=${CRNLC:-$(cd "$(dirname "$0")/.." && pwd)/build/crnlc}
SRC=$(cd "$(dirname "$0")/.." && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

machine()
{
    echo "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), $(nproc) processors," \
        "$("$CRNLC" --version)"
}

seconds() # command...: prints its wall time; its output is thrown away
{
    local start end
    start=$(date +%s.%N)
    "$@" >/dev/null 2>"$WORK/stderr" || { cat "$WORK/stderr" >&2; echo "failed: $*" >&2; exit 1; }
    end=$(date +%s.%N)
    awk -v a="$start" -v b="$end" 'BEGIN { printf "%.6f\n", b - a }'
}

cpu_seconds() # command...: user time, which other work on the machine disturbs less; for one thread
{
    local TIMEFORMAT=%U
    { time "$@" >/dev/null 2>"$WORK/stderr"; } 2>&1 || { cat "$WORK/stderr" >&2; echo "failed: $*" >&2; exit 1; }
}

median() # numbers on standard input, one a line
{
    sort -g | awk '{ v[NR] = $1 } END { printf "%.6f\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# row NAME MEASURED GOAL UNIT: a line of the table, with the ratio to the goal
row()
{
    awk -v name="$1" -v measured="$2" -v goal="$3" -v unit="$4" 'BEGIN {
        printf "%-52s %9.3f %-8s goal %-6s ratio %.3f\n", name, measured, unit, goal, measured / goal }'
}
