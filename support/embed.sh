#!/bin/sh
# Writes a C file with a table of texts: embed.sh HEADER STRUCT TABLE COUNT STRIP SUFFIX FILE...
# The name of an entry is its path without everything up to STRIP/ and without SUFFIX:
# ../stdlib/a/b.crnl with STRIP stdlib and SUFFIX .crnl is "a/b". Texts end with a NUL that `length` does not
# count.
set -eu
export LC_ALL=C
header=$1 struct=$2 table=$3 count=$4 strip=$5 suffix=$6
shift 6

printf '#include "%s"\n' "$header"
n=0
for file in "$@"; do
    printf '\nstatic const unsigned char text_%d[] = {\n' "$n"
    od -An -v -tx1 "$file" | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '0};\n'
    n=$((n + 1))
done
printf '\nconst struct %s %s[] = {\n' "$struct" "$table"
n=0
for file in "$@"; do
    case $file in
    "$strip"/*) name=${file#"$strip"/} ;;
    *) name=${file##*/"$strip"/} ;;
    esac
    printf '    {"%s", (const char *)text_%d, sizeof text_%d - 1},\n' "${name%"$suffix"}" "$n" "$n"
    n=$((n + 1))
done
printf '    {0, 0, 0}};\nconst size_t %s = %d;\n' "$count" "$n"
