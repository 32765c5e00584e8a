# reference FOLDER WHAT: the folder of inputs that are not in the tree, below ../shared/data beside it or where REFERENCE says, into
# `reference`. Exit status 77 when it is not there.
reference()
{
    reference=${REFERENCE:-$here/../../../shared/data/$1}
    if [ ! -d "$reference" ]; then
        echo "the $2 not at $reference (set REFERENCE)"
        exit 77
    fi
}
