# What `make install DESTDIR=` lays down works where it lies: the program finds its runtime library.
unset MAKEFLAGS MFLAGS MAKELEVEL
make -s -C "$BUILD" install DESTDIR="$PWD/dest" >/dev/null
crnlc=$(find "$PWD/dest" -type f -path '*/bin/crnlc')
find "$PWD/dest" -path '*/man1/crnlc.1' | xargs grep -q 'crnlc doctor'
find "$PWD/dest" -path '*/bash-completion/completions/crnlc' | xargs grep -q '_crnlc'
cat >decay.crnl <<'END'
network decay(k = 1) {
  species A = 100;
  A ->{k} 0;
}

experiment main {
  run decay for 1 every 0.5 by ssa -> "decay.csv";
}
END
"$crnlc" build decay.crnl -o decay
mkdir out
./decay --seed 1 --out-dir out
test -s out/decay.csv
