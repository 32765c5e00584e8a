# The suite once more, by the kernel that would not be chosen for networks so small.
OPTIONS="--kernel rejection" exec bash "$SRC/tests/stat/suite.sh"
