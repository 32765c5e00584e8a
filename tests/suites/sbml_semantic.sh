#!/bin/bash
# The semantic suite of SBML, imported and run by ode (sbml_semantic.py): the cases of the folder, then those of the archive beside it.
# Works in the current folder; CRNLC is the compiler, REFERENCE the folder of the suite; exit status 77 when it is not there.
# Arguments: cases of the folder; without any, all of both.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/reference.bash"
reference sbml/semantic "suite is"
python=${PYTHON:-python3}
status=0
"$python" "$here/sbml_semantic.py" "$reference" /dev/null "$@" || status=1
archive=$(dirname "$reference")/semantic-odd.tar.xz
if [ $# = 0 ] && [ -f "$archive" ]; then
    tar xf "$archive"
    "$python" "$here/sbml_semantic.py" semantic-odd "$here/sbml_semantic.open" || status=1
fi
exit $status
