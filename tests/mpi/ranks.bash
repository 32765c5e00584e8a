# For tests of programs over ranks: $implementations, for which modules are built, and how to start ranks of one; skips where there is none.
implementations=
grep -q 'LINK_FLAGS.*fsanitize' "$BUILD/build_config.h" && { echo "MPI is not run under sanitizers"; exit 77; }
for name in openmpi mpich; do
    if command -v mpicc.$name >/dev/null && command -v mpirun.$name >/dev/null; then
        MAKEFLAGS= make -s -C "$BUILD" mpi MPICC=mpicc.$name >/dev/null
        implementations="$implementations $name"
    fi
done
[ -n "$implementations" ] || { echo "no mpicc.openmpi and no mpicc.mpich: libopenmpi-dev or libmpich-dev would bring one"; exit 77; }
# Programs that crnlc has built name no folder: they find the module beside the crnlc of PATH.
export PATH=$BUILD:$PATH
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_vader_single_copy_mechanism=none

# ranks IMPLEMENTATION N COMMAND...: what the launcher itself says is left out of `message`, `said` has all. The status of the program.
ranks()
{
    local name=$1 n=$2 more= status=0
    shift 2
    [ $name = openmpi ] && more=--oversubscribe
    timeout -k 5 120 mpirun.$name $more -np $n "$@" 2>said || status=$?
    grep -E '^(/|rank |error|warning|crnlc|more: |  (help|note)|[a-z0-9_/.]*\.crnl| *[0-9]* \| )' said >message || true
    return $status
}
