#!/bin/bash
# The ending of a file says what is in it, for everybody: what a command writes does not get the ending of other files.
set -e
echo 'network d(k = 1) { species A = 10; A ->{k} 0; }' >d.crnl

# refused TEXT ARGUMENT...: a mistake of the command line, and no file
refused()
{
    local text=$1 status=0 file=${!#}
    shift
    "$CRNLC" "$@" >out 2>err || status=$?
    [ $status = 2 ] || { echo "$*: status $status"; cat out err; exit 1; }
    grep -qF -e "$text" err || { echo "$*:"; cat err; exit 1; }
    [ ! -e "$file" ] || { echo "$*: $file is there"; exit 1; }
}
written()
{
    "$CRNLC" "$@" >out 2>err || { echo "$*:"; cat err; exit 1; }
    [ -s "${!#}" ] || { echo "$*: nothing"; exit 1; }
}
refused "by its name 'x.ant' is a model in Antimony, and what is written there is sbml" emit d.crnl --format sbml -o x.ant
grep -qxF '  give it a name that ends in .xml' err
grep -qxF '  or write --format antimony' err
refused "'x.svg' is a picture, and what is written there is dot" emit d.crnl --format dot -o x.svg
refused "'x.pdf' is a picture" emit d.crnl --format latex -o x.pdf
refused "'x.csv' is a table, and what is written there is a report" emit d.crnl --report -o x.csv
refused "'x.c' is a program in C" build d.crnl -o x.c
refused "'x.so' is a library, and what is written there is an executable" build d.crnl -o x.so
refused "ends in .ll" build d.crnl --emit llvm -o x.o
refused "ends in .md" doc d.crnl --format markdown -o x.html
refused "a table is written as .csv" run d.crnl --until 1 --seeds 2 --table x.json
written emit d.crnl --format sbml -o x.sbml
written emit d.crnl --format sbml -o model.xml
written emit d.crnl --format net -o x.bngl
written emit d.crnl --format dot -o x.gv
written emit d.crnl --format text -o reactions
written emit d.crnl --format antimony -o x.v2
written doc d.crnl --format markdown -o x.md
written build d.crnl --emit asm -o x.s
written build d.crnl -o d.exe
