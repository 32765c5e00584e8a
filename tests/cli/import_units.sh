# Units of imported networks: those that crnlc wrote in each format, and those of SBML that others wrote.
for units in "units amount = nM, time = min; volume 2 pL;" "units amount = uM, time = s;" "units amount = nmol, time = h;" \
    "units amount = fM, time = ms; volume 1 L;" "units time = day;" "units amount = nM;" ""; do
    echo "network n { $units species A = 12345.678901234567, B; 2 A ->{0.3} B; B ->{0.1} 0; output s = A + B; }" >n.crnl
    for format in text:txt json:json sbml:xml net:net nuskell:crn crnsimulator:crn; do
        file=${format%:*}.${format#*:}
        "$CRNLC" emit --format "${format%:*}" n.crnl -o "$file" 2>log
        "$CRNLC" diff --values n.crnl "$file" >log || { echo "$units by $format"; cat log; exit 1; }
    done
done
model() # UNIT SCALE TIME
{
    cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
  <model id="m" substanceUnits="substance" timeUnits="time" volumeUnits="litre" extentUnits="substance">
    <listOfUnitDefinitions>
      <unitDefinition id="substance"><listOfUnits><unit kind="$1" exponent="1" scale="$2" multiplier="1"/></listOfUnits></unitDefinition>
      <unitDefinition id="time"><listOfUnits><unit kind="second" exponent="1" scale="0" multiplier="$3"/></listOfUnits></unitDefinition>
    </listOfUnitDefinitions>
    <listOfCompartments><compartment id="V" spatialDimensions="3" size="2" units="litre" constant="true"/></listOfCompartments>
    <listOfSpecies><species id="A" compartment="V" initialAmount="3" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/></listOfSpecies>
    <listOfReactions><reaction id="r" reversible="false" fast="false">
      <listOfReactants><speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants>
      <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><ci>A</ci></math></kineticLaw></reaction></listOfReactions>
  </model>
</sbml>
END
}
units() # EXPECTED, or nothing for none
{
    "$CRNLC" print --stage network m.xml >net 2>err
    [ "$(grep '^  units' net || true)" = "$1" ]
}
model mole -3 60 >m.xml && units '  units "mmol" 0.001 "min" 60.0' && [ ! -s err ]
model item 0 60 >m.xml && units '  units none "min" 60.0' && [ ! -s err ] # numbers of molecules are plain numbers
model gram 0 1 >m.xml && units '  units none "s" 1.0' && grep -q 'warning\[W0831\]: the units of substance' err
model mole -9 7 >m.xml && units '  units "nmol" 1e-09' && grep -q 'warning\[W0831\]: the units of time' err
model mole -9 1 >m.xml
cat >run.crnl <<'END'
network m = import "m.xml";
experiment main { run m with A = 5 umol for 1 ms by ode; print m.time * 1000, m.A > 4990; }
END
[ "$("$CRNLC" run run.crnl)" = "1 true" ]
sed 's/umol/uM/' run.crnl >wrong.crnl
! "$CRNLC" check wrong.crnl 2>err
grep -q 'error\[E0301\]' err
