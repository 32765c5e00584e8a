# rateOf of SBML: x' = rateOf(S2) makes x what S2 has gained, in concentrations of a compartment of size 2; y' = rateOf(x)^2 / k
# is (k S1)^2 / k; rateOf of what is constant is 0. Closed forms: x = 3 (1 - exp(-k t)), y = 9/2 (1 - exp(-2 k t)).
[ "$SBML" = yes ] || { echo "compiled without libsbml"; exit 77; }
apply() { echo "<math xmlns='http://www.w3.org/1998/Math/MathML'>$1</math>"; }
rate_of() {
    echo "<apply><csymbol encoding='text' definitionURL='http://www.sbml.org/sbml/symbols/rateOf'>rateOf</csymbol><ci>$1</ci></apply>"
}
model() { # $1: what y's rate rule reads
    cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
<model id="m">
<listOfCompartments><compartment id="c" size="2" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="S1" compartment="c" initialConcentration="3" hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>
<species id="S2" compartment="c" initialConcentration="1" hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>
</listOfSpecies>
<listOfParameters>
<parameter id="k" value="0.5" constant="true"/>
<parameter id="x" value="0" constant="false"/><parameter id="y" value="0" constant="false"/>
<parameter id="z" value="0" constant="false"/>
</listOfParameters>
<listOfRules>
<rateRule variable="x">$(apply "$(rate_of S2)")</rateRule>
<rateRule variable="y">$(apply "<apply><divide/><apply><power/>$(rate_of x)<cn>2</cn></apply><ci>k</ci></apply>")</rateRule>
<rateRule variable="z">$(apply "$(rate_of "$1")")</rateRule>
</listOfRules>
<listOfReactions><reaction id="r" reversible="false">
<listOfReactants><speciesReference species="S1" stoichiometry="1" constant="true"/></listOfReactants>
<listOfProducts><speciesReference species="S2" stoichiometry="1" constant="true"/></listOfProducts>
<kineticLaw>$(apply "<apply><times/><ci>c</ci><ci>k</ci><ci>S1</ci></apply>")</kineticLaw>
</reaction></listOfReactions>
</model></sbml>
END
}
model k >m.xml
cat >m.crnl <<'END'
network m = import "m.xml";
experiment main {
  run m for 5 by ode(rtol = 1e-10, atol = 1e-12);
  print "{m.x:.9f} {m.y:.9f} {m.z:.9f}";
}
END
printf '%s\n' "$(awk 'BEGIN { printf "%.9f %.9f %.9f", 3 * (1 - exp(-2.5)), 4.5 * (1 - exp(-5)), 0 }')" >expected
check() { paste -d ' ' expected - | awk 'NF != 6 { exit 1 } { for (i = 1; i <= 3; i++) if (($i - $(i + 3))^2 > 1e-14) exit 1 }'; }
"$CRNLC" run m.crnl | check || { echo "in memory"; exit 1; }
"$CRNLC" run --engine interpret m.crnl | check || { echo "interpreter"; exit 1; }
"$CRNLC" build m.crnl -o m >/dev/null
./m | check || { echo "object"; exit 1; }
# what is made of itself has no meaning
model z >m.xml
if "$CRNLC" run m.crnl >said 2>&1; then exit 1; fi
grep -q 'E0831.*circular dependencies' said
