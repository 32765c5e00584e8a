#!/bin/bash
# Paper 003 again: waveform, gates, display, winner takes all. `make reproduce-differentiable`; some minutes of processor time.
# reproduce.sh FOLDER [PART...]: works in FOLDER, parts square peaks and or xor segments winner ring (default all).
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
work=$1
shift
parts=${*:-square peaks and or xor winner segments ring}
mkdir -p "$work"

run() # PROGRAM EXPERIMENT OPTIONS...
{
    local program=$1 experiment=$2
    shift 2
    echo "== $program $experiment $*"
    "$CRNLC" run "$here/$program.crnl" --experiment "$experiment" --out-dir "$work" "$@" 2>"$work/stderr" || {
        cat "$work/stderr"
        return 1
    }
}

square()
{
    run waveform square
}

peaks()
{
    run waveform peaks
}

# What is learned is printed, stored as a network, and tested as that.
gate() # NAME NUMBER
{
    mkdir -p "$work/$1"
    run gates learn --define GATE="$2" --threads 1 >"$work/$1/learned"
    grep -v '^|' "$work/$1/learned"
    sed -n 's/^| //p' "$work/$1/learned" >"$work/$1/gate.crnl"
    grep -e '->' "$work/$1/gate.crnl"
    cp "$here/gate_test.crnl" "$work/$1/"
    (cd "$work/$1" && "$CRNLC" run gate_test.crnl --experiment test --define GATE="$2" --threads 1)
}
and() { gate and 0; }
or() { gate or 1; }
xor() { gate xor 2; }

# Reactions without their rates.
graph() # NETWORK
{
    (cd "$work" && "$CRNLC" print winner.crnl --network "$1" --stage network) |
        sed -n 's/ ->{[^}]*}/ ->/; s/ origin.*//; /->/p' | sed 's/^ *//' | sort
}

# The network that is learned is compared with approximate majority as a graph.
winner()
{
    run winner learn
    cp "$here/winner.crnl" "$work/"
    (cd "$work" && "$CRNLC" run winner.crnl --experiment show)
    graph found >"$work/found"
    graph majority >"$work/majority"
    cat "$work/found"
    if diff "$work/found" "$work/majority"; then echo 'the graph of approximate majority'; else echo 'another graph'; fi
}

# The network that the paper has found, with the thresholds of its table.
ring()
{
    local n
    for n in 2 3 4 5 6 7 8; do
        run ring table --define N=$n
    done
}

segments()
{
    run segments learn
}

"$CRNLC" --version
for part in $parts; do
    "$part"
done
