# SBML in, modified, out: crnlc as the first argument, a model of an enzyme in SBML, and the folder for what is written.
crnlc=$1 given=$2 out=$3
cat >"$out/changed.crnl" <<END
network enzyme = import "$(realpath "$given")";
network faster = enzyme(kon = 0.004);
experiment main {
  run enzyme for 10; run faster for 10;
  print "product {enzyme.Product:.3f} and {faster.Product:.3f}";
  assert faster.Product > enzyme.Product;
}
END
"$crnlc" run "$out/changed.crnl"
"$crnlc" emit --format sbml --network faster "$out/changed.crnl" -o "$out/changed.xml"
