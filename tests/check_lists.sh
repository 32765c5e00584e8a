#!/bin/bash
# Compares each block '# files: NAME = GLOBS' ... '# end' of the local.mk files with the files that are there.
# Fails when they differ; with --write, writes the blocks anew. '# stems:' lists names without their .c.
set -eu
export LC_ALL=C
shopt -s nullglob
cd "$(dirname "$0")/.."
write=no
if [ "${1-}" = --write ]; then
    write=yes
fi

renew() # local.mk: prints what it should be
{
    local line kind name globs glob file inside=no
    local -a found
    while IFS= read -r line; do
        case $line in
        '# files: '*' = '* | '# stems: '*' = '*)
            kind=${line#\# } kind=${kind%%:*}
            name=${line#*: } name=${name%% = *}
            globs=${line#* = }
            printf '%s\n' "$line"
            found=()
            for glob in $globs; do
                for file in $glob; do
                    if [ -f "$file" ]; then
                        if [ "$kind" = stems ]; then
                            file=${file%.c}
                        fi
                        found+=("$file")
                    fi
                done
            done
            printf '%s =' "$name"
            if [ ${#found[@]} -gt 0 ]; then
                printf '%s\n' "${found[@]}" | sort -u | awk '{ printf " \\\n  %s", $0 }'
            fi
            printf '\n'
            inside=yes
            ;;
        '# end')
            printf '%s\n' "$line"
            inside=no
            ;;
        *)
            if [ $inside = no ]; then
                printf '%s\n' "$line"
            fi
            ;;
        esac
    done <"$1"
}

status=0
new=$(mktemp)
trap 'rm -f "$new"' EXIT
for list in */local.mk; do
    renew "$list" >"$new"
    if cmp -s "$new" "$list"; then
        continue
    fi
    if [ $write = yes ]; then
        cat "$new" >"$list"
        echo "$list: list of files written"
    else
        echo "$list differs from the files in the tree; run 'make sources'"
        diff "$list" "$new" || true
        status=1
    fi
done
exit $status
