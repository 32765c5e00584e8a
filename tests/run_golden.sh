#!/bin/bash
# What `crnlc print --stage` says of a program: run_golden.sh tests/golden/STAGE/X.crnl. With PROMOTE=yes
# writes the expected files instead.
. "$SRC/tests/run_lib.sh"
file=$1
folder=$SRC/$(dirname "$file")
base=$(basename "$file" .crnl)
options=$(options_of "$SRC/$file")

extension_of() # stage
{
    case $1 in
    network) echo net ;;
    llvm) echo ll ;;
    asm) echo s ;;
    *) echo "$1" ;;
    esac
}

show() # stage: fills $TMP/stdout with the text
{
    if [ "$1" = err ]; then
        run_in "$folder" "$CRNLC" check $options "$base.crnl"
        [ -z "$broken" ] && mv "$TMP/stderr" "$TMP/stdout"
    else
        run_in "$folder" "$CRNLC" print --stage "$1" $options "$base.crnl"
    fi
}

own=$(basename "$folder")
seen=no
for stage in ast names program network plan llvm asm err; do
    expected=$folder/$base.$(extension_of $stage)
    if [ ! -f "$expected" ]; then
        [ "${PROMOTE-}" = yes ] && [ $stage = "$own" ] || continue
    fi
    seen=yes
    if [ $stage = asm ] && [ "$(uname -m)" != x86_64 ]; then
        skip "$file $stage" "expected text is for x86_64"
    elif ! show $stage; then
        tell "crnlc print --stage $stage: ${broken:-failed}" | fail "$file $stage"
    elif [ "${PROMOTE-}" = yes ]; then
        cmp -s "$TMP/stdout" "$expected" || cp "$TMP/stdout" "$expected"
        pass
    elif diff -u "$expected" "$TMP/stdout" >"$TMP/diff"; then
        pass
    else
        fail "$file $stage" <"$TMP/diff"
    fi
done
if [ $seen = no ]; then
    echo "no expected text beside it: run 'make promote' and read what it writes" | fail "$file"
fi
