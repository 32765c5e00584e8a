# In an empty chroot, where /packages has the three: they are installed, and what the manual says is tried.
export DEBIAN_FRONTEND=noninteractive
apt-get install -q -y --no-install-recommends /packages/*.deb gnuplot-nox gcc libc6-dev pkgconf python3-ipykernel
cd /tmp
cat >a.crnl <<'END'
network decay(k = 1) { species A = 1; A ->{k} 0; }
experiment main { run decay for 1; print decay.A; plot decay: A -> "a.svg"; }
END
crnlc run a.crnl
test -s a.svg
crnlc explain E0201 >/dev/null
python3 -c 'import crnl; assert abs(crnl.load("a.crnl")["decay"].run(1).final("A") - 0.367879) < 1e-4'
cat >b.c <<'END'
#include <crnlc/crnl.h>
int main(void) { return crnlc_abi() != CRNLC_ABI; }
END
gcc b.c $(pkg-config --cflags --libs crnl) -o b
./b
cat >s.crnl <<'END'
network birth { species X; 0 ->{5} X; X -> 0; }
experiment main { run birth for 10 by ssa; print birth.X; }
END
crnlc build s.crnl -o s
test "$(./s --seed 3)" = "$(crnlc run s.crnl --seed 3)"
crnlc jupyter install --prefix /usr/local
test -s /usr/local/share/jupyter/kernels/crnl/kernel.json
test -s /usr/share/crnlc/editors/vim/syntax/crnl.vim
test -s /usr/share/crnlc/stdlib/majority.crnl
echo "the packages work"
