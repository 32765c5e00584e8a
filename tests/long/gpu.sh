# As tests/cli/gpu.sh, with more random networks.
RANDOM_NETWORKS=300 bash "$SRC/tests/cli/gpu.sh"
