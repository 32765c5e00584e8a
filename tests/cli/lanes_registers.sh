# Code for runs in lockstep keeps what it computes in registers: of a step of the toggle switch little goes to the stack, in whole lines of
# the cache. (With the sums of both vectors kept until reactions are selected there were 63 stores.)
cat >toggle.crnl <<'X'
network toggle {
  species G[2] = 1, T[2], Q[2], C[2];
  for i in 0..2 {
    const j = 1 - i;
    G[i] ->{5} G[i] + T[i]; T[i] ->{1.25} T[i] + Q[i]; G[i] + 2 Q[j] <->{0.01, 0.2} C[i];
    C[i] ->{0.05} C[i] + T[i]; T[i] ->{0.5} 0; Q[i] ->{0.5} 0;
  }
}
experiment e { run toggle for 5 by ssa(runs = 16); }
X
"$CRNLC" build --emit asm toggle.crnl -o toggle.s
sed -n '/^net0_ssa_lanes_avx512:/,/cfi_endproc\|^\.Lfunc_end/p' toggle.s >lanes.s
if [ ! -s lanes.s ]; then echo "no code for AVX-512 on this kind of machine"; exit 0; fi
grep -q 'andq[[:space:]]*\$-64, %rsp' lanes.s || { echo "the stack is not aligned"; exit 1; }
stores=$(grep -c '%zmm[0-9]*, [0-9]*(%[rs][sb]p)$' lanes.s)
[ "$stores" -le 48 ] || { echo "$stores vectors are stored on the stack"; exit 1; }
