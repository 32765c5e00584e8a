#!/bin/bash
# Runs every test, or those whose name contains one of the words in ONLY, several at a time, shows the failures
# and closes with 'N passed, N failed, N skipped'. `make check` sets BUILD, CRNLC, UNIT_TESTS and FUZZ_TARGETS.
#   PROMOTE=yes     writes the expected texts of tests/golden and tests/ir instead of comparing
#   JOBS=4          how many at a time
set -u
export LC_ALL=C
SRC=$(cd "$(dirname "$0")/.." && pwd)
OUT=$BUILD/tests/out
# Programs are compiled anew by each test.
export CRNL_CACHE=
export SRC BUILD CRNLC OUT SBML=${SBML-yes} XML2=${XML2-yes}
# A Python with NumPy, if there is one: the first in PATH may be another than the one that Debian's packages belong to.
for PYTHON in python3 /usr/bin/python3 ''; do
    if [ -z "$PYTHON" ] || "$PYTHON" -c 'import numpy' 2>/dev/null; then
        break
    fi
done
export PYTHON=${PYTHON:-python3}
# The module of the tree, over the library that was built.
export PYTHONPATH=$SRC/python CRNL_LIBRARY=$BUILD/libcrnl.so PYTHONDONTWRITEBYTECODE=1
# Is the runtime built with sanitizers? Other programs cannot load a library that has it, then.
SANITIZED=no
if nm "$BUILD/libcrnl_rt.a" 2>/dev/null | grep -q ' U __\(asan\|ubsan\|tsan\)_'; then
    SANITIZED=yes
fi
export SANITIZED
export ASAN_OPTIONS=exitcode=99:detect_leaks=1:detect_stack_use_after_return=1:${ASAN_OPTIONS-}
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1:${UBSAN_OPTIONS-}
# Libraries that are not built with it take locks that it does not see.
export TSAN_OPTIONS=exitcode=99:ignore_noninstrumented_modules=1:second_deadlock_stack=1:${TSAN_OPTIONS-}
# The LeakSanitizer of gcc 12 misreads where libraries that are loaded later keep variables of threads, and crashes: not looked at.
export LSAN_OPTIONS=exitcode=99:use_tls=0:suppressions=$SRC/tests/leaks.supp:print_suppressions=0:${LSAN_OPTIONS-}
if [ "${PROMOTE-}" = yes ]; then
    export PROMOTE
fi
# Another run in the same folder would take away the results of this one: it waits for its turn.
mkdir -p "$BUILD/tests"
exec 8>"$BUILD/tests/lock"
if ! flock -n 8; then
    echo "waiting for the tests that run in $BUILD"
    flock 8
fi
rm -rf "$OUT"
mkdir -p "$OUT/results" "$OUT/tmp"
cd "$SRC" || exit

files() # kind glob...: a case for each file
{
    local kind=$1 file
    shift
    shopt -s nullglob globstar
    for file in $*; do
        [ -f "$file" ] && echo "$kind $file"
    done
}

cases()
{
    local file
    if [ "${PROMOTE-}" != yes ]; then
        for file in ${UNIT_TESTS-}; do
            echo "unit $file"
        done
        for file in ${FUZZ_TARGETS-}; do
            echo "fuzz $file"
        done
        if [ -f tests/diff/list ]; then
            sed -n '/^ *#/d; /^ *$/d; s/^ */diff /p' tests/diff/list
        fi
        files run 'tests/run/*.crnl'
        files cli 'tests/cli/*.sh'
        files doc 'README.md doc/**/*.md'
        files check 'tests/check_*.sh'
        files bad 'tests/golden/bad/*.crnl tests/golden/bad/import/* tests/golden/bad/sedml/*.sedml'
        files roundtrip 'tests/golden/*/*.crnl examples/**/*.crnl' | grep -v ' tests/golden/bad/'
    fi
    files golden 'tests/golden/*/*.crnl' | grep -v ' tests/golden/bad/'
    files ir 'tests/ir/*.net'
    files conditions 'tests/conditions/*.net'
}

cases | awk -v only="${ONLY-}" '
BEGIN { n = split(only, word, " ") }
{
    name = substr($0, length($1) + 2)
    for (i = 1; i <= n; i++) if (index($0, word[i]) || index(word[i], name)) break
    if (n && i > n) next
    printf "%d%c%s%c%s%c", ++count, 0, $1, 0, name, 0
}' | xargs -0 -r -n 3 -P "${JOBS:-$(nproc)}" bash tests/run_case.sh 8>&-

find "$OUT/results" -type f -exec cat {} + >"$OUT/all"
sort -u "$OUT/all" | sed -n 's/^skip /SKIP /p'
read -r passed failed skipped < <(awk '/^pass / { pass += $2 } /^fail / { fail++ } /^skip / { skip++ }
    END { print pass + 0, fail + 0, skip + 0 }' "$OUT/all")
echo "$passed passed, $failed failed, $skipped skipped"
if [ $((passed + failed + skipped)) = 0 ]; then
    echo "No test is named like that: ${ONLY-}" >&2
    exit 1
fi
[ "$failed" = 0 ]
