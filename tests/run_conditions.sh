#!/bin/bash
# The side conditions of a pass: run_conditions.sh FILE.net. The network of the file satisfies all of them; each block at its end
# violates one, and the pass must then leave the network as it is and say why, at the line of the violation.
#
#   ; run: PASS            first line; what must be done to the network follows
#   ; done: TEXT           a remark on the network as it stands; may be repeated
#   network "n" { ... }
#   ; violates: TEXT       'not done' with this text, or an error or a warning, at the line of the first + below
#   ; violates-at LINE: TEXT     the same, at the first line of the network that contains LINE
#   ; but: PASSES          optional: what is left is that of PASSES on the network, for a pass that does something else
#   ; - LINE               this line goes (blanks at its start do not count),
#   ; + LINE               this one comes in its place, or before the first symbol
#   ; options: ...         of crnlc; in the block of a violation: there alone
. "$SRC/tests/run_lib.sh"
file=$1
pass_name=$(sed -n '1s/^; *run: *//p' "$SRC/$file")
sed '/^; violates/,$d' "$SRC/$file" >"$TMP/base.net"
: >"$TMP/wrong"

# optimise FILE PASSES OPTIONS...: the network to FILE.out, messages to FILE.err
optimise()
{
    local input=$1 passes=$2
    shift 2
    run_in "$TMP" "$CRNLC" opt --remarks --verify-passes "--passes=$passes" "$@" "$input"
    local status=$?
    mv "$TMP/stdout" "$TMP/$input.out"
    mv "$TMP/stderr" "$TMP/$input.err"
    [ -z "$broken" ] || echo "$input: $broken" >>"$TMP/wrong"
    return $status
}

optimise base.net "$pass_name" $(sed -n 's/^; options: *//p' "$TMP/base.net") || { echo "the network as it stands:"; cat "$TMP/base.net.err"; } >>"$TMP/wrong"
sed -n 's/^; done: *//p' "$TMP/base.net" | while IFS= read -r text; do
    grep -qF -- "$pass_name: done: $text" "$TMP/base.net.err" || echo "not done: $text"
done >>"$TMP/wrong"
grep -q '^; done:' "$TMP/base.net" || echo "a line '; done: TEXT' is missing" >>"$TMP/wrong"

# Blocks, a file each: N.text, N.at, N.but, N.options and the network N.net.
awk -v out="$TMP/" '
    function trim(s) { sub(/^ +/, "", s); return s }
    function flush(    i, k, put, name) {
        if (!block) return
        name = out block ".net"
        for (i = 1; i <= n; i++) {
            if (trim(base[i]) in gone) {
                delete gone[trim(base[i])]
                for (; put < n_add; ) print_line(name, "  " add[++put])
                continue
            }
            if (!put && !n_gone && n_add && (base[i] ~ /^ *(symbol|observe|event|assume)/ || base[i] ~ /^}/))
                for (; put < n_add; ) print_line(name, "  " add[++put])
            print_line(name, base[i])
        }
        for (k in gone) print "no line to take away: " k >(out "missing")
        print text >(out block ".text"); print but >(out block ".but"); print options >(out block ".options")
        if (at != "") { for (i = 1; i <= lines; i++) if (index(printed[i], at)) { line = i; break } }
        else for (i = 1; i <= lines; i++) if (trim(printed[i]) == add[1]) { line = i; break }
        print line + 0 >(out block ".line")
        close(name)
    }
    function print_line(name, s) { print s >name; printed[++lines] = s }
    function start() { flush(); block++; n_add = n_gone = lines = line = 0; but = at = options = ""; split("", gone); split("", add) }
    /^; violates: / { start(); text = substr($0, 13); next }
    /^; violates-at / { start(); i = index($0, ": "); at = substr($0, 15, i - 15); text = substr($0, i + 2); next }
    block && /^; but: / { but = substr($0, 8); next }
    block && /^; options: / { options = substr($0, 12); next }
    block && /^; - / { gone[trim(substr($0, 5))]; n_gone++; next }
    block && /^; \+ / { add[++n_add] = trim(substr($0, 5)); next }
    block && NF { print "line " NR " is not understood: " $0 >(out "missing") }
    !block { base[++n] = $0 }
    END { flush() }
' "$SRC/$file"
cat "$TMP/missing" >>"$TMP/wrong" 2>/dev/null
count=0
for network in "$TMP"/[0-9]*.net; do
    [ -f "$network" ] || continue
    name=$(basename "$network" .net)
    text=$(cat "$TMP/$name.text")
    count=$((count + 1))
    optimise "$name.net" "$(cat "$TMP/$name.but")" $(cat "$TMP/$name.options")
    mv "$TMP/$name.net.out" "$TMP/$name.left"
    optimise "$name.net" "$pass_name" $(cat "$TMP/$name.options")
    status=$?
    line=$(cat "$TMP/$name.line")
    if ! grep -F -- "$text" "$TMP/$name.net.err" | grep -qE "^$name.net:$line:[0-9]+: "; then
        { echo "not said of line $line: $text"; cat "$TMP/$name.net.err"; } >>"$TMP/wrong"
    elif [ $status = 0 ] && ! cmp -s "$TMP/$name.left" "$TMP/$name.net.out"; then
        { echo "not left as it is: $text"; diff "$TMP/$name.left" "$TMP/$name.net.out"; } >>"$TMP/wrong"
    fi
done
if [ -s "$TMP/wrong" ] || [ $count = 0 ]; then
    { cat "$TMP/wrong"; [ $count != 0 ] || echo "no line '; violates: TEXT'"; } | fail "$file"
else
    pass $((count + 1))
fi
