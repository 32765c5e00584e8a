# Sourced by the scripts that run one case. They have SRC (root of the sources), BUILD (the build folder),
# CRNLC (the compiler) and TMP (an empty folder of the case, removed after it) in the environment, and print
# their results in this form, which run_all.sh counts:
#   pass N             N checks passed
#   skip NAME: REASON
#   fail NAME          followed by lines that start with four blanks and tell what is wrong

pass()
{
    echo "pass ${1-1}"
}

skip() # name reason
{
    echo "skip $1: $2"
}

fail() # name, details from standard input
{
    echo "fail $1"
    head -n 60 | sed 's/^/    /'
}

# run_in FOLDER COMMAND...: runs with output in $TMP/stdout and $TMP/stderr. Each process may take CASE_SECONDS of processor
# time, which does not depend on what else the machine does; an hour is for what waits and will never end. A sanitizer report
# (99), one of these limits or a signal is never what a test expects: then $broken says so, else it is empty.
run_in()
{
    local folder=$1 status seconds=${CASE_SECONDS:-300}
    shift
    {
        (cd "$folder" && ulimit -S -t "$seconds" && exec timeout -k 10 3600 "$@") >"$TMP/stdout" 2>"$TMP/stderr" </dev/null
        status=$?
    } 2>/dev/null       # where the shell tells of a signal
    broken=
    if [ $status = 99 ]; then
        broken="sanitizer report"
    elif [ $status = $((128 + $(kill -l XCPU))) ]; then
        broken="no end after $seconds s of processor time"
    elif [ $status = 124 ] || [ $status = 137 ]; then
        broken="no end after an hour"
    elif [ $status -ge 128 ]; then
        broken="died of signal $((status - 128))"
    fi
    return $status
}

tell() # what happened with the last command
{
    echo "$*"
    if [ -s "$TMP/stdout" ]; then
        echo "-- stdout (last lines)"
        tail -n 15 "$TMP/stdout"
    fi
    if [ -s "$TMP/stderr" ]; then
        echo "-- stderr (first lines)"
        head -n 25 "$TMP/stderr"
    fi
}

# Options that a program states on its first line: // options: --max-reactions 1000
options_of() # file
{
    sed -n '1s,^// *options: *,,p' "$1"
}
