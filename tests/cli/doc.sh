# crnlc doc: pages in HTML and Markdown; every link has its target, text is escaped.
cat >d.crnl <<'END'
/// Of the whole file, with `code`.

use std.arithmetic;
/// How fast; a < b & "c".
param speed = 2.5;
/// A & B <b>not bold</b>.
///
/// Second paragraph | with a bar, a_b and `x*y`.
network joined(/// the rate
               k = 3 /s, species S) {
  units time = s;
  /// starts it
  species A = 4;
  A ->{k} S; // goes < away
  minimum(A, S, A);
  helper(A);
  output A;
}
fn square(x) = x * x;
network helper(species X) { X =>{square(speed)} 0; }
END
has() { grep -qF -- "$2" "$1" || { echo "$1 has no: $2"; cat "$1"; exit 1; }; }
"$CRNLC" doc d.crnl std.arithmetic -o d.html
has d.html '<p>Of the whole file, with <code>code</code>.</p>'
has d.html '<p>How fast; a &lt; b &amp; &quot;c&quot;.</p>'
has d.html '<p>A &amp; B &lt;b&gt;not bold&lt;/b&gt;.</p>'
has d.html '<p>Second paragraph'
has d.html '<tr><td>param</td><td><code>k</code></td><td><code>3 /s</code></td><td>the rate</td></tr>'
has d.html '<tr><td>species</td><td><code>A</code></td><td><code>4</code></td><td>starts it</td></tr>'
has d.html '<code>units time = s;</code>'
has d.html '<a href="#std.arithmetic.minimum">minimum</a>('
has d.html '<a href="#d.crnl.helper">helper</a>(A)'
has d.html '<a href="#d.crnl.square">square</a>(<a href="#d.crnl.speed">speed</a>)'
has d.html '<span class="c">// goes &lt; away</span>'
if grep -q 'https\?://' d.html; then exit 1; fi
"$CRNLC" doc std -o std.html
"$CRNLC" doc "$SRC"/examples/*.crnl -o examples.html
for page in d std examples; do
    grep -o 'id="[^"]*"' $page.html | sed 's/^id=//' | sort >ids
    [ -z "$(uniq -d ids)" ]
    grep -o 'href="#[^"]*"' $page.html | sed 's/^href="#/"/' | sort -u >targets
    [ -z "$(comm -13 ids targets)" ]
    # Tags nest: what is opened last is closed first.
    sed 's/<\(meta\|!DOCTYPE\)[^>]*>//g' $page.html | grep -o '<[^>]*>' | awk '
        /^<\// { name = substr($0, 3, length($0) - 3); if (stack[n--] != name) { print "wrong end: " $0; exit 1 }; next }
        { name = $0; sub(/^</, "", name); sub(/[ >].*/, "", name); stack[++n] = name }
        END { exit n != 0 }'
done
for network in copy2 and2 rock_paper_scissors antithetic; do has std.html "<small>network</small>"; has std.html ".$network\""; done
"$CRNLC" doc --format markdown d.crnl >d.md
has d.md 'A & B \<b\>not bold\</b\>.'
has d.md 'a\_b and `x*y`.'
has d.md '| param | `k` | `3 /s` | the rate |'
status=0
"$CRNLC" doc nowhere.crnl >out 2>&1 || status=$?
[ $status = 1 ] && grep -q E0202 out
"$CRNLC" doc std.nothing >out 2>&1 && exit 1
grep -q 'no module' out && grep -q 'help: there are std.arithmetic, ' out
"$CRNLC" doc std.law >out 2>&1 && exit 1
grep -q "help: did you mean 'std.laws'?" out
"$CRNLC" doc d.crnl -o /nowhere/d.html >out 2>&1 && exit 1
grep -q E0801 out
