#!/bin/bash
# cobrapy reads an SBML reaction that says reversible="false" as reversible when it has no flux bounds, as those of kinetic models have none.
#
# A -> B of a kinetic model (SBML Level 3, a kinetic law, no package fbc) comes out as "A <=> B" with the bounds (-1000, 1000).
# The log says that bounds are missing, and not that the attribute is passed over; a bound 0 below would follow from the
# file. Optimising B -> A then finds a flux of 1000 in a model that has no such reaction. A kinetic network that is handed on
# to flux analysis needs the fbc package with a lower bound of 0 for each irreversible reaction.
#
# Debian 12: python3-cobra 0.26.2-1 and what it depends on, unpacked in a temporary folder. Seen, and checked below:
#   the file says reversible = false
#   cobrapy 0.26.2: A <=> B (-1000.0, 1000.0)
#   largest flux backwards: 1000
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install python3-cobra=0.26.2-1
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >model.xml <<'EOF'
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
  <model id="m">
    <listOfCompartments><compartment id="c" size="1" spatialDimensions="3" constant="true"/></listOfCompartments>
    <listOfSpecies>
      <species id="A" compartment="c" initialConcentration="1" hasOnlySubstanceUnits="false" boundaryCondition="true" constant="false"/>
      <species id="B" compartment="c" initialConcentration="0" hasOnlySubstanceUnits="false" boundaryCondition="true" constant="false"/>
    </listOfSpecies>
    <listOfReactions>
      <reaction id="r" reversible="false" fast="false">
        <listOfReactants><speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants>
        <listOfProducts><speciesReference species="B" stoichiometry="1" constant="true"/></listOfProducts>
        <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><ci>A</ci></math></kineticLaw>
      </reaction>
    </listOfReactions>
  </model>
</sbml>
EOF
cat >read.py <<'EOF'
import logging
logging.disable(logging.CRITICAL)
import libsbml
import cobra
r = libsbml.readSBML("model.xml").getModel().getReaction(0)
print("the file says reversible =", str(r.getReversible()).lower())
model = cobra.io.read_sbml_model("model.xml")
r = model.reactions.get_by_id("r")
print("cobrapy 0.26.2:", r.reaction.replace("1.0 ", ""), r.bounds)
model.objective = {r: -1}
print("largest flux backwards: %g" % model.optimize().objective_value)
EOF
export LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu:root/usr/lib/x86_64-linux-gnu/blas:root/usr/lib/x86_64-linux-gnu/lapack
PYTHONHOME=root/usr PYTHONPATH=root/usr/lib/python3/dist-packages root/lib64/ld-linux-x86-64.so.2 \
    --library-path root/lib/x86_64-linux-gnu:$LD_LIBRARY_PATH root/usr/bin/python3.11 read.py 2>log | grep -E 'reversible|cobrapy|flux' >seen || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
