#!/bin/bash
# Cases of the stochastic suite of SBML (DSMTS) by `cme`: every mean and standard deviation that is published, at 50 times, to 0.55 of
# its last printed digit, which is its rounding (one number, of 00031, is off by 0.547). Without arguments the dimerisations, which are
# finite: 00030, 00031, 00034, 00035, 00036, as 00030 in other words; and of the others those whose published numbers have all
# the digits that they print: 00022 (immigration and death), 00037, 00038 (batches of immigrants). Works in the current folder;
# CRNLC is the compiler, REFERENCE the folder of the suite; exit status 77 when it is not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/reference.bash"
reference sbml/stochastic "suite is"
for id in ${@:-00030 00031 00034 00035 00036 00022 00037 00038}; do
    cat >"$id.crnl" <<END
network imported = import "$reference/$id/$id-sbml-l3v1.xml";
experiment main { run imported for 50 every 1 by cme(summary = true) -> "$id.csv"; }
END
    "$CRNLC" run "$id.crnl" --out-dir . >"$id.log" 2>&1 || { cat "$id.log"; exit 1; }
    tr -d '"\r' <"$reference/$id/$id-results.csv" | awk -F, -v id="$id" -v law="$id.csv" '
        FNR == 1 { getline line <law; m = split(line, c, ","); for (i = 1; i <= m; i++) place[c[i]] = i
                   for (i = 1; i <= NF; i++) { title[i] = $i; sub(/-/, "_", title[i]) }; next }
        NF < 2 { next }
        { if ((getline line <law) <= 0) { print id ": too few rows"; bad++; exit }
          split(line, c, ",")
          for (i = 2; i <= NF; i++) {
              digits = $i ~ /\./ ? length($i) - index($i, ".") : 0
              off = ($i - c[place[title[i]]]) * 10 ^ digits; off = off < 0 ? -off : off
              worst = off > worst ? off : worst; n++
              if (!(off <= 0.55)) { print id " " title[i] " at " $1 ": " c[place[title[i]]] ", published " $i; bad++ }
          } }
        END { print id ": " n + 0 " numbers, the worst off by " worst " of its last digit"; exit bad > 0 || n < 100 }'
done
