# The command line: help, mistakes, exit statuses, every command once.
want() # status text command...: exit status, and a text somewhere in the output
{
    local status=$1 text=$2 got=0
    shift 2
    "$@" >out 2>&1 </dev/null || got=$?
    [ $got = "$status" ] && { [ -z "$text" ] || grep -qF -- "$text" out; } && return
    echo "$*: status $got, not $status with '$text':"
    cat out
    exit 1
}
cat >decay.crnl <<'END'
/// How fast it goes.
param speed = 0.5;
const N = 2;
network decay(k = 1) { species A[N] = 8, B; for i in 0..N { A[i] ->{k * speed} B; } output A, B; }
experiment main { run decay for 1e4; print "B =", decay.B; }
experiment fails { assert 1 > 2, "one is less"; }
END
cat >alone.crnl <<'END'
network alone(const n = 1, k = 1) { species A = 8, B; A ->{k} B; }
END
cat >bad.crnl <<'END'
network bad { species A = 1; A -> C; A -> D; A -> E; }
END

want 0 'crnlc run' "$CRNLC" --help
want 2 'crnlc run' "$CRNLC"
want 0 'LLVM' "$CRNLC" --version
for command in run build check print emit opt doc doctor diff fmt explain; do
    want 0 "crnlc $command" "$CRNLC" $command --help
done
want 2 'did you mean check?' "$CRNLC" chekc decay.crnl
want 2 'did you mean --threads?' "$CRNLC" run --thread 2 decay.crnl
for word in tend t_end tspan duration; do
    want 2 'did you mean --until?' "$CRNLC" run alone.crnl --$word 3
done
want 2 'write `for 50` behind the run' "$CRNLC" run decay.crnl --tend 50
want 2 'write `for 50` behind the run' "$CRNLC" run --tend=50 decay.crnl
want 1 'exact stochastic simulation is by `--method ssa`' "$CRNLC" run alone.crnl --until 3 --method gillespie
want 1 'rate equations are solved by `--method ode`' "$CRNLC" run alone.crnl --until 3 --method lsoda
want 1 'there are auto, bdf' "$CRNLC" run alone.crnl --until 3 --method magic
want 2 'auto|jit|interpret' "$CRNLC" run --engine magic decay.crnl
want 2 'needs a value' "$CRNLC" run decay.crnl --experiment
want 2 'takes no value' "$CRNLC" check --json=yes decay.crnl
want 2 'no file' "$CRNLC" run
want 2 'one file at a time' "$CRNLC" run decay.crnl alone.crnl
want 1 "there is no format 'xml'" "$CRNLC" emit --format sbml,xml decay.crnl
want 2 'several formats need a folder' "$CRNLC" emit --format text,json decay.crnl
# Files that are not there: a file with nearly that name, the folder that is missing, or where it was looked for.
for command in check run fmt doc print; do
    want 1 "help: did you mean 'decay.crnl'?" "$CRNLC" $command decai.crnl
    want 1 "help: there is no folder 'no/where'" "$CRNLC" $command no/where/decay.crnl
    want 1 "help: looked for as '$PWD/qqqqqqq.crnl'" "$CRNLC" $command qqqqqqq.crnl
done
want 1 "help: did you mean 'alone.crnl'?" "$CRNLC" check alone
want 1 "help: did you mean './alone.crnl'?" "$CRNLC" check ./alne.crnl
touch picture.svg measured.csv
want 1 "help: looked for as '$PWD/picture.crnl'" "$CRNLC" check picture.crnl
want 1 "help: looked for as '$PWD/measured.crnl'" "$CRNLC" check measured.crnl
want 1 'make its folder first, `mkdir -p no/where`' "$CRNLC" emit --format sbml alone.crnl -o no/where/a.xml
for command in 'emit --format sbml' build doc fit; do
    for option in --out --file --outfile --output-file --save; do
        want 2 "unknown option $option; write -o n.out" "$CRNLC" $command alone.crnl $option n.out
        want 2 "unknown option $option; write -o n.out" "$CRNLC" $command alone.crnl $option=n.out
    done
done
want 2 "'alone.crnl' is the file that is read, and what is written there is an executable" "$CRNLC" build alone.crnl -o alone.crnl
want 2 "'./alone.crnl' is the file that is read, and what is written there is sbml" "$CRNLC" emit alone.crnl --format sbml -o ./alone.crnl
want 2 'unknown option --out; the result is on standard output: add `>FILE`' "$CRNLC" print alone.crnl --out n.out
want 2 'unknown option --file; a program writes its own files' "$CRNLC" run alone.crnl --file n.out
want 2 'the name of a program stands alone: crnlc check alone.crnl' "$CRNLC" check --file alone.crnl
want 2 'unknown option -o; it rewrites the files themselves' "$CRNLC" fmt alone.crnl -o no/where/a.crnl
want 2 "unknown option --out; it writes no file: an editor starts it" "$CRNLC" lsp --out x
want 2 "unknown option --output; it writes no file: " "$CRNLC" jupyter install --output x
echo 'network n = import "desert.net"; use "alne.crnl"; use "no/where.crnl";' >uses.crnl
touch dessert.net
want 1 "dessert.net'?" "$CRNLC" check uses.crnl
want 1 "alone.crnl'?" "$CRNLC" check uses.crnl
want 1 "no': a path is taken from the folder of the file that names it" "$CRNLC" check uses.crnl
want 2 'did you mean E0201?' "$CRNLC" explain E020l
want 2 'did you mean E0201?' "$CRNLC" explain 201
want 2 'did you mean W0443?' "$CRNLC" explain 443
want 0 'unknown name' "$CRNLC" explain e0201
want 0 'unknown name' "$CRNLC" explain 'error[E0201]'
want 0 'E0201: unknown name' "$CRNLC" explain

want 0 'B = 16' "$CRNLC" decay.crnl
want 0 'B = 16' "$CRNLC" run decay.crnl
want 0 'B = 16' "$CRNLC" run --engine interpret decay.crnl
want 0 'B = 24' "$CRNLC" run -D N=3 decay.crnl
want 0 'B = 24' "$CRNLC" run -O0 -DN=3 decay.crnl
want 1 "there is no constant 'M' at the top level" "$CRNLC" run -D M=3 decay.crnl
want 1 "'speed' is a parameter, known when running: --set speed=3" "$CRNLC" run -D speed=3 decay.crnl
want 1 "'k' is a parameter of the network 'decay', known when running: --set decay.k=3" "$CRNLC" run -D k=3 decay.crnl
want 1 'a `const` is known when compiling: crnlc -D NAME=VALUE' "$CRNLC" run --set N=3 decay.crnl
want 1 "'n' is a constant of the network 'alone': network other = alone(n = 3);" "$CRNLC" run -D n=3 alone.crnl
want 1 'the value of a constant is a number' "$CRNLC" run -D N=three decay.crnl
want 0 'B = 0' "$CRNLC" run --set speed=0 decay.crnl
want 1 'decay.crnl:6:20: error[E0901]: assertion failed: one is less' "$CRNLC" run --experiment fails decay.crnl
printf '%s\n' 'network a { species A = 3; A -> 0; }' 'experiment main {' '  run a for 1;' '	assert a.A > 5,' '    "so few";' '}' >few.crnl
cat >want_few <<'END'
few.crnl:4:2: error[E0901]: assertion failed: so few
    4 | 	assert a.A > 5,
      | 	^^^^^^^^^^^^^^^
  note: a.A > 5
more: crnlc explain E0901
END
for engine in interpret jit; do
    status=0
    "$CRNLC" run --engine $engine few.crnl 2>err || status=$?
    [ $status = 1 ] || exit 1
    diff want_few err
done
"$CRNLC" build few.crnl -o few 2>/dev/null >/dev/null
./few 2>err && exit 1
diff want_few err
# Standard input and output by the name `-`.
printf 'network a{species A=3;A->0;}\nexperiment main{run a for 1;print a.A;}\n' >plain.crnl
for way in "run -" "-" "run --engine interpret -"; do
    [ "$("$CRNLC" $way <plain.crnl 2>err)" = 1.10364 ] || exit 1
done
"$CRNLC" fmt - <plain.crnl >out
grep -qx '  species A = 3;' out
"$CRNLC" fmt --check - <out
"$CRNLC" fmt --check - <plain.crnl >err && exit 1
"$CRNLC" fmt --diff plain.crnl 2>err && exit 1
grep -qF 'unknown option --diff; --check names the files whose layout would change' err
"$CRNLC" emit --format text -o - plain.crnl | grep -qx 'A -> 0'
[ ! -e ./- ] || exit 1
echo 'network a { species A = ; }' | "$CRNLC" check - >out 2>&1 && exit 1
grep -q '^-:1:25: error' out
"$CRNLC" run - </dev/null >out 2>&1 && exit 1
grep -q '^-:1:1: error\[E0207\]' out
# Executables name no file of the folder that crnlc was built in; what sanitizers add names the source.
"$CRNLC" build plain.crnl -o plain >/dev/null 2>&1
if [ "$SANITIZED" != yes ]; then
    strings plain 2>/dev/null | grep -q '\.\./runtime/' && exit 1
fi
# Help is as wide as the terminal, and lists what belongs to the command.
COLUMNS=60 "$CRNLC" run --help >out
awk 'length > 60 && /^ {30}/ { print; wide = 1 } END { exit wide }' out
for command in '--help' 'run --help' 'emit --help'; do # narrow ones, too: help stands below what it is about
    COLUMNS=34 "$CRNLC" $command >out
    awk 'length > 34 && / / && !/^  (-|crnlc)/ && !/^crnlc/ { print; wide = 1 } END { exit wide }' out
    grep -q '^      [a-z]' out
done
"$CRNLC" fmt --help | grep -q -- --seed && exit 1
# What is built is a file; standard input is a program or the text form of a network.
want 2 'does not go to standard output' "$CRNLC" build plain.crnl -o -
[ ! -e ./- ] || exit 1
echo 'network n { species A = 1; A -> 0; }' >one.crnl
"$CRNLC" print --stage network one.crnl >one.net
for command in doctor report; do
    "$CRNLC" $command - <one.crnl >out
    { echo '; a comment'; cat one.net; } | "$CRNLC" $command - >out2
    [ "$(head -n 1 out)" = "$(head -n 1 out2)" ] && [ -s out ] || exit 1
done
# Completion knows the commands, and of each its options, in three shells.
for shell in bash zsh fish; do
    "$CRNLC" --completion $shell >out.$shell
    for word in doctor engine interpret seed E0201; do
        grep -q "$word" out.$shell || { echo "$shell: no $word"; exit 1; }
    done
    ! command -v $shell >/dev/null || $shell -n out.$shell
done
want 2 'bash|zsh|fish' "$CRNLC" --completion ksh
if command -v fish >/dev/null; then
    [ "$(fish -c "source out.fish; complete -C 'crnlc run --eng'" | cut -f 1)" = --engine ] || exit 1
    [ -z "$(fish -c "source out.fish; complete -C 'crnlc fmt --eng'")" ] || exit 1
fi
# The pages of the first errors, each once.
"$CRNLC" check bad.crnl 2>err && exit 1
[ "$(tail -n 1 err)" = 'more: crnlc explain E0201' ] || exit 1
echo 'experiment main { print x; let y = 3 + true; }' >two.crnl
"$CRNLC" check two.crnl 2>err && exit 1
[ "$(tail -n 1 err)" = 'more: crnlc explain E0201; also E0303' ] || exit 1
want 1 'E0207' "$CRNLC" run --experiment nothing decay.crnl
"$CRNLC" check --experiment mian decay.crnl 2>err && exit 1
grep -q "^crnlc: error.E0207.: there is no experiment 'mian', which --experiment names, in 'decay.crnl'" err || { cat err; exit 1; }
grep -q "did you mean 'main'?" err || { cat err; exit 1; }
want 0 'How fast it goes.' "$CRNLC" run decay.crnl -- --help
[ "$(grep -c 'speed' out)" = 1 ]           # a parameter of the program stands there once, not in each network too
want 0 '' "$CRNLC" run alone.crnl --until 3 --every 1 --method ssa --runs 2 --out a.csv
grep -q '^run,time,A,B' a.csv
cat >described.crnl <<'END'
network described(/// How fast.
                  k = 1 /s) {
  units amount = nM, time = s;
  /// Fuel,
  /// at the start.
  param fuel = 3 nM, w[2] = 4;
  species A = fuel;
  A ->{k * w[0] / w[1]} 0;
}
END
want 0 'k = 1 /s                   How fast.' "$CRNLC" run described.crnl -- --help
grep -qx '  fuel = 3 nM                Fuel,' out
grep -qx '                             at the start.' out
grep -q '^  w\[2\] = 4' out
want 0 '' "$CRNLC" build described.crnl -o described
want 0 'k = 1 /s                   How fast.' ./described --help
want 1 'error[E0911]' "$CRNLC" run alone.crnl --until 3 --method ssa --max-events 2
want 2 '--rtol takes a value, --rtol R, between 0 and 1' "$CRNLC" run alone.crnl --until 3 --rtol 1
want 0 'front end' "$CRNLC" run --time decay.crnl
want 1 'cannot read' "$CRNLC" run nowhere.crnl
want 1 "did you mean 'decay.crnl'?" "$CRNLC" run decay
want 2 'an experiment is chosen by --experiment fails' "$CRNLC" run decay.crnl fails
want 2 'a number that is not negative is needed, and `-5` is none' "$CRNLC" run alone.crnl --until -5
want 2 'and `10s` is none: leave its unit out' "$CRNLC" run alone.crnl --until 10s
want 2 'a whole number from 1 to 1024 is needed, and `0` is none' "$CRNLC" run decay.crnl --threads 0
want 2 "-O, --level takes 0..3, not '4'" "$CRNLC" run decay.crnl -O4
want 2 'did you mean --version?' "$CRNLC" --vresion
want 2 'did you mean run?' "$CRNLC" simulate decay.crnl
want 2 '; a program writes its own files, `run NET for 10 -> "out.csv";`' "$CRNLC" run decay.crnl -o out.csv
want 2 'on standard output: add `>FILE`' "$CRNLC" check decay.crnl --output out
want 2 'did you mean --output?' "$CRNLC" build decay.crnl -output decay
want 2 "it is an option of 'crnlc print'" "$CRNLC" run decay.crnl --stage network
want 2 "it is an option of 'crnlc run', 'crnlc fit'" "$CRNLC" check decay.crnl --seed 3
want 2 'given to the program that is built: ./PROGRAM --set k=2' "$CRNLC" build decay.crnl --set k=2 -o decay
want 2 'given to the program that is built: ./PROGRAM --seed 3' "$CRNLC" build decay.crnl --seed=3 -o decay
want 2 '`network other = NET(k = 2);`' "$CRNLC" emit decay.crnl --set k=2 --format sbml
want 2 'did you mean --format sbml?' "$CRNLC" emit decay.crnl --sbml
want 2 'did you mean --format sbml?' "$CRNLC" emit decay.crnl sbml
want 2 "did you mean 'crnlc emit --format sbml'?" "$CRNLC" print decay.crnl --stage sbml
want 2 'did you mean --method ssa?' "$CRNLC" run alone.crnl --ssa
want 2 'did you mean --emit shared?' "$CRNLC" build decay.crnl --emit so
want 2 'did you mean --stage network?' "$CRNLC" print decay.crnl --reactions
want 1 'did you mean --format sbml?' "$CRNLC" emit decay.crnl --format xml
want 2 'did you mean --until?' "$CRNLC" run alone.crnl -t 3
for set in 'k 2' 'k = 2' 'k= 2' 'k =2'; do
    want 2 '--set takes NAME=VALUE without blanks' "$CRNLC" run decay.crnl --set $set
    grep -qF 'write --set k=2' out
done
want 2 'write -D N=3' "$CRNLC" run decay.crnl -D N 3
want 2 'a parameter is given by --set k=2' "$CRNLC" run decay.crnl k=2
want 1 '`run NET over q in [0.5,1,2] with k = q for 10;`' "$CRNLC" run decay.crnl --set k=0.5,1,2
want 1 '`run decay over q in linspace(0, 1, 11) with k = q for 10;`' "$CRNLC" run decay.crnl --set decay.k=0:0.1:1
want 1 'leave the unit out: `--set speed=2`' "$CRNLC" run decay.crnl --set speed=2s
want 1 'write --set for each parameter' "$CRNLC" run decay.crnl --set speed=2,k=3
want 1 'formulas are not computed here' "$CRNLC" run decay.crnl --set speed=1/3
want 0 '| `unreachable` | ' "$CRNLC" explain passes
want 2 "'crnlc explain methods'" "$CRNLC" explain ssa

want 0 '' "$CRNLC" build decay.crnl -o decay
want 0 'B = 16' ./decay
want 0 'speed' ./decay --help
want 2 'did you mean --seed?' ./decay --sead 3
want 2 'did you mean --seed?' ./decay -seed 3
want 2 'a parameter is given by --set k=2' ./decay k=2
want 2 'one word, such as k=2, is needed, and `k` is none' ./decay --set k 2
want 2 'did you mean --threads?' ./decay --cores 3
want 2 'did you mean --keep-going?' ./decay --keep-goin
# A value that a failed run has not left is no end of a program that goes on, whatever takes it.
cat >goes_on.crnl <<'END'
network pole { species A = 1, X; A -> 0; 0 =>{1 / (A - 0.5)} X; }
network n(k = 1) { species A = 1; A ->{k} 0; }
experiment main {
  run pole for 5;
  run n for 1;
  set n.A = pole.A;
  continue n for 1;
  print "lost {n.A}";
  run n with A = pole.A for 1;
  set n.k = pole.A;
  run n for 1;
  print "lost {n.A}";
  set n.k = 2;
  run n for 1;
  print "found {n.A:.4f}";
}
END
want 1 'found 0.1353' "$CRNLC" run goes_on.crnl --keep-going
[ "$(grep -c '^lost nan$' out)" = 2 ] || exit 1
grep -q '^goes_on.crnl:6:3: error\[E0903\]' out
want 2 '-o FILE' "$CRNLC" build decay.crnl
for kind in obj llvm asm; do
    want 0 '' "$CRNLC" build decay.crnl --emit $kind -o decay.$kind
    [ -s decay.$kind ]
done

want 0 '' "$CRNLC" check decay.crnl alone.crnl
[ ! -s out ]
want 1 'bad.crnl:1:35: error[E0201]' "$CRNLC" check bad.crnl decay.crnl
[ "$(grep -c '^bad.crnl' out)" = 3 ]
want 1 '2 more' "$CRNLC" check --max-errors 1 bad.crnl
want 1 '"E0201"' "$CRNLC" check --json bad.crnl
want 0 '[]' "$CRNLC" check --json decay.crnl
for command in run print doctor "emit --format text" "doc --format markdown" fmt "build -o x"; do
    "$CRNLC" $command --json bad.crnl >out 2>err && [ "$command" != fmt ] && [ "$command" != "doc --format markdown" ] && exit 1
    case $command in
    fmt | "doc "*) grep -qx '\[\]' err ;;
    *) grep -qF '"code": "E0201"' err ;;
    esac
done
want 1 'E0602' "$CRNLC" check --max-reactions 1 decay.crnl

want 0 'NETWORK decay' "$CRNLC" print --stage ast decay.crnl
want 0 'run' "$CRNLC" print --stage program decay.crnl
want 0 'decay' "$CRNLC" print decay.crnl
want 0 'alone' "$CRNLC" print --network alone alone.crnl
# One file after the other; the errors of one keep none of the others from being shown.
want 1 'bad.crnl:3:8: error[E0201]' "$CRNLC" print decay.crnl bad.crnl alone.crnl
[ "$(grep -A 1 '^==> ' out | tr -d '\n')" = '==> decay.crnl <==network "decay" {--==> bad.crnl <====> alone.crnl <==network "alone" {' ]
# A format that cannot hold the network keeps none of the others from being written; each says so.
mkdir formats
cat >three.crnl <<'END'
network three { species A = 8, B; 3 A =>{A / (1 + A)} 3 B; }
END
want 1 'piperine: 3 reactants' "$CRNLC" emit --format text,piperine,json,peppercorn,nuskell -o formats/ three.crnl
[ "$(echo $(ls formats))" = 'three.json three.text.txt' ]
for format in peppercorn nuskell; do
    grep -q "three.crnl:1.*error.E0821.: $format" out
done
want 1 'did you mean json?' "$CRNLC" emit --format text,jsn -o formats/ three.crnl
want 0 'kernel' "$CRNLC" print --stage plan decay.crnl
want 0 'define' "$CRNLC" print --stage llvm decay.crnl
want 0 '.text' "$CRNLC" print --stage asm decay.crnl
"$CRNLC" print decay.crnl >decay.net
want 0 'decay' "$CRNLC" opt decay.net --passes=canonical --time-passes --dump-ir=all
want 1 'E0707' "$CRNLC" opt decay.net --passes=canonicl
want 1 'cannot read' "$CRNLC" opt nowhere.net

# What was computed until an interrupt is kept, and said.
cat >long.crnl <<'END'
network walk { species X = 1000; X -> 2 X; X -> 0; }
experiment main { for i in 0..1000000 { run walk for 1 by ssa; print i -> "turns.txt"; } }
END
(trap - INT; exec "$CRNLC" run long.crnl) &
child=$!
# Only once there are rows: on a busy machine the compilation alone takes seconds.
while kill -0 $child 2>/dev/null && [ -z "$(find . -name 'turns.txt*' -size +0)" ]; do
    sleep 0.1
done
kill -INT $child
status=0
wait $child || status=$?
[ $status = 130 ] && [ -s turns.txt ] || { echo "interrupt: status $status"; exit 1; }

if [ -e /dev/full ]; then
    status=0
    "$CRNLC" print --stage ast decay.crnl >/dev/full 2>err || status=$?
    [ $status = 1 ] && grep -q 'standard output' err || { echo "/dev/full: status $status"; cat err; exit 1; }
fi
# An experiment whose declaration has failed is not called missing.
printf 'network big { species X = 9; X -> 0; }\nexperiment big { run big for 1; }\n' >twice.crnl
! "$CRNLC" run twice.crnl --experiment big >out 2>err || exit 1
grep -q 'E0203' err && ! grep -q 'E0207' err || { cat err; exit 1; }

# Slips whose repair the message says.
want 2 'did you mean --format net' "$CRNLC" emit decay.crnl -o decay.bngl
want 2 'did you mean --format sbml' "$CRNLC" emit decay.crnl -o decay.xml
want 2 'out-dir FOLDER' "$CRNLC" run decay.crnl -o results
want 2 'leave it out' "$CRNLC" fmt -i decay.crnl
want 2 'is a statement' "$CRNLC" plot decay.crnl
want 2 'network m = import' "$CRNLC" import model.xml
want 2 'given by --set k=0.5' "$CRNLC" run decay.crnl --k=0.5
printf '\177ELF\0\0\001 "\n' >okprog
want 1 '/okprog`' "$CRNLC" run okprog
[ "$("$CRNLC" run okprog 2>&1 | grep -c error)" = 1 ] || { echo "an executable has one error"; exit 1; }
