# External models are read from the folder of the model that names them, or below, and from nowhere else: not through a link, not by an
# absolute path, not from the current folder, where a file of the same name may lie. Files that need one another in a circle are refused.
model() # SOURCE: a model of one submodel, from a file
{
    cat <<END
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"
  xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true">
  <model id="m"><comp:listOfSubmodels><comp:submodel comp:id="a" comp:modelRef="part"/></comp:listOfSubmodels></model>
  <comp:listOfExternalModelDefinitions>
    <comp:externalModelDefinition comp:id="part" comp:source="$1"/>
  </comp:listOfExternalModelDefinitions>
</sbml>
END
}
part() # VALUE
{
    cat <<END
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
  <model id="p"><listOfParameters><parameter id="k" value="$1" constant="true"/></listOfParameters></model>
</sbml>
END
}
refused() # TEXT FILE
{
    status=0
    "$CRNLC" check "$2" >log 2>&1 || status=$?
    [ $status = 1 ] && grep -qF -- "$1" log || { cat log; exit 1; }
}
mkdir -p folder/below
part 1 >part.xml
part 2 >folder/part.xml
part 3 >folder/below/part.xml
ln -s ../part.xml folder/link.xml
model part.xml >folder/here.xml
model below/part.xml >folder/below.xml
model below/inner.xml >folder/nested.xml
model part.xml >folder/below/inner.xml
"$CRNLC" print --stage network folder/here.xml | grep -q 'a__k = 2'
"$CRNLC" print --stage network folder/below.xml | grep -q 'a__k = 3'
"$CRNLC" print --stage network folder/nested.xml | grep -q 'a__a__k = 3'
for source in ../part.xml link.xml; do
    model $source >folder/outside.xml
    refused "the external model '$source', a file outside the folder of this one" folder/outside.xml
done
for source in none.xml "$PWD/folder/part.xml" "file://$PWD/folder/part.xml" http://localhost/part.xml '&#46;/part.xml'; do
    model "$source" >folder/strange.xml
    refused "which is no file in the folder of this one" folder/strange.xml
done
model circle.xml >folder/circle.xml
refused "references that model object itself" folder/circle.xml
model two.xml >folder/one.xml
model one.xml >folder/two.xml
refused "error[E0831]" folder/one.xml
# "&lt;!DOCTYPE" and the like are refused in external files too.
{ echo '<!DOCTYPE sbml>'; part 1; } >folder/typed.xml
model typed.xml >folder/uses_typed.xml
refused "a document type" folder/uses_typed.xml
