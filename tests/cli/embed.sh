# Networks as shared libraries: the examples in C and Python, two libraries in one program, what is exported, errors.
if [ "$SANITIZED" = yes ]; then
    echo "the runtime is built with sanitizers, which a library loaded by other programs cannot hold"
    exit 77
fi
cc=${CC:-cc}
"$CRNLC" build --emit shared --network toggle "$SRC/examples/02_toggle_switch.crnl" -o libtoggle.so
"$CRNLC" build --emit shared "$SRC/examples/brusselator.crnl" -o libbrusselator.so
for name in toggle brusselator; do
    others=$(nm -D --defined-only lib$name.so | grep -v " T ${name}_" || true)
    [ -z "$others" ] || { echo "lib$name.so exports more than it should: $others"; exit 1; }
done

$cc -std=c11 -Wall -Wextra -Wpedantic -Werror -I. "$SRC/examples/embed/toggle.c" -L. -ltoggle -Wl,-rpath,. -o toggle
./toggle >out
grep -q '^the winner has [0-9.]* molecules on average at time 100$' out
grep -q 'has no `Q\[7\]`; did you mean `Q\[0\]`' out

# The same numbers as a run of crnlc, reached in two steps; parameters, initial amounts, reset.
cat >both.c <<'END'
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "brusselator.h"
#include "toggle.h"
#define CHECK(x) do { if (!(x)) { printf("line %d: %s; %s %s\n", __LINE__, #x, toggle_error(t), brusselator_error(b)); return 1; } } while (0)
int main(void)
{
    struct toggle_sim *t = toggle_create(1), *u = toggle_create(1);
    struct brusselator_sim *b = brusselator_create(0);
    double x, y, z;
    CHECK(!brusselator_set(b, "b", 1.5) && !brusselator_get(b, "b", &x) && x == 1.5);
    CHECK(!brusselator_run(b, 20, "ode") && !brusselator_run(b, 60, NULL) && brusselator_time(b) == 60);
    CHECK(!brusselator_get(b, "X", &x) && fabs(x - 1) < 1e-3 && !brusselator_get(b, "Y", &y) && fabs(y - 1.5) < 1e-3);
    CHECK(!brusselator_reset(b) && brusselator_time(b) == 0 && !brusselator_get(b, "X", &x) && x == 1);
    CHECK(!brusselator_set(b, "X", 4) && !brusselator_get(b, "X", &x) && x == 4);
    CHECK(!brusselator_run(b, 1e-9, "erk") && !brusselator_get(b, "X", &x) && fabs(x - 4) < 1e-6);
    CHECK(!brusselator_set(b, "X", 0.5) && !brusselator_get(b, "X", &x) && x == 0.5);
    CHECK(!toggle_run(t, 50, "ssa") && !toggle_run(u, 50, "ssa"));
    CHECK(!toggle_get(t, "Q[0]", &x) && !toggle_get(u, "Q[0]", &y) && !toggle_get(t, "A", &z) && x == y && x == z);
    CHECK(toggle_get(t, "nothing", &x) && strstr(toggle_error(t), "nothing"));
    CHECK(!toggle_get(t, "A", &x) && toggle_error(t)[0] == '\0');
    CHECK(toggle_set(t, "G[0]", -1) && toggle_run(t, 10, "ssa") && toggle_run(t, 90, "magic"));
    CHECK(!toggle_run(t, 60, "ssa") && toggle_time(t) == 60);
    CHECK(toggle_count(t) == 16 && !strcmp(toggle_name(t, 0), "k_tx") && !toggle_name(t, 16) && !toggle_name(t, -1));
    toggle_destroy(t);
    toggle_destroy(u);
    toggle_destroy(NULL);
    brusselator_destroy(b);
    return 0;
}
END
$cc -std=c11 -Wall -Wextra -Werror -I. both.c -L. -ltoggle -lbrusselator -lm -Wl,-rpath,. -o both
./both

# What is possible is said: names, methods; and what the library needs where it runs.
cat >wrong.c <<'END'
#include <stdio.h>
#include "brusselator.h"
int main(void)
{
    brusselator_sim *sim = brusselator_create(0);
    double x;
    brusselator_get(sim, "nothing", &x);
    puts(brusselator_error(sim));
    brusselator_run(sim, 1, "magic");
    puts(brusselator_error(sim));
    brusselator_destroy(sim);
    return 0;
}
END
$cc -std=c11 -Wall -Wextra -Werror -I. wrong.c -L. -lbrusselator -Wl,-rpath,. -o wrong
./wrong >out
grep -q 'no `nothing`; there are a, b, X, Y$' out
grep -q 'no method `magic` to run to a time; there are auto, bdf, adams, .*ssa' out
"$CRNLC" build --emit shared "$SRC/examples/brusselator.crnl" -o again.so >needs
readelf -d again.so | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^libc\.so\|^libm\.so\|^ld-' >expected
tr -d ' ' <needs | sed 's/.*://' | tr ',' '\n' | cmp - expected

# One network is needed, and the message says so.
cat >two.crnl <<'END'
network one { species A = 1; A -> 0; }
network other { species A = 1; A -> 0; }
experiment main { run one for 1; run other for 1; }
END
if "$CRNLC" build --emit shared two.crnl -o libtwo.so 2>messages; then echo "two networks make one library"; exit 1; fi
grep -q 'error\[E0207\].*uses 2' messages
"$CRNLC" build --emit shared two.crnl --network other -o sub.so
grep -q 'other_create' sub.h

if ! command -v "$PYTHON" >/dev/null; then
    echo "the part in Python was left out: there is no python3"
    exit 0
fi
"$PYTHON" "$SRC/examples/embed/brusselator.py" ./libbrusselator.so >out
[ "$(wc -l <out)" = 11 ]
head -n 1 out | grep -q '^  0   1.0000 \*\*\*\*\*\*\*\*\*\*$'
