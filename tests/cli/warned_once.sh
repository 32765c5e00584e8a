# A warning in a loop is given once for its place, and at the end the program says how often it was meant; --verbose gives
# each of them.
cat >loop.crnl <<'END'
network n(k = 1) { species A = 10, B; A ->{k} B; }
experiment main {
  for i in 1..4 {
    set n.k = 1;
    minimize over n.k in 2..3 by levenberg_marquardt { run n for 3 by ode; loss (n.A - 9)^2; }
  }
}
END
warnings() { # OPTION...: how often the same warning is given
    "$CRNLC" run "$@" loop.crnl 2>err >/dev/null
    grep -c '^loop.crnl:5:5: warning: `n.k` is 1, outside its bounds 2..3' err || true
}
[ "$(warnings)" = 1 ]
grep -qx 'loop.crnl:5: note: that warning was given 3 times' err
[ "$(warnings --verbose)" = 3 ]
[ "$(warnings --quiet)" = 0 ]
