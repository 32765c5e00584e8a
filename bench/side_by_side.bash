# Sourced by scripts that make results anew: JOBS is how many processes go on at a time, by default as many as there are processors.
jobs=${JOBS:-$(nproc)}

side_by_side() # COMMAND ARGUMENT...: for each argument, `jobs` at a time
{
    local command=$1 at running=0 good=true
    shift
    for at; do
        $command "$at" &
        running=$((running + 1))
        if [ $running -ge "$jobs" ]; then
            wait -n || good=false
            running=$((running - 1))
        fi
    done
    while [ $running -gt 0 ]; do
        wait -n || good=false
        running=$((running - 1))
    done
    $good
}
