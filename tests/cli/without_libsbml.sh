# A crnlc that was built without libsbml says so where SBML is asked for.
if [ "$SBML" = yes ]; then
    echo "built with libsbml"
    exit 77
fi
echo 'network n { species A = 1; A -> 0; }' >n.crnl
echo '<sbml/>' >n.xml
echo "S -> ; S" >n.ant
for command in "emit --format sbml n.crnl" "run n.xml --until 1" "check n.xml" "check n.ant"; do
    status=0
    "$CRNLC" $command >out 2>err || status=$?
    [ $status = 1 ] && [ ! -s out ]
    grep -q 'error\[E0820\]: this crnlc was built without SBML' err
    grep -q 'help: install libsbml (Debian: libsbml5-dev)' err
done
"$CRNLC" emit --format antimony n.crnl >/dev/null
