# The IRIS network of paper 002, 40 reactions: the witnesses of unimolecular and dual_rail are accepted on the way to 16, the second
# methods agree, and the reduced network is shown to have the same limit.
DATA=${DATA:-$SRC/../shared/data}
if [ ! -d "$DATA/relu" ]; then
    echo "no data in $DATA"
    exit 77
fi
cat >iris.crnl <<'EOF'
model m = relu[4, 8, 3];
model iris = m from "relu/iris-4-8-3.json";
network chemistry = lower iris to rate_independent;
network reduced = optimize chemistry by (unimolecular, dual_rail);
EOF
"$CRNLC" report iris.crnl:chemistry --data-dir "$DATA" --passes=unimolecular,dual_rail --verify-passes >rows
awk '/^(nothing|unimolecular|dual_rail) / { print $1, $3 }' rows >steps
printf 'nothing 40\nunimolecular 16\ndual_rail 16\n' | cmp - steps
awk '/^unimolecular / { entries = $4 } /^dual_rail / { exit !($4 < entries) }' rows
"$CRNLC" report iris.crnl:chemistry --data-dir "$DATA" --passes=dual_rail,unimolecular,dual_rail --verify-passes | grep -qE '^dual_rail +30 +16 '
"$CRNLC" diff --semantic iris.crnl:chemistry iris.crnl:reduced --data-dir "$DATA" >same
grep -qF 'give their outputs the same limit' same
