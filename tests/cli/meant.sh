# 'did you mean' offers what may stand at the place: no network for a value, no value for a network.
cat >a.crnl <<'END'
network other { species C = 1; C -> 0; }
network net { param rate = 1; species A = 1, B; A ->{rat} B; }
experiment main {
  let nat = 1;
  let x = met;
  run nut for 1;
  print profile(other), nets.B;
}
END
"$CRNLC" check a.crnl 2>messages && exit 1
expected="a.crnl:2:54: did you mean 'rate'?
a.crnl:5:11: declare it: \`let met = ...;\`
a.crnl:6:7: did you mean 'net'?
a.crnl:7:17: read one of its amounts or outputs: other.NAME
a.crnl:7:25: did you mean 'net'?"
got=$(awk '/error\[/ { if (place) print place ": " help; sub(/ error.*/, ""); sub(/:$/, ""); place = $0; help = "none" }
    /help:/ { sub(/.*help: /, ""); help = $0 } END { print place ": " help }' messages)
[ "$got" = "$expected" ] || { cat messages; echo "$got"; exit 1; }
