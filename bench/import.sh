#!/bin/bash
# Import of a reaction network of BioNetGen with 58,276 reactions: read, checked and built (crnlc check, its warnings of passes included).
. "$(dirname "$0")/lib.bash"
machine
packed=${REFERENCE:-$SRC/../shared/data/net}/fceri_gamma2_no_obs.net.gz
if [ ! -f "$packed" ]; then
    echo "no $packed (set REFERENCE)"
    exit
fi
gunzip -c "$packed" >"$WORK/fceri.net"
for i in 1 2 3 4 5; do
    "$CRNLC" check --time "$WORK/fceri.net" 2>&1 | awk '/^front end/ { print $3 / 1000 }' >>"$WORK/import"
done
row "import of 58,276 reactions, 3,744 species" "$(median <"$WORK/import")" 0.5 s
