# crnlc run --json: what the program says while it runs is in the JSON, after what the compiler says, with its place.
cat >a.crnl <<'END'
network decay(k = 1) { species A = 10, unused; A ->{k} 0; }
network toggle { species A = 1, B = 1; 0 =>{8 / (1 + B^2)} A; 0 =>{8 / (1 + A^2)} B; A -> 0; B -> 0; }
experiment main {
  for i in 0..3 { run toggle with A = 1, B = 1 to steady; }
  run decay for 20;
  print "stdout", decay.A > 1;
  assert decay.A > 5, "too \"small\"";
}
END
"$CRNLC" run --json a.crnl >out 2>err && exit 1
cat err
grep -qx 'stdout false' out
python3 - <<'END'
import json
said = json.load(open("err"))
def places(code, severity):
    return [(x["line"], x["column"]) for x in said if x["code"] == code and x["severity"] == severity]
assert places("W0402", "warning") == [(1, 40)], said
error = said[-1]
assert (error["code"], error["severity"], error["line"], error["column"], error["end_line"]) == ("E0901", "error", 7, 3, 7), error
assert error["file"] == "a.crnl" and error["message"] == 'assertion failed: too "small"', error
assert error["notes"] == [{"message": "decay.A > 5"}], error
unstable = [x for x in said if "unstable" in x["message"]]
assert [x["line"] for x in unstable] == [4] and unstable[0]["severity"] == "warning", said
assert [x["line"] for x in said if x["message"] == "that warning was given 3 times"] == [4], said
END
# What goes on, and what is told of rows.
cat >b.crnl <<'END'
network grow { species A = 1; A ->{1} 2 A; }
experiment main { run grow over x in [0.5, 2] with A = x until A < 1; run grow to steady; run grow for 1; print grow.A; }
END
"$CRNLC" run --json --keep-going b.crnl >out 2>err && exit 1
python3 - <<'END'
import json
said = json.load(open("err"))
assert [x["code"] for x in said if x["severity"] == "error"] == ["E0921", "E0910"], said
assert all(x["line"] == 2 and x["column"] == 19 or x["column"] > 19 for x in said), said
assert any("the program goes on" in n["message"] for n in said[1]["notes"]), said
END
# Without errors there is an empty list; without --json all is text.
echo 'network a { species A = 1; A -> 0; } experiment main { run a for 1; }' >c.crnl
[ "$("$CRNLC" run --json c.crnl 2>&1)" = '[]' ]
"$CRNLC" run a.crnl 2>&1 | grep -q '^a.crnl:7:3: error\[E0901\]: assertion failed: too "small"$'
"$CRNLC" run a.crnl 2>&1 | grep -c unstable | grep -qx 1
