# Runs of an ensemble in lockstep give the bytes of runs one by one, whatever ends them: times, events, rows, networks in which nothing can
# fire any more, burn-in, limits, choices of another kernel. A kernel that is named takes them one by one.
cat >x.crnl <<'X'
network bd { species X = 30; 0 ->{30} X; X -> 0; }
network lv { species A = 80, B = 60; A -> 2 A; A + B ->{0.02} 2 B; B ->{0.8} 0; }
network dimer { species P = 100, D; 2 P <->{0.002, 0.04} D; }
network toggle {
  species G[2] = 1, T[2], Q[2], C[2];
  for i in 0..2 {
    const j = 1 - i;
    G[i] ->{5} G[i] + T[i];
    T[i] ->{1.25} T[i] + Q[i];
    G[i] + 2 Q[j] <->{0.01, 0.2} C[i];
    C[i] ->{0.05} C[i] + T[i];
    T[i] ->{0.5} 0;
    Q[i] ->{0.5} 0;
  }
}
network decay { species A = 7, B; A + B -> B; A ->{0.3} B; }
network quick { species A = 50; A ->{1e-200} 0; A -> A + A; 2 A ->{0.05} A; }
experiment e {
  run bd for 7 by ssa(KERNEL runs = 100);
  print("{run_mean(bd.X):.17g} {run_var(bd.X):.17g} {run_quantile(bd.X, 0.3)}");
  run bd after 3 for 0 events by ssa(KERNEL runs = 30);
  print("{run_mean(bd.X):.17g}");
  run bd after 300 events for 77 events every 0.25 by ssa(KERNEL runs = 37) -> "bd.csv";
  print("{run_mean(bd.X):.17g} {run_var(bd.X):.17g}");
  run lv for 12 every 0.5 by ssa(KERNEL runs = 61, volume = 2) -> "lv.csv";
  print("{run_mean(lv.A):.17g} {run_var(lv.B):.17g}");
  run lv for 6 every 0.5 by ssa(KERNEL runs = 20, summary = true) -> "summary.csv";
  run dimer for 30000 events by ssa(KERNEL runs = 9);
  print("{run_mean(dimer.P):.17g} {run_var(dimer.D):.17g}");
  run toggle after 5 for 40 by ssa(KERNEL runs = 50);
  print("{run_mean(toggle.T[0]):.17g} {run_var(toggle.Q[1]):.17g}");
  run decay for 9 by ssa(KERNEL runs = 64);
  print("{run_mean(decay.A):.17g} {run_var(decay.B):.17g}");
  run quick with clamp A = 3 for 3 by ssa(KERNEL runs = 16);
  run quick for 3 by ssa(KERNEL runs = 16);
  print("{run_mean(quick.A):.17g}");
  run bd for 20 by ssa(KERNEL runs = 40);
  print("{time_mean(bd.X):.17g}");
}
X
sed 's/KERNEL//' x.crnl >lockstep.crnl
sed 's/KERNEL/kernel = unrolled, /' x.crnl >alone.crnl
"$CRNLC" run --threads 1 --out-dir alone alone.crnl >alone.out || { cat alone.out; exit 1; }
[ "$(sort -u alone.out | wc -l)" = 9 ] || { cat alone.out; exit 1; }
for options in '--threads 1' '--threads 2' '--threads 3'; do
    rm -rf out
    # shellcheck disable=SC2086 # a list of options
    "$CRNLC" run $options --out-dir out lockstep.crnl >out.out
    diff alone.out out.out && diff -r alone out || { echo "$options"; exit 1; }
done
"$CRNLC" run --engine interpret --out-dir out lockstep.crnl >out.out
diff alone.out out.out && diff -r alone out || exit 1
"$CRNLC" build lockstep.crnl -o program && ./program --out-dir out --threads 2 >out.out
diff alone.out out.out && diff -r alone out || exit 1

# What ends with an error says what the first run says.
fails() # network, statement
{
    for kernel in '' 'kernel = unrolled, '; do
        echo "$1 experiment e { run net $2 by ssa(${kernel}runs = 40); print(run_mean(net.A)); }" >bad.crnl
        "$CRNLC" run "${@:3}" bad.crnl >bad.out 2>&1 && { cat bad.out; exit 1; }
        sed 's/bad.crnl:[0-9:]*//; /| /d; / ^/d' bad.out >"said${kernel:0:1}"
    done
    diff said saidk || exit 1
    grep -q error said
}
fails 'network net { species A = 5; A -> 0; }' 'for 50 events'
fails 'network net { species A = 5; A -> 2 A; }' 'for 1e9' --max-events 20000
fails 'network net { species A = 5; A ->{1e308} 2 A; }' 'for 1e9'
fails 'network net { species A = 1000; A ->{1e306} 2 A; 2 A ->{1e303} A; }' 'for 1'
