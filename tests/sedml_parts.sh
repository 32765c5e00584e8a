# Parts of descriptions of simulations, for the tests of SED-ML: a model m.xml in the current folder, decay of S with the constant k in the
# compartment c of size 2, functions that write elements, one that compares a report with what it must hold. Ends with 77 without libsbml.
cat >m.xml <<'END'
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="decay">
<listOfCompartments><compartment id="c" size="2" constant="true" spatialDimensions="3"/></listOfCompartments>
<listOfSpecies>
<species id="S" compartment="c" initialConcentration="5" hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>
<species id="P" compartment="c" initialAmount="0" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>
</listOfSpecies>
<listOfParameters><parameter id="k" value="0.5" constant="true"/><parameter id="back" value="0" constant="true"/></listOfParameters>
<listOfReactions><reaction id="r" reversible="true" fast="false">
<listOfReactants><speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants>
<listOfProducts><speciesReference species="P" stoichiometry="1" constant="true"/></listOfProducts>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/>
<apply><times/><ci>c</ci><ci>k</ci><ci>S</ci></apply><apply><times/><ci>back</ci><ci>P</ci></apply></apply></math></kineticLaw>
</reaction></listOfReactions></model></sbml>
END
sbml=/s:sbml/s:model
species() { echo "$sbml/s:listOfSpecies/s:species[@id='$1']"; }
param() { echo "$sbml/s:listOfParameters/s:parameter[@id='$1']"; }
math() { echo "<math xmlns='http://www.w3.org/1998/Math/MathML'>$1</math>"; }
# description VERSION MODELS SIMULATIONS TASKS GENERATORS OUTPUTS
description()
{
    echo "<sedML xmlns='http://sed-ml.org/sed-ml/level1/version$1' xmlns:s='http://www.sbml.org/sbml/level3/version1/core' level='1' version='$1'>
<listOfModels>$2</listOfModels>
<listOfSimulations>$3</listOfSimulations>
<listOfTasks>$4</listOfTasks>
<listOfDataGenerators>$5</listOfDataGenerators>
<listOfOutputs>$6</listOfOutputs>
</sedML>"
}
model="<model id='m' language='urn:sedml:language:sbml' source='m.xml'/>"
cvode="<algorithm kisaoID='KISAO:0000019'><listOfAlgorithmParameters><algorithmParameter kisaoID='KISAO:0000209' value='1e-9'/></listOfAlgorithmParameters></algorithm>"
course="<uniformTimeCourse id='course' initialTime='0' outputStartTime='1' outputEndTime='4' numberOfPoints='6'>$cvode</uniformTimeCourse>"
# of ID TASK TARGET: a generator of what a target is; time: of the time
of() { echo "<dataGenerator id='$1'><listOfVariables><variable id='${1}_x' taskReference='$2' target=\"$3\"/></listOfVariables>$(math "<ci>${1}_x</ci>")</dataGenerator>"; }
time_of() { echo "<dataGenerator id='$1'><listOfVariables><variable id='${1}_x' taskReference='$2' symbol='urn:sedml:symbol:time'/></listOfVariables>$(math "<ci>${1}_x</ci>")</dataGenerator>"; }
# report ID GENERATOR...
report()
{
    echo "<report id='$1'><listOfDataSets>"
    for g in "${@:2}"; do echo "<dataSet id='set_$1_$g' label='$g' dataReference='$g'/>"; done
    echo "</listOfDataSets></report>"
}
"$CRNLC" check m.xml 2>err || { grep -q "built without" err && { echo "no libsbml"; exit 77; }; cat err; exit 1; }
near() # FILE AWK: each row after the header, whose columns are c["name"]; what must be 0
{
    awk -F, -v rows="$3" 'NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
        { for (i = 1; i <= NF; i++) c[name[i]] = $i; n++
          e = '"$2"'; if (e > 1e-6 || e < -1e-6 || e != e) { print FILENAME ":" NR ": off by " e " in " $0; bad = 1; exit 1 } }
        END { if (!bad && n != rows) { print FILENAME " has " n " rows"; exit 1 } }' "$1"
}
