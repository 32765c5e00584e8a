# As root, with a network, for an hour: the Containerfile by buildah, over a clean system of debootstrap in place of the registry's image,
# and a program run as its first line says. Without root, debootstrap or buildah it is left out.
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null || ! command -v buildah >/dev/null; then
    echo "needs root, debootstrap and buildah"
    exit 77
fi
base=docker.io/library/debian:bookworm-slim
grep -q "^FROM $base\$" "$SRC/Containerfile"
b() { buildah --storage-driver vfs --root "$PWD/storage" --runroot "$PWD/runroot" "$@"; }
debootstrap --variant=minbase bookworm system "${MIRROR:-http://deb.debian.org/debian}" >debootstrap.log
tar -C system -c . | tar -x -C "$(b mount "$(b from --name system scratch)")"
b commit -q system "$base"
mkdir source
(cd "$SRC" && git archive HEAD) | tar -x -C source
b bud --isolation chroot --pull-never -t crnlc source
b from --pull-never --name tried crnlc
cat >model.crnl <<'END_OF_TEXT'
network decay(k = 1) { species A = 1; A ->{k} 0; }
experiment main { run decay for 1; print decay.A; plot decay: A -> "a.svg"; }
END_OF_TEXT
b inspect --format '{{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}} {{.OCIv1.Config.WorkingDir}}' tried | grep -qx '\[crnlc\] \[--help\] /work'
run() { b run --isolation chroot --volume "$PWD:/work" tried -- "$@"; }
test "$(run crnlc run model.crnl)" = 0.367879
test -s a.svg
run crnlc build model.crnl -o model
test "$(run ./model)" = 0.367879
run python3 -c 'import crnl; assert abs(crnl.load("model.crnl")["decay"].run(1).final("A") - 0.367879) < 1e-4'
echo "the container works"
