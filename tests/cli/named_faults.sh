#!/bin/bash
# What is found only when the program or its files are read says what to do.
cat >f.crnl <<'END'
network n { species A = 3; A -> 0; }
data d = csv("d.csv", label = "class");
model m = relu[3, 8, 2] { weights = binary; }
model k = relu[4, 8, 2] { weights = binary; }
experiment shapes { learn m from d by binary_connect(epochs = 1); }
experiment absent { load k from "gone.npz"; }
experiment beyond { let a = [i in 0..3 : i * uniform(0, 1)]; run n for 1; let j = floor(n.A + 3); print a[j]; }
experiment curves { record x = 1; record x = 2; record y = 3; plot x vs y -> "a.svg"; }
END
printf 'a,b,c,d,class\n1,2,3,4,0\n4,3,2,1,1\n' >d.csv
says() { # place, pattern, arguments: the run fails there and says this
    local place=$1 pattern=$2
    shift 2
    ! "$CRNLC" run "$@" 2>err || { echo "$* succeeds"; exit 1; }
    grep -q "^$place" err && grep -q -- "$pattern" err || { cat err; exit 1; }
}
says f.crnl:5:34: 'the first size of `m` is the number of inputs, here 4' f.crnl --experiment shapes
says f.crnl:6:21: 'it is sought in the current folder .*`save k to "gone.npz";` writes it' f.crnl --experiment absent
says f.crnl:7:107: 'the last of 3 elements is \[2\]' f.crnl --experiment beyond
says f.crnl:8:63: 'two courses of one length; these have 2 and 1 rows' f.crnl --experiment curves
says crnlc: 'a program, NAME.crnl, reads it: `data d = csv("d.csv"' d.csv
says f.crnl: 'a number of seeds from 1 on' f.crnl --seeds 0
says crnlc: 'there is no experiment' f.crnl --experiment mian

# Weights as other tools store them, units by inputs.
printf '{"w": [[[1, 2, 3, 4]], [[1]]], "b": [[0], [0, 0]]}' >t.json
printf 'model m = relu[4, 1, 2] { weights = real; }\nexperiment main { load m from "t.json"; print m([1, 2, 3, 4]); }\n' >t.crnl
says t.crnl:2:19 'transpose it: the first index is the input' t.crnl
! "$CRNLC" build f.crnl prog 2>err || exit 1
grep -q 'stands behind -o: -o prog$' err || { cat err; exit 1; }
