# The suite once more, 10,000 runs of each case, by the kernels that would not be chosen for networks so small.
for kernel in table rejection; do
    OPTIONS="--kernel $kernel" bash "$SRC/tests/stat/suite.sh" || exit
done
