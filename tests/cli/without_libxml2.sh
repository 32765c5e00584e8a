# A crnlc that was built without libxml2 says so where SED-ML is asked for.
if [ "$XML2" = yes ]; then
    echo "built with libxml2"
    exit 77
fi
echo '<sedML/>' >n.sedml
for command in "run n.sedml" "check n.sedml" "print --stage source n.sedml" "emit --format text n.sedml"; do
    status=0
    "$CRNLC" $command >out 2>err || status=$?
    [ $status = 1 ] && [ ! -s out ]
    grep -q 'error\[E0820\]: this crnlc was built without SED-ML' err
    grep -q 'help: install libxml2 (Debian: libxml2-dev)' err
done
