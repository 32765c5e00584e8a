# What emit writes, import reads to an equal network: texts with all there is; formats that know no outputs or units
# without these, by the values of rates and amounts.
plain() # FILE: the network without what the formats leave out, and SBML's compartment of size 1
{
    "$CRNLC" print --stage network --passes= "$1" |
        sed -E '/^  symbol /d; /^  units /d; /^  volume /d; /^  param compartment = 1$/d
                s#[*/]compartment(\^[0-9]+)?##g; s#= compartment$#= 1#'
}
pairs=0
for source in "$SRC"/examples/*.crnl "$SRC"/examples/import/* "$SRC/tests/diff/laws.crnl" \
    "$SRC/tests/diff/events.crnl" "$SRC/tests/run/import_sbml/rules.xml"; do
    [ -f "$source" ] || continue
    plain "$source" >source.net 2>/dev/null && [ "$(grep -c '^network ' source.net)" = 1 ] || continue
    for format in text:txt sbml:xml net:net nuskell:crn crnsimulator:crn; do
        file=${format%:*}.${format#*:}
        "$CRNLC" emit --format "${format%:*}" "$source" -o "$file" >log 2>&1 || { grep -q 'E082[1-3]' log; continue; }
        case $format in
        text:*) "$CRNLC" diff "$source" "$file" >log 2>&1 ;;
        sbml:*) grep -q '<event ' "$file" && continue; plain "$file" >file.net; "$CRNLC" diff --values source.net file.net >log 2>&1 ;;
        *) plain "$file" >file.net; "$CRNLC" diff --values source.net file.net >log 2>&1 ;;
        esac || { echo "$source by $format:"; cat log; exit 1; }
        pairs=$((pairs + 1))
    done
done
[ $pairs -ge 40 ]
