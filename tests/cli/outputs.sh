# Output of `crnlc build` that cannot be written or linked. [E0804] is a failure inside LLVM, which no program is known
# to cause; only its page can be tested.
program=$SRC/examples/01_rock_paper_scissors.crnl
refuse() # code command...
{
    local code=$1 status=0
    shift
    "$@" 2>err || status=$?
    [ $status = 1 ] && grep -qF "error$code: " err || { echo "$* gave $status, not $code:"; cat err; exit 1; }
}
refuse '[E0801]' "$CRNLC" build "$program" --emit obj -o nowhere/x.o
refuse '[E0801]' "$CRNLC" build "$program" --emit llvm -o nowhere/x.ll
refuse '[E0801]' "$CRNLC" build "$program" --emit asm -o /dev/full
refuse '[E0802]' env CC=nowhere/cc "$CRNLC" build "$program" -o x
refuse '[E0801]' "$CRNLC" build "$program" -o nowhere/x
refuse '[E0803]' env CC=false "$CRNLC" build "$program" -o x
[ -z "$(ls -A | grep -v '^err$')" ]
"$CRNLC" explain E0804 | grep -q 'code generation failed'
