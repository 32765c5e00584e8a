# Damage that only reading in full finds: refused with the file and the byte when the program runs.
damaged() # source message
{
    printf 'data d = %s;\nexperiment main { print sum(d[0].input); }\n' "$1" >d.crnl
    status=0
    "$CRNLC" run --data-dir "$SRC/tests/golden/bad" d.crnl >out 2>err || status=$?
    [ $status = 1 ] && [ ! -s out ] && grep -q "^d.crnl:1: error\[E0811\]: .*$2" err && return
    echo "$1: status $status, not '$2':"
    cat err
    exit 1
}
damaged 'idx("data/cut.idx.gz")' 'data/cut.idx.gz: at byte [0-9]*: the file ends here, before what its header promises'
damaged 'idx("data/damaged.idx.gz")' 'data/damaged.idx.gz: at byte [0-9]*: the compressed data is damaged'
damaged 'idx("data/checksum.idx.gz")' 'data/checksum.idx.gz: at byte [0-9]*: the compressed data is damaged'
damaged 'idx("data/nan.idx")' 'data/nan.idx: at byte 16: a value that is not finite'
damaged 'idx("data/long.idx")' 'data/long.idx: at byte 11: more data than the header promises'
damaged 'npz("data/nan.npz", input = "x")' 'data/nan.npz: array `x`, byte 152: a value that is not finite'
damaged 'npz("data/short.npz", input = "x")' 'data/short.npz: array `x`, byte 168: the array ends here'

# What can be read once only, and may keep its reader waiting for ever.
mkfifo pipe.csv pipe.npz
once() # program message
{
    printf '%s\n' "$1" >d.crnl
    status=0
    timeout 60 "$CRNLC" run d.crnl >out 2>err || status=$?
    [ $status = 1 ] && [ ! -s out ] && grep -q "E0811\]: $2: this is a pipe" err && return
    echo "$2: status $status:"
    cat err
    exit 1
}
once 'data d = csv("pipe.csv"); experiment main { print size(d); }' pipe.csv
once 'model m = relu[2, 2] { } experiment main { load m from "pipe.npz"; print m([1, 2]); }' pipe.npz
