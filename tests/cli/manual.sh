# The man page names every command and option and is clean for groff; completion in bash.
"$CRNLC" --man >crnlc.1
for command in $(sed -n 's/^COMMAND([A-Z_]*, "\([a-z]*\)".*/\1/p' "$SRC/driver/commands.def"); do
    grep -q "^.SS crnlc $command " crnlc.1
done
for option in $(sed -n 's/^OPTION([A-Z_]*, "\([a-z-]*\)".*/\1/p; s/^PROGRAM_OPTION("\([a-z-]*\)".*/\1/p' "$SRC/driver/options.def" "$SRC/runtime/crnl_option.def" | grep -vx level); do
    grep -qF -- "\\-\\-$(echo "$option" | sed 's/-/\\-/g')" crnlc.1 || { echo "no --$option in the man page"; exit 1; }
done
if command -v groff >/dev/null; then
    groff -man -Tutf8 -ww -rLL=78n crnlc.1 >page 2>complaints
    [ ! -s complaints ] || { cat complaints; exit 1; }
    grep -q 'crnlc doctor' page
fi

"$CRNLC" --completion >completion
bash -n completion
touch a.crnl b.net c.txt
mkdir folder
complete_with() # words...: what is offered for the last one
{
    bash -c '. ./completion; shopt -u extglob; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _crnlc; echo "${COMPREPLY[*]}"' - "$@"
}
offers() # expected words...
{
    local expected=$1 got
    shift
    got=$(complete_with "$@")
    [ "$got" = "$expected" ] || { echo "$*: '$got', not '$expected'"; exit 1; }
}
offers 'explain' crnlc expl
offers 'a.crnl' crnlc a.
offers 'doctor doc' crnlc doc
offers 'exe' crnlc build a.crnl --emit ex
offers 'exe' crnlc build a.crnl --emit = ex
offers 'interpret' crnlc run --engine i
offers '--network' crnlc check --netw
offers '' crnlc fmt --netw
offers '--seed --seeds' crnlc a.crnl --see
offers 'E0201' crnlc explain e0201
offers 'a.crnl' crnlc diff a
offers 'b.net' crnlc diff b
offers '' crnlc diff c.
offers 'folder' crnlc run --stdlib f
offers 'sbml' crnlc emit --format sb
offers 'markdown' crnlc doc --format m
