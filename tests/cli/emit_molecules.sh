# emit --stochastic of networks with units and a volume: what is read again has the same law, in molecules.
cat >bind.crnl <<'EOF'
network bind {
  units amount = nM, time = s;
  volume 0.1 fL;
  species A = 100 nM, B = 50 nM, C;
  A + B <->{1e6 /M/s, 0.1 /s} C;
}
EOF
emit() # NETWORK FORMAT EXTENSION: writes NETWORK.EXTENSION, and bare.EXTENSION without what only crnlc reads
{
    "$CRNLC" emit --stochastic --format "$2" "$1.crnl" -o "$1.$3"
    sed '/^\(#\|\/\/\) *crnlc/d; /<annotation>/,/<\/annotation>/d' "$1.$3" >"bare.$3"
    if grep -q crnlc "bare.$3"; then cat "bare.$3"; exit 1; fi
}
emit bind net net
printf '%s\n' '    1 A() 6' '    2 B() 3' '    3 C() 0' | diff - <(sed -n '/^begin species/,/^end species/{/()/p}' bind.net)
grep -qx '    1 rate1 0.016605390671738465' bind.net
grep -qx '    2 rate2 0.1' bind.net
emit bind antimony ant
grep -qx '  J0: A + B => C; (0.016605390671738465)\*A\*B;' bind.ant
emit bind sbml xml
grep -q '<model id="bind" substanceUnits="item"' bind.xml
grep -q 'size="1e-16"' bind.xml
grep -q 'species id="A" .* initialAmount="6" hasOnlySubstanceUnits="true"' bind.xml
"$CRNLC" emit --stochastic --format visualdsd bind.crnl >out
printf '%s\n' '| init A 6' '| init B 3' '| init C 0' '| A + B ->{0.016605390671738465} C' '| C ->{0.1} A + B' | diff - <(grep '^|' out)
# Formats that do not count molecules keep units and volume.
"$CRNLC" emit --stochastic --format text bind.crnl | diff - <("$CRNLC" emit --format text bind.crnl)

# Each order, constants, a parameter as an amount, laws, outputs that are formulas: the law of `cme`.
cat >all.crnl <<'EOF'
network all(a0 = 60 nM, K = 40 nM, k = 2e-5) {
  units amount = nM, time = s;
  volume 0.1 fL;
  species A = a0, B = 50 nM, C, D, E;
  const species F = 30 nM, H = 15 nM;
  A + B <->{1e6 /M/s, 0.1 /s} C;
  2 A <->{0.002 /nM/s, 0.1 /s} D;
  2 F + B <->{k, k} 2 F + E;
  E + H =>{0.03 /s * E * H / (K + E)} B + H;
  B =>{0.002 /nM/s * B^2} E;
  output tot = A + C, C, high = if C > 20 then 1 else 0;
}
EOF
unit=0.0602214076
same() # NETWORK SPAN UNIT OUTPUTS FILE...: the files' means and variances are those of the network
{
    local name=$1 span=$2 unit=$3 outputs=$4 file
    shift 4
    ask() # MOLECULES in a unit
    {
        echo "experiment main { run n $span; print run_mean(n.A) / $1, run_mean(n.C) / $1, sqrt(run_var(n.C)) / $1$outputs; }"
    }
    { sed "s/^network $name/network n/" "$name.crnl"; ask 1; } >means.crnl
    "$CRNLC" run means.crnl >right
    for file; do
        { echo "network n = import \"$file\";"; ask "$unit"; } >means.crnl
        "$CRNLC" run means.crnl >out
        diff right out || { echo "$file: another law"; exit 1; }
    done
}
for format in net:net antimony:ant sbml:xml; do
    emit bind ${format/:/ }
    same bind 'to steady by cme' $unit '' "bind.${format#*:}" "bare.${format#*:}"
    emit all ${format/:/ }
    same all 'for 50 by cme' $unit ', run_mean(n.tot), run_mean(n.high)' "all.${format#*:}" "bare.${format#*:}"
done

# A law that counts pairs itself: `m` is one molecule in the unit of amounts.
cat >pairs.txt <<'EOF'
units "nM" concentration 1e-9 "s" 1
volume 1e-16
param m = 0 molecule
species A = 90
species C
2 A =>{0.001*A*(A - m)} C
C ->{0.1} A
EOF
moments='print run_mean(n.A) / unit, run_mean(n.C) / unit, sqrt(run_var(n.C)) / unit; }'
echo "param unit = 1; network n = import \"pairs.txt\"; experiment main { run n for 10 by cme; $moments" >means.crnl
"$CRNLC" run means.crnl >right
for format in net:net antimony:ant sbml:xml; do
    "$CRNLC" emit --stochastic --format ${format%:*} pairs.txt -o "pairs.${format#*:}"
    sed "s/unit = 1/unit = $unit/; s/pairs.txt/pairs.${format#*:}/" means.crnl >again.crnl
    "$CRNLC" run again.crnl | diff right -
done

# Events: conditions read concentrations, and amounts are rounded to whole molecules.
cat >ev.crnl <<'EOF'
network ev(dose = 50 nM) {
  units amount = nM, time = min;
  volume 0.2 fL;
  species A, C, D;
  A ->{0.4 /min} C;
  C ->{0.1 /min} 0;
  0 ->{3 nM/min} A;
  2 C <->{0.01 /nM/min, 0.2 /min} D;
  every 6 min { A += dose; }
  when C > 60 { A = A / 2; }
}
EOF
for format in antimony:ant sbml:xml; do
    emit ev ${format/:/ }
    same ev 'for 40 by ssa(runs = 200)' 0.1204428152 '' "ev.${format#*:}" "bare.${format#*:}"
done

# Without a volume nobody can count molecules; without units amounts are molecules.
echo 'network n { units amount = nM, time = s; species A = 100 nM, B; A ->{1 /s} B; }' >none.crnl
! "$CRNLC" emit --stochastic --format sbml none.crnl 2>err
grep -q "E0821.*--stochastic counts molecules, and 'n' is in nM without a volume" err
grep -q 'help: give the network its volume, `volume 1 pL;`, or leave --stochastic out' err
sed 's/species/volume 1 pL; species/' none.crnl >given.crnl
"$CRNLC" emit --stochastic --format net given.crnl | grep -qx '    1 A() 60221'
