#!/bin/bash
# Every header compiles alone. BUILD names a built folder, for the generated headers.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit
flags="-std=c11 -D_XOPEN_SOURCE=700 -Wall -Wextra -I. -I$BUILD -isystem /usr/include/suitesparse -isystem /usr/include/libxml2"
flags="$flags -isystem $(llvm-config-19 --includedir)"
status=0
while read -r header; do
    if [ "$header" = import/sedml/sedml_impl.h ] && [ ! -e /usr/include/libxml2/libxml/parser.h ]; then
        continue # without libxml2 it is not compiled
    fi
    if ! echo "#include \"$header\"" | ${CC-cc} $flags -Werror -fsyntax-only -x c -; then
        echo "$header does not compile alone"
        status=1
    fi
done < <(find support ir import frontend grammar codegen runtime server driver api include -name '*.h' -type f | sort)
exit $status
