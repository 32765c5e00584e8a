#!/bin/bash
# LLVM: asking for x86-64-v2, a newer baseline than x86-64, turns each rotation into a double shift of a register with itself.
#
# A rotation is what random generators such as xoshiro and Threefry consist of. For x86-64 it is `rol`, of one cycle everywhere; for
# x86-64-v3 and named processors of AMD and Intel with BMI2 `rorx`. For x86-64-v2 it is `shld`, because the tuning of that level says
# that double shifts are fast, which is so on Intel's processors of that age. On an AMD EPYC a chain of them took twice as long as one of
# `rol`, and four chains side by side 3.6 times: the same program is slower there when it is compiled for the newer
# level. The feature -fast-shld-rotate takes it back.
#
# Debian 12: llvm-14 1:14.0.6-12 and llvm-19 1:19.1.7-3~deb12u1, unpacked in a temporary folder. Seen, and checked below:
#   llc 14, x86-64: rolq
#   llc 14, x86-64-v2: shldq
#   llc 14, x86-64-v2 -fast-shld-rotate: rolq
#   llc 14, x86-64-v3: rorxq
#   llc 19, x86-64: rolq
#   llc 19, x86-64-v2: shldq
#   llc 19, x86-64-v2 -fast-shld-rotate: rolq
#   llc 19, x86-64-v3: rorxq
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -q -q download llvm-14=1:14.0.6-12 libllvm14=1:14.0.6-12 llvm-19=1:19.1.7-3~deb12u1 libllvm19=1:19.1.7-3~deb12u1
for package in *.deb; do
    dpkg-deb -x "$package" root
done
cat >rotate.ll <<'EOF'
declare i64 @llvm.fshl.i64(i64, i64, i64)

define i64 @rotate(i64 %x) {
  %r = call i64 @llvm.fshl.i64(i64 %x, i64 %x, i64 23)
  ret i64 %r
}
EOF
for version in 14 19; do
    for target in x86-64 x86-64-v2 'x86-64-v2 -fast-shld-rotate' x86-64-v3; do
        read -r processor feature <<<"$target"
        LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/lib/llvm-$version/bin/llc -mtriple=x86_64-linux-gnu \
            -mcpu="$processor" ${feature:+-mattr=$feature} -o out.s rotate.ll
        echo "llc $version, $target: $(grep -oE '(rol|rorx|shld)q' out.s)"
    done
done >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
