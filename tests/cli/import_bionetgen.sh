# BioNetGen's .net as BNG2.pl writes it and run_network runs it.
check() # PROGRAM LINES...: prints these lines
{
    local program=$1
    shift
    "$CRNLC" run "$program" >out 2>err || { cat err; exit 1; }
    printf '%s\n' "$@" >right
    diff right out
}

# What describes the rules is skipped; `$` behind a compartment holds a species; a group hides a parameter of its name in
# functions, and has the name by which experiments see it.
cat >written.net <<'END'
# Created by BioNetGen 2.9.3
setOption("SpeciesLabel","HNauty")
version("2.0.34");
substanceUnits("Number")
begin model
begin parameters
    1 k      2  # Constant
    2 total  7  # Constant
end parameters
begin compartments
  Compartment(EC,Volume,1,PM)
end compartments
begin molecule types
  1 Source()
end molecule types
begin observables
  Molecules total A()
end observables
begin energy patterns
  1 A(s~up) G
end energy patterns
begin functions
    1 twice() 2*total
end functions
begin species
    1 @EC::$Source() 1
    2 A() total
end species
begin reaction rules
  Rule1: \
  begin() -> end() k
end reaction rules
begin reactions
    1 1 2 k #Rule1
end reactions
begin groups
    1 total 2
end groups
end model
END
cat >written.crnl <<'END'
network n = import "written.net";
experiment main {
  run n for 3 by ode;
  print "{n.total} {n.twice} {n.total_parameter}";
}
END
check written.crnl '13 26 7'

# Twice the same reactant: a function and a saturation have the propensity f A (A - 1), and are f A^2 by the ODE. `Sat k` alone is
# of order zero, `Ele k` is mass action. The means are those of exp(Q t) over the four states, in volumes 1 and 2.
pair() # RATE
{
    cat >pair.net <<END
begin parameters
    1 k 2
    2 K 5
end parameters
begin functions
    1 f() 2/(5+A)
end functions
begin species
    1 A() 6
    2 B() 0
end species
begin reactions
    1 1,1 2 $1
end reactions
begin groups
    1 A 1
end groups
END
}
cat >pair.crnl <<'END'
network n = import "pair.net";
experiment main {
  run n for 0.1 by cme;
  print "{run_mean(n.A):.6f}";
  run n for 0.1 by cme(volume = 2);
  print "{run_mean(n.A):.6f}";
  run n for 0.1 by ode(rtol = 1e-10);
  print "{n.A:.6f}";
}
END
pair 'Ele k'
check pair.crnl 1.967483 1.864209 1.764706
pair 'Sat k'
sed '/cme/,/print/d' pair.crnl >zero.crnl
check zero.crnl 5.600000
pair 'Sat k K'
check pair.crnl 5.045270 4.960086 4.874873
pair f
check pair.crnl 5.045270 4.960086 4.874873
"$CRNLC" build pair.crnl -o program
./program >out
diff right out
# The one that is written comes back, whatever the network is for.
for option in --format=net --stochastic; do
    "$CRNLC" emit --format net $option pair.net >again.net
    grep -qF 'law1() 2/(5+A)' again.net
    ! grep -q one_molecule again.net || { echo "$option: a parameter of ours is written"; exit 1; }
    cp again.net pair.net
    check pair.crnl 5.045270 4.960086 4.874873
done

# The formats of our own keep what counts molecules.
for format in text json; do
    "$CRNLC" emit --format $format -o again.${format/text/txt} pair.net
    sed "s/pair.net/again.${format/text/txt}/" pair.crnl >again.crnl
    check again.crnl 5.045270 4.960086 4.874873
done
printf 'param a = 0 molecule\nparam b = 0 molecule\nspecies A\n' >two.txt
! "$CRNLC" check two.txt 2>errors || exit 1
grep -q 'two.txt:2.*E0703.*one scalar' errors

# mratio(a, b, z) = M(a + 1, b + 1, z) / M(a, b, z) of Kummer's function: three values by its series.
cat >kummer.net <<'END'
begin parameters
    1 a -10
    2 x mratio(a,9,-3.5)
    3 y mratio(1.5,3.25,-20)
    4 z mratio(-3.5,2.25,15)
end parameters
begin species
    1 A() 0
end species
END
cat >kummer.crnl <<'END'
network n = import "kummer.net";
experiment main { print "{n.x:.12f} {n.y:.12f} {n.z:.12f}"; }
END
check kummer.crnl '0.617916219037 0.155807522718 -0.780379242299'
test "$(grep -c 'W0832.*computed once' err)" = 1

# Tables: of the time, linear between points and as at the last one behind it; of an amount, by steps, from a file. A = 1/2 + 2 t, so B
# grows by 1 up to t = 3/4, by 3 up to 9/4, by 1/2 from there on.
printf '# A dose\n0 1\n2 3\n5 0.5\n' >dose.tfun
cat >table.net <<'END'
begin functions
    1 f() tfun([0,1,2.5],[1,-2,3],time)
    2 g() tfun('dose.tfun',A,method=>"step")
    3 twice() 2*f()
end functions
begin species
    1 A() 0.5
    2 B() 10
end species
begin reactions
    1 0 1 2
    2 0 2 g
end reactions
begin groups
    1 A 1
    2 B 2
end groups
END
cat >table.crnl <<'END'
network n = import "table.net";
experiment main {
  run n for 0.5 by ode;
  print "{n.f:.6f} {n.twice:.6f}";
  continue n for 2.5 by ode(rtol = 1e-10);
  print "{n.A:.6f} {n.B:.6f} {n.f:.6f}";
}
END
check table.crnl '-0.500000 -1.000000' '6.500000 15.625000 3.000000'
mkdir elsewhere
mv dose.tfun elsewhere
! "$CRNLC" check table.net 2>errors
grep -q 'table.net:3:17: error\[E0202\]' errors
sed "s|dose.tfun|../dose.tfun|" table.net >elsewhere/table.net
cp elsewhere/dose.tfun .
! "$CRNLC" check elsewhere/table.net 2>errors
grep -q 'E0202' errors

# A chain of parameters may be as long as the file.
awk 'BEGIN {
    print "begin parameters\n 1 p1 1"
    for (i = 2; i <= 5000; i++) printf " %d p%d p%d+1\n", i, i, i - 1
    print "end parameters\nbegin species\n 1 A() p5000\nend species"
}' >long.net
"$CRNLC" check long.net

# Rules are another language.
printf 'begin model\nend model\n' >rules.bngl
! "$CRNLC" check rules.bngl 2>errors || exit 1
grep -q 'E0832.*rules of BioNetGen' errors
grep -q 'BNG2.pl rules.bngl' errors
