# What can go wrong with files: a full disk, folders and files that are not to be written, closed output, two writers, links, few
# descriptors, little memory, names that mean something to gnuplot, a gnuplot that hangs. What was there stays, one message tells.
cat >many.crnl <<'END'
network bd { species X = 100; 0 ->{1000} X; X -> 0; }
experiment main { run bd for 40 every 0.001 by ssa -> "s.csv"; }
experiment archive { run bd for 40 every 0.001 by ssa -> "s.npz"; }
experiment picture { run bd for 40 every 0.002 by ssa; plot bd: X -> "p.svg"; }
experiment shown { run bd for 40 every 0.002 by ssa; image [i in 0..400, j in 0..400 : sin(1.0 * i * i + 7.3 * j * j)] -> "i.png"; }
experiment lines { for i in 0..20000 { print "line {i}" -> "l.txt"; } }
END
fail() { echo "$*"; cat err; ls -lR out; exit 1; }
# One message, status 1, what was there is untouched, and no part that is not named.
refused() # file, text, command...
{
    local file=$1 text=$2 status=0
    shift 2
    "$@" >stdout 2>err || status=$?
    [ $status = 1 ] || fail "$*: status $status"
    [ "$(grep -c 'error' err)" = 1 ] && grep -qF "$text" err || fail "$*: not '$text'"
    [ ! -e "out/$file" ] || [ "$(cat "out/$file")" = old ] || fail "$*: $file"
    for part in out/*.part-*; do
        [ ! -e "$part" ] || grep -qF "$part" err || fail "$part is not named"
    done
    rm -f out/*.part-*
}
mkdir out
for file in s.csv s.npz p.svg i.png l.txt; do echo old >out/$file; done

# A full disk: of 40 kB a file here, and as root one of 256 kB.
for pair in main/s.csv archive/s.npz picture/p.svg.dat shown/i.png lines/l.txt; do
    "$CRNLC" build many.crnl --experiment "${pair%/*}" -o many
    refused "${pair#*/}" 'File too large' bash -c 'ulimit -f 40; exec ./many --out-dir out'
done
if [ "$(id -u)" = 0 ] && mkdir disk && mount -t tmpfs -o size=256k tmpfs disk 2>/dev/null; then
    trap 'umount disk' EXIT
    for pair in main/s.csv picture/p.svg; do
        echo old >"disk/${pair#*/}"
        status=0
        "$CRNLC" run --experiment "${pair%/*}" many.crnl --out-dir disk 2>err || status=$?
        [ $status = 1 ] && grep -q 'No space left on device' err && [ "$(cat "disk/${pair#*/}")" = old ] || fail "full disk: $pair"
        rm -f disk/*
    done
    echo full >disk/a
    dd if=/dev/zero of=disk/rest bs=1k count=300 2>/dev/null || true
    for kind in llvm exe; do
        status=0
        "$CRNLC" build many.crnl --emit $kind -o disk/a 2>err || status=$?
        [ $status = 1 ] && [ "$(cat disk/a)" = full ] && [ "$(ls disk)" = "a
rest" ] || fail "full disk: build $kind"
    done
    umount disk
    trap - EXIT
fi

# Compiled files are all or nothing too.
echo 'network big { species X[200]; for i in 0..199 { X[i] -> X[i + 1]; } }' >big.crnl
for command in "emit --format crnl" "doc" "build --emit asm"; do
    echo old >out/x
    refused x 'File too large' bash -c "ulimit -f 1; exec '$CRNLC' $command big.crnl -o out/x"
done

# Not to be written: a folder of /proc, a folder in the place of the file, closed output.
mkdir out/folder.csv
cat >folder.crnl <<'END'
network bd { species X = 100; 0 ->{1000} X; X -> 0; }
experiment main { run bd for 1 every 0.1 by ssa -> "folder.csv"; }
END
refused none 'Is a directory' "$CRNLC" run folder.crnl --out-dir out
rmdir out/folder.csv
refused none 'cannot create the directory' "$CRNLC" run folder.crnl --out-dir /proc/nowhere
echo 'experiment main { print 1; }' >print.crnl
echo 'experiment main { print 1 -> "x.txt"; print 2; }' >both.crnl
for closed in '>&-' '</dev/null >&-' '<&- >&-'; do
    status=0
    eval '"$CRNLC" run both.crnl --out-dir closed '"$closed"' 2>err' || status=$?
    [ $status = 1 ] && [ "$(grep -c 'cannot print: Bad file descriptor' err)" = 1 ] && [ "$(cat closed/x.txt)" = 1 ] || fail "output $closed"
done

# The mode of the old file stays; a new one has the usual.
chmod 640 out/s.csv
"$CRNLC" run folder.crnl --out-dir out
(umask 027 && "$CRNLC" run many.crnl --experiment main --out-dir out)
[ "$(stat -c %a out/s.csv out/folder.csv | tr '\n' ' ')" = "640 644 " ] || fail "modes"
"$CRNLC" build print.crnl -o out/program
[ -x out/program ] && [ "$(out/program)" = 1 ]

# Two writers of one file: it is one of theirs, whole, and both succeed.
"$CRNLC" build many.crnl --experiment main -o many
./many --out-dir one --seed 1
./many --out-dir two --seed 2
./many --out-dir both --seed 1 & first=$!
./many --out-dir both --seed 2 & second=$!
wait $first
wait $second
cmp -s both/s.csv one/s.csv || cmp -s both/s.csv two/s.csv
[ "$(ls both)" = s.csv ]

# Links: one that leads out of the folder is refused, one inside is followed and stays.
mkdir links elsewhere
echo old >elsewhere/s.csv
ln -s ../elsewhere/s.csv links/s.csv
status=0
./many --out-dir links 2>err || status=$?
[ $status = 1 ] && [ "$(cat elsewhere/s.csv)" = old ] && grep -q 'is not in the output folder' err
./many --out-dir links --allow-outside
[ -L links/s.csv ] && [ "$(head -n 1 elsewhere/s.csv)" = time,X ]
rm links/s.csv
echo old >links/real.csv
ln -s real.csv links/s.csv
./many --out-dir links
[ -L links/s.csv ] && [ "$(head -n 1 links/real.csv)" = time,X ]
# A link that somebody put in the place of a part is not followed: the part has a name of its own.
rm -f links/*
ln -s ../elsewhere links/deep
echo 'experiment main { print 1 -> "deep/x.txt"; print 2 -> "../y.txt"; }' >out.crnl
status=0
"$CRNLC" run out.crnl --out-dir links 2>err || status=$?
[ $status = 1 ] && [ ! -e elsewhere/x.txt ] && [ ! -e y.txt ]

# The source and the data are never the output, by whatever name.
mkdir used
echo 'fn twice(x) = 2 * x;' >used/lib.crnl
echo 'use "used/lib.crnl"; network n { species A = 3; A -> 0; } experiment main { run n for 1; }' >source.crnl
ln -s source.crnl link.crnl
ln source.crnl hard
cp source.crnl copy
printf '1,2\n' >points.csv
for target in source.crnl link.crnl hard used/lib.crnl; do
    for command in "build" "build --emit obj" "emit --format crnl" "doc"; do
        [ "$command $target" = "doc used/lib.crnl" ] && continue # it does not read what is used
        case "$command $target" in
        emit* | *hard) refused none 'the program reads this file' "$CRNLC" $command source.crnl -o $target ;;
        *) # refused by its ending alone
            "$CRNLC" $command source.crnl -o $target 2>err && fail "$command $target"
            case $target in source.crnl) said="'$target' is the file that is read" ;; *) said="by its name '$target' is a program" ;; esac
            grep -qF "$said" err || fail "$command $target"
            ;;
        esac
    done
done
# The help names the option and another name, which works as it stands.
helped() { grep -qF "help: $1" err || { cat err; fail "no help: $1"; }; }
refused none 'the program reads this file' "$CRNLC" emit --format crnl source.crnl -o source.crnl
helped '-o names the file that is read: give another name, `-o source.new.crnl`'
"$CRNLC" emit --format crnl source.crnl -o source.new.crnl
refused none 'the program reads this file' "$CRNLC" build source.crnl -o hard
helped '-o names the file that is read: give another name, `-o hard.new`'
refused none 'the program reads this file' "$CRNLC" run source.crnl --checkpoint used/lib.crnl
helped 'give another name: --checkpoint used/lib.new.crnl'
refused none 'Is a directory' "$CRNLC" doc source.crnl -o used
helped 'write the name of a file behind that of its folder: `-o used/out`'
cmp source.crnl copy
grep -q twice used/lib.crnl
printf 'data d = csv("points.csv");\nexperiment main { for p in d { print p.input[0] -> "points.csv"; } }\n' >data.crnl
refused none 'the program reads this file' "$CRNLC" run data.crnl
helped 'give another name, `points.new.csv`'
ln points.csv points
refused none 'the program reads this file' "$CRNLC" build data.crnl -o points
[ "$(cat points.csv)" = 1,2 ]

# Few descriptors, little memory.
(ulimit -n 16; "$CRNLC" run many.crnl --experiment main --out-dir out)
{
    echo 'experiment main {'
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "print $i -> \"$i.txt\";"; done
    echo '}'
} >open.crnl
"$CRNLC" build open.crnl -o open
refused none 'Too many open files' bash -c 'ulimit -n 8; exec ./open --out-dir opened'
[ -z "$(ls opened | grep part)" ]
if [ "$SANITIZED" != yes ]; then
    for limit in 300000 100000; do
        (ulimit -v $limit; ./many --out-dir out --max-seconds 100)
    done
    (ulimit -v 300000; "$CRNLC" run many.crnl --experiment main --out-dir out --threads 2)
    (ulimit -v 300000; "$CRNLC" check many.crnl)
fi

# Names that gnuplot takes for commands and options, labels with ends of lines.
cat >plot.crnl <<'END'
network n { species A = 3; A -> 0; }
experiment main {
  run n for 1;
  plot n: A -> "|touch made #.svg";
  plot n: A -> "<touch made #.svg";
  plot n: A -> "-persist.svg";
  plot n: A -> "it's `touch made`.svg";
  plot [1,
    2] -> "label.svg";
}
END
"$CRNLC" run plot.crnl --out-dir pictures
[ ! -e made ] && [ ! -e pictures/made ]
[ "$(ls pictures/*.svg | wc -l)" = 5 ]
for script in pictures/*.gp; do
    rm "${script%.gp}"
    (cd pictures && gnuplot "./${script##*/}" 2>../err) || fail "$script"
    [ -s "${script%.gp}" ] || fail "$script draws nothing"
done
[ ! -e pictures/made ]

# A gnuplot that hangs is ended, and what it says is shown.
mkdir bin
printf '#!/bin/sh\nexec sleep 1000\n' >bin/gnuplot
chmod +x bin/gnuplot
refused none 'took more than 0.2 seconds' env PATH="$PWD/bin:$PATH" "$CRNLC" run many.crnl --experiment picture --out-dir hang --plot-seconds 0.2
printf '#!/bin/sh\nexec 2>&- >&-; exec sleep 1000\n' >bin/gnuplot # one that has closed its output is waited for all the same
refused none 'took more than 0.2 seconds' env PATH="$PWD/bin:$PATH" "$CRNLC" run many.crnl --experiment picture --out-dir hang --plot-seconds 0.2
printf '#!/bin/sh\ncat >/dev/null; echo "no such terminal" >&2; exit 1\n' >bin/gnuplot
refused none 'gnuplot: no such terminal' env PATH="$PWD/bin:$PATH" "$CRNLC" run many.crnl --experiment picture --out-dir hang
[ ! -e hang/p.svg ]
# One that draws nothing has failed, whatever it returns; what it says beside a picture is passed on.
printf '#!/bin/sh\ncat >/dev/null\n' >bin/gnuplot
refused none 'gnuplot could not draw' env PATH="$PWD/bin:$PATH" "$CRNLC" run many.crnl --experiment picture --out-dir hang
[ ! -e hang/p.svg ]
printf '#!/bin/sh\ncat >/dev/null; echo "<svg/>"; echo "no such font" >&2\n' >bin/gnuplot
PATH="$PWD/bin:$PATH" "$CRNLC" run many.crnl --experiment picture --out-dir hang 2>err
grep -q '^many.crnl:[0-9]*:[0-9]*: warning: gnuplot has drawn `hang/p.svg` and says:' err && grep -q '^  gnuplot: no such font$' err
[ "$(cat hang/p.svg)" = "<svg/>" ]

# Learning asks for the memory that OpenBLAS needs before it is loaded; how many threads others allow it does not matter.
"$CRNLC" build "$SRC/tests/faults/learn.crnl" -O1 -o learn
(ulimit -u 1; OPENBLAS_NUM_THREADS=64 ./learn --data-dir "$SRC/tests/faults" --out-dir learned)
[ -s learned/m.npz ]
if [ "$SANITIZED" != yes ]; then
    for limit in 20000 60000 150000 200000; do
        (ulimit -v $limit; refused none 'products of matrices need OpenBLAS, and that 192 MiB' ./learn --data-dir "$SRC/tests/faults" --out-dir poor)
        [ ! -e poor/m.npz ]
    done
fi

# A program that writes one file several times is told that it keeps the last only: once for each file, devices not.
cat >again.crnl <<'END'
network n { species A = 3; A -> 0; }
experiment main {
  for i in 0..3 { run n for 1 -> "same.csv"; run n for 1 -> "x{i}.csv"; run n for 1 -> "/dev/null"; }
  print "line" -> "lines.csv";
  run n for 1 -> "lines.csv";
  print "line" -> "lines.csv";
  print "line" -> "x1.csv";
}
END
"$CRNLC" run again.crnl --out-dir again --allow-outside 2>err
[ "$(sed -n 's/^again.crnl:\([0-9]*\):[0-9]*: warning: the program writes `\(.*\)` again.*/\1 \2/p' err | tr '\n' ' ')" = "3 again/same.csv 5 again/lines.csv 7 again/x1.csv " ]
