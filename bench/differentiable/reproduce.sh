#!/bin/bash
# Paper 003 again: waveforms, gates, display, winner takes all, converter, oscillators. `make reproduce-differentiable`.
# reproduce.sh FOLDER [PART...]: works in FOLDER/PART; without parts all of them, a quarter of an hour of processor time.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
CRNLC=${CRNLC:-$here/../../build/crnlc}
mkdir -p "$1"
work=$(cd "$1" && pwd)
shift
parts=${*:-square peaks and or mirror xor frequency amplitude converter winner segments ring ring5 rings figures}

# Programs run in the folder of their part, where they also find what is stored there.
run() # PROGRAM EXPERIMENT OPTIONS...
{
    local program=$1 experiment=$2
    shift 2
    echo "== $program $experiment $*" >&3
    cp "$here/$program.crnl" .
    "$CRNLC" run "$program.crnl" --experiment "$experiment" --threads 1 "$@" 2>stderr || {
        cat stderr
        return 1
    }
}

square() { run waveform learn --define TASK=0; }
peaks() { run waveform learn --define TASK=1; }

# What is learned is printed, stored as a network, and tested as that. PROGRAM prints the lines of the network after `| `.
learn() # PROGRAM FILE OPTIONS...
{
    local program=$1 file=$2
    shift 2
    run "$program" learn "$@" >learned
    sed -n 's/^| //p' learned >"$file"
    sed 's/^| //' learned
}

gate() # NUMBER OPTIONS...
{
    learn gates gate.crnl --define "GATE=$1" "${@:2}"
    run gate_test test --define GATE="$1"
    run gate_test rest --define GATE="$1"
}
and() { gate 0; }
or() { gate 1; }
xor() { gate 2 --define LONG=1; }

# AND with the two rails of each input and of the output exchanged is OR. After `and`.
mirror()
{
    sed '/->{/ { s/\<s\[0\]/s[-]/g; s/\<s\[1\]/s[0]/g; s/\<s\[-\]/s[1]/g
                 s/I\[0\]/I[-]/g; s/I\[1\]/I[0]/g; s/I\[-\]/I[1]/g
                 s/I\[2\]/I[-]/g; s/I\[3\]/I[2]/g; s/I\[-\]/I[3]/g; }' ../and/gate.crnl >gate.crnl
    run gate_test test --define GATE=1
    run gate_test rest --define GATE=1
}

oscillator() # NUMBER
{
    learn oscillators osc.crnl --define KIND="$1"
    run oscillator_test test
}
frequency() { oscillator 0; }
amplitude() { oscillator 1; }

# Reactions without their rates.
graph() # NETWORK
{
    "$CRNLC" print winner.crnl --network "$1" --stage network |
        sed -n 's/ ->{[^}]*}/ ->/; s/ origin.*//; /->/p' | sed 's/^ *//' | sort
}

# The network that is learned is compared with approximate majority as a graph.
winner()
{
    run winner learn
    run winner show
    graph found >found
    graph majority >majority
    cat found
    if diff found majority; then echo 'the graph of approximate majority'; else echo 'another graph'; fi
}

# The network that the paper has found, with the thresholds of its table.
ring()
{
    local n
    for n in 2 3 4 5 6 7 8; do
        run ring table --define N=$n
    done
}

# One that is learned here.
ring5()
{
    local n
    learn ring_learn ring5.crnl --seed 5
    for n in 2 3 4 5 6 7 8; do
        run ring_test table --define N=$n
    done
}

# The same reactions, learned on with rings of several sizes side by side, so that one threshold is enough for all. After `ring5`.
rings()
{
    cp ../ring5/ring5.crnl .
    learn ring_sizes rings.crnl --seed 7
    cp rings.crnl ring5.crnl # the programs of tests read this name
    run ring_all all
}

# Figures 6a, 6b and 12 with the network that is stored; nothing is learned.
figures()
{
    local n
    cp "$here/../../doc/results/differentiable_rings.crnl" ring5.crnl
    run ring_all all
    for n in 2 3 4 5 6 7 8; do
        run ring_test fixed --define N=$n --define RUNS=4000 --seed 12
    done
    run ring_test map
}

segments() { run segments learn; }

converter()
{
    learn converter adc.crnl --seed 1 # the seed of the stored network
    run converter_test test
}

TIMEFORMAT='%U s of processor time'
exec 3>&1
"$CRNLC" --version
for part in $parts; do
    mkdir -p "$work/$part"
    cd "$work/$part"
    time "$part"
done
