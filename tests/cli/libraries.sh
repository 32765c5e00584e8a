# LLVM, libsbml, libyaml, libxml2 and libzip are loaded by what needs them alone, and where they are missing the message says so.
loaded() # what the command loaded of four of them
{
    LD_DEBUG=files LD_DEBUG_OUTPUT=$PWD/debug "$@" >out 2>err
    cat debug.* | grep -oE 'lib(LLVM|sbml|yaml|zip)' | sort -u | tr '\n' ' '
    rm debug.*
}

cat >n.crnl <<'EOF'
network n { species A = 8, B; A + B ->{0.5} 2 B; 2 A -> B; }
experiment main { run n for 1 by ode; print n.A; }
EOF
sed /experiment/d n.crnl >net.crnl
cp n.crnl copy.crnl
for command in "check n.crnl" "fmt copy.crnl" "emit --format net net.crnl" "doctor n.crnl" "print --stage plan n.crnl" \
    "explain E0805" "run n.crnl --engine interpret" "run n.crnl" "doc n.crnl -o doc.md"; do
    [ "$(loaded "$CRNLC" $command)" = "" ]
done
[ "$(loaded "$CRNLC" run n.crnl --engine jit)" = "libLLVM " ]
[ "$(loaded "$CRNLC" run n.crnl --compile-after 10)" = "libLLVM " ]
[ "$(loaded "$CRNLC" print --stage asm n.crnl)" = "libLLVM " ]
cat >npz.crnl <<EOF
model clf = relu[2, 8, 3] { weights = binary; }
model fixed = clf from "$SRC/examples/points.npz";
experiment main { print fixed([1, 2]); }
EOF
[ "$(loaded "$CRNLC" check npz.crnl)" = "libzip " ]
if [ "$SBML" = yes ]; then
    [ "$(loaded "$CRNLC" emit --format sbml net.crnl -o n.xml)" = "libsbml " ]
    [ "$(loaded "$CRNLC" check n.xml)" = "libsbml " ]
fi
echo '[]' >p.yaml
with_yaml=yes
"$CRNLC" fit p.yaml 2>&1 | grep -q 'built without YAML' && with_yaml=no
if [ $with_yaml = yes ]; then
    [ "$(loaded "$CRNLC" fit p.yaml)" = "libyaml " ]
fi
echo '<x/>' >x.sedml # libsbml needs libxml2 too
with_xml2=yes
"$CRNLC" check x.sedml 2>&1 | grep -q 'built without SED-ML' && with_xml2=no

if [ "$SANITIZED" = yes ]; then
    echo "the rest preloads a library, which sanitizers do not allow"
    exit 0
fi
# A loader that does not find them.
cat >loader.c <<'EOF'
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <string.h>

void *dlopen(const char *file, int mode)
{
    void *(*open)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    const char *missing = file && (strstr(file, "LLVM") || strstr(file, "sbml") || strstr(file, "yaml") || strstr(file, "xml2") || strstr(file, "zip")) ? "missing.so" : file;
    return open(missing, mode);
}
EOF
${CC:-cc} -shared -fPIC -O1 -o loader.so loader.c
without() # command...: ends with 1 and one message
{
    status=0
    LD_PRELOAD=$PWD/loader.so "$CRNLC" "$@" >out 2>err || status=$?
    [ $status = 1 ] && [ ! -s out ] && [ "$(grep -c error err)" = 1 ]
}

for command in "run n.crnl --engine jit" "build n.crnl -o n" "print --stage llvm n.crnl"; do
    without $command
    grep -qF 'error[E0805]: code generation needs LLVM, which cannot be loaded: missing.so: ' err
    grep -q 'help: install it (Debian: libllvm19)' err
done
[ ! -e n ]
if [ "$SBML" = yes ]; then
    for command in "check n.xml" "emit --format sbml net.crnl"; do
        without $command
        grep -qF 'error[E0805]: SBML needs libsbml, which cannot be loaded: missing.so: ' err
    done
fi
if [ $with_yaml = yes ]; then
    without fit p.yaml
    grep -qF 'error[E0805]: YAML needs libyaml, which cannot be loaded: missing.so: ' err
fi
if [ $with_xml2 = yes ]; then
    without check x.sedml
    grep -qF 'error[E0805]: SED-ML needs libxml2, which cannot be loaded: missing.so: ' err
fi
without check npz.crnl
grep -q 'error.E0811.: cannot read `.*points.npz`: libzip cannot be loaded: missing.so: ' err
grep -q 'help: install it (Debian: libzip4)' err
LD_PRELOAD=$PWD/loader.so "$CRNLC" run n.crnl --engine interpret >out
"$CRNLC" run n.crnl | cmp - out
# Where it is missing only when the networks would be worth it, the run goes on.
LD_PRELOAD=$PWD/loader.so "$CRNLC" run n.crnl --compile-after 10 >out 2>err
"$CRNLC" run n.crnl | cmp - out
grep -qx 'warning: the networks are not compiled, which makes them slower: code generation needs LLVM, which cannot be loaded: missing.so: .*' err
[ "$(wc -l <err)" = 1 ]
# Inside of another program nothing is printed: it is among the messages of the run, and Python warns.
if "$PYTHON" -c 'import numpy' 2>/dev/null; then
    cat >slow.py <<'END'
import warnings

import crnl

net = crnl.compile("network n { species X; 0 ->{1000} X; X -> 0; }")["n"]
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    assert net.run(300, by="ssa", courses=False, seed=1).final("time") == 300
text = "warning: the networks are not compiled, which makes them slower: code generation needs LLVM"
assert len(told) == 1 and told[0].category is RuntimeWarning and str(told[0].message).startswith(text), told
END
    LD_PRELOAD=$PWD/loader.so "$PYTHON" slow.py 2>err || { cat err; exit 1; }
    [ ! -s err ] || { cat err; exit 1; }
fi
