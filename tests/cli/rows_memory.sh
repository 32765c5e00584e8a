# Beside what is read, 10,000 rows of a network of 150 species take at most 100 bytes a row, for any number of threads.
if [ "$SANITIZED" = yes ]; then
    echo "sanitizers keep memory that is freed"
    exit 77
fi
peak() # ROWS THREADS: KiB
{
    sed "s/ROWS/$1/" >rows.crnl <<'END'
const N = 150;
network net(k = 1) { species X[N] = 5; for i in 0..N - 1 { X[i] ->{k} X[i + 1]; } }
experiment main {
  run net over s in 0..ROWS with X[0] = s for 1e-3 by ssa;
  print mean(net.X[.., 0]);
}
END
    "$CRNLC" build rows.crnl -o rows && "$PYTHON" - "$2" <<'END'
import resource, subprocess, sys
subprocess.run(["./rows", "--threads", sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}
for threads in 1 2; do
    few=$(peak 100 $threads)
    many=$(peak 10100 $threads)
    [ $(((many - few) * 1024)) -le $((10000 * (100 + 16))) ] || # 16: the value, and the array that it is read into
        { echo "$threads threads: $few KiB with 100 rows, $many with 10,100"; exit 1; }
done
