#!/bin/bash
# Neural models at the size of MNIST: an epoch of training next to its bare matrix products, limits, one run by ODE, lowering and
# reduction. Images are drawn, weights are those of one step: only the sizes matter here.
. "$(dirname "$0")/lib.bash"
machine

# 50,000 images of 196 numbers as IDX: dark but for a fifth of the pixels.
awk 'BEGIN { srand(1); printf "\\x00\\x00\\x08\\x02\\x00\\x00\\xc3\\x50\\x00\\x00\\x00\\xc4" }' | xargs -0 printf '%b' >"$WORK/x.idx"
head -c 9800000 /dev/urandom >>"$WORK/x.idx"
printf '\x00\x00\x08\x01\x00\x00\xc3\x50' >"$WORK/y.idx"
head -c 50000 /dev/zero >>"$WORK/y.idx"
cat >"$WORK/net.crnl" <<END
data d = idx("x.idx", "y.idx", scale = 1 / 255, center = true);
model net = relu[196, 512, 512, 10];
param epochs = 1;
experiment train {
  learn net from d by binary_connect(epochs = epochs, batch = 100, gain = [2, 1.4, 1], optimizer = adam(lr = 1e-4));
  save net to "net.npz";
}
model fixed = net from "net.npz";
network chem = lower fixed to rate_independent;
network small = optimize chem by (unimolecular, dual_rail);
experiment reactions { print count_reactions(chem), count_reactions(small); }
experiment one { print limit(small, d[0].input); }
experiment limits { for i in 0..1000 { let y = limit(small, d[i].input); assert y[0] < 1e300; } }
param runs = 1;
experiment ode {
  let i = 0;
  while i < runs { run small with x = d[i].input for 50 by ode(rtol = 1e-6); i += 1; }
}
END
# The products of an epoch: 500 batches, three a layer but for the first, which has no layer below.
cat >"$WORK/products.c" <<'END'
#include <cblas.h>
#include <stdlib.h>
int main(void)
{
    static const int width[] = {196, 512, 512, 10};
    float *x = calloc(100 * 512, 4), *y = calloc(100 * 512, 4), *w = calloc(512 * 512, 4);
    openblas_set_num_threads(1);
    for (int batch = 0; batch < 500; batch++)
        for (int l = 0; l < 3; l++) {
            int n = width[l], m = width[l + 1];
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 100, m, n, 1, x, n, w, m, 0, y, m);
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, m, 100, 1, x, n, y, m, 0, w, m);
            if (l > 0) cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, 100, n, m, 1, y, m, w, m, 0, x, n);
        }
    return y[0] != 0;
}
END
cc -O2 "$WORK/products.c" -o "$WORK/products" -lopenblas
cd "$WORK"
run() # EXPERIMENT OPTIONS...
{
    cpu_seconds "$CRNLC" run net.crnl --experiment "$@"
}
run train >/dev/null
for i in 1 2 3; do
    cpu_seconds ./products >>products.s
    run train --set epochs=1 >>epoch1
    run train --set epochs=3 >>epoch3
    run reactions >>lowering
    run one >>limit
    run limits >>limits
    run ode >>ode
    run ode --set runs=5 >>odes
done
products=$(median <products.s)
# Two epochs, each with its validation on the 50,000 rows: a third of a forward and backward turn more.
epoch=$(awk -v a="$(median <epoch1)" -v b="$(median <epoch3)" 'BEGIN { print (b - a) / 2 }')
row "epoch of 50,000 images with validation on all of them" "$epoch" 5.55 s
row "the same, over 4/3 of its bare products" "$epoch" "$(awk -v p="$products" 'BEGIN { print p * 4 / 3 }')" s
row "lowering and reduction, 4488 to 1416 reactions" "$(median <lowering)" 2 s
row "10,000 limits" "$(awk -v a="$(median <limit)" -v b="$(median <limits)" 'BEGIN { print (b - a) * 10000 / 999 }')" 60 s
row "one run by ODE to t = 50" "$(awk -v a="$(median <ode)" -v b="$(median <odes)" 'BEGIN { print (b - a) / 4 }')" 2 s
row "the same with compiling" "$(median <ode)" 2 s
/usr/bin/time -f %M "$CRNLC" run net.crnl --experiment reactions 2>memory >/dev/null
row "memory of lowering and reduction" "$(awk '{ print $1 / 1024 }' memory)" 1024 MiB
