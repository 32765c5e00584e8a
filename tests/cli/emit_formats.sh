# Every network of the examples in every format: what is written passes the checker of its format and holds the same
# reactions as the canonical list, or the format says by name what it cannot hold.
accept() # format, file: its reactions on standard output
{
    local checker=$1
    case $checker in
    nuskell | crnsimulator) checker=crn ;;
    esac
    awk -f "$SRC/tests/accept/$checker.awk" -f "$SRC/tests/accept/common.awk" "$2"
}
# emit FORMATS arguments...: the files out/NETWORK.FORMAT...; fails with a message unless each format is written, or refused for
# a reason of its own.
emit()
{
    local formats=$1 status=0 refused
    shift
    rm -rf out
    mkdir out
    "$CRNLC" emit --format "$formats" "$@" -o out/ 2>err || status=$?
    refused=$(($(echo "$formats" | tr ',' '\n' | wc -l) - $(ls out | wc -l)))
    if [ $status != $((refused > 0)) ] || [ "$(grep -c 'error\[E0821\]' err)" -lt $refused ]; then
        echo "crnlc emit --format $formats $*: status $status, $refused formats refused"
        cat err
        exit 1
    fi
}

cat >more.crnl <<'END'
// Laws of all operators that formats share, events, a clock, arrays, rails, constants.
network laws(K = 3, n = 2, w[2, 2] = [[1, 2], [3, 4]]) {
  species A = 5, B[2] = 0.5;
  const species S = 2;
  dual x = -0.25;
  A =>{ 2 * A * B[0]^n / (K + B[0]^n) } B[0];
  A =>{ A * (w[0, 1] * S - 1) * max(0, min(1, sin(time)^2 + exp(-A) * sqrt(B[1]))) } B[1];
  B[1] =>{ B[1] * tanh(abs(A - 1)) } 0;
  B[0] ->{ w[1, 0] / K } A + 2 B[1];
  x.p -> x.n;
  2 S + x.n -> S + A;
  output x, ratio = A / (1 + B[0]), all = sum(i in 0..2 : B[i]);
}
network rational(K = 3) {
  species Pi = 5, Time, B = 2;
  Pi =>{ 2 * Pi * B^2 / (K + B^2) - -K * Pi^-1 } Time;
  Time ->{K} Pi + B;
}
network remainder {
  species A = 5, B;
  A =>{ A * (1 + floor(A / 2) + (A - 3) % 2) } B;
}
network happenings(T = 5) {
  units amount = nM, time = s;
  species A = 9 nM, B;
  const species S = 2 nM;
  A + S ->{0.5} B + S;
  clock ideal(C1 = T, C2 = 2 * T);
  phase C1 { B ->{2} A; }
  phase C2 { A -> 2 B; }
  at 10 { A = 25; S = 3; }
  every 4 { B += 3; A = B; }
  when A > 10 && time > 1 { A -= 5; }
}
END
for network in laws rational remainder happenings; do
    "$CRNLC" check --network $network more.crnl
done
# All formats, sbml too: a build without libsbml skips this file.
formats=$("$CRNLC" emit --help | sed -n '/^Formats:/,$s/^  \([a-z]*\) .*/\1/p')
[ "$(echo "$formats" | wc -w)" -ge 14 ]
all=$(echo $formats | tr ' ' ',')
written=0
for file in "$SRC"/examples/*.crnl "$PWD/more.crnl"; do
    for network in $(sed -n 's/^network \([A-Za-z_0-9]*\).*/\1/p' "$file"); do
        # Networks that take others as arguments stand for nothing alone.
        "$CRNLC" check --network "$network" "$file" >check 2>&1 || continue
        emit "$all" --network "$network" "$file"
        text=out/$network.text.txt
        [ -f "$text" ] || continue
        accept text "$text" >want
        for out in out/*; do
            format=${out#out/"$network".}
            format=${format%.*}
            written=$((written + 1))
            [ -s "$out" ]
            [ "$(tail -c 1 "$out" | od -An -c | tr -d ' ')" = '\n' ]
            case $format in
            latex) accept latex "$out" ;;
            dot)
                command -v dot >/dev/null || continue
                # Placing hundreds of reactions takes minutes, with -Tcanon too: those are read only.
                if [ "$(wc -l <"$out")" -gt 1000 ]; then nop "$out" >/dev/null; else dot -Tsvg "$out" >/dev/null; fi
                # One box for both directions of a reversible reaction.
                [ $(($(grep -c 'shape=box' "$out") + $(grep -c 'comment="reversible"' "$out"))) = "$(wc -l <want)" ]
                ;;
            crnl)
                "$CRNLC" emit --format text --passes= "$out" >again
                accept text again | diff want - || { echo "$network as crnl"; exit 1; }
                # Arrays and dual values that are seen are so many names when flat; all else is equal.
                "$CRNLC" diff --values --network "$network" "$file" "$out" >diff 2>err || [ $? = 1 ]
                ! grep '^[-+] ' diff | grep -v '^[-+] \(input\|output\) ' || { cat diff; exit 1; }
                ;;
            *)
                accept "$format" "$out" >got
                diff want got || { echo "$network of $file as $format"; exit 1; }
                ;;
            esac
        done
        emit piperine,peppercorn --legalize --network "$network" "$file"
        for out in out/*; do
            format=${out#out/"$network".}
            [ ! -f "$out" ] || accept "${format%.*}" "$out" >/dev/null
        done
    done
done
[ $written -ge 180 ] || { echo "only $written written"; exit 1; }
