# Every network of the examples in every format: what is written passes the checker of its format and holds the same
# reactions as the canonical list, or the format says by name what it cannot hold.
accept() # format, file: its reactions on standard output
{
    local checker=$1
    case $checker in
    nuskell | crnsimulator) checker=crn ;;
    esac
    awk -f "$SRC/tests/accept/$checker.awk" -f "$SRC/tests/accept/common.awk" "$2"
}
emit() # arguments...: to `out`; fails with a message unless it is written, or refused for a reason of the format
{
    local status=0
    "$CRNLC" emit "$@" >out 2>err || status=$?
    if [ $status != 0 ] && ! { [ $status = 1 ] && [ ! -s out ] && grep -q 'error\[E0821\]' err; }; then
        echo "crnlc emit $*: status $status"
        cat err
        exit 1
    fi
    return $status
}

formats=$("$CRNLC" emit --help | sed -n '/^Formats:/,$s/^  \([a-z]*\) .*/\1/p')
[ "$(echo "$formats" | wc -w)" -ge 14 ]
written=0
for file in "$SRC"/examples/*.crnl; do
    for network in $(sed -n 's/^network \([A-Za-z_0-9]*\).*/\1/p' "$file"); do
        # Networks that take others as arguments stand for nothing alone.
        "$CRNLC" check --network "$network" "$file" >check 2>&1 || continue
        emit --network "$network" --format text "$file" || continue
        accept text out >want
        for format in $formats; do
            emit --network "$network" --format "$format" "$file" || continue
            written=$((written + 1))
            [ -s out ]
            [ "$(tail -c 1 out | od -An -c | tr -d ' ')" = '\n' ]
            case $format in
            latex) accept latex out ;;
            dot)
                command -v dot >/dev/null || continue
                dot -Tsvg out >/dev/null
                [ "$(grep -c 'shape=box' out)" = "$(wc -l <want)" ]
                ;;
            crnl)
                mv out out.crnl
                "$CRNLC" emit --format text --passes= out.crnl >again
                accept text again | diff want - || { echo "$network as crnl"; exit 1; }
                ;;
            *)
                accept "$format" out >got
                diff want got || { echo "$network of $file as $format"; exit 1; }
                ;;
            esac
        done
        for format in piperine peppercorn; do
            emit --network "$network" --legalize --format $format "$file" && accept $format out >/dev/null
        done
    done
done
[ $written -ge 100 ]
