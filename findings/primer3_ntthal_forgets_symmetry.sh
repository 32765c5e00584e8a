#!/bin/bash
# primer3's ntthal: a strand that is its own complement melts 1.5 to 3 degrees too high, as the entropy of its symmetry is left out.
#
# CGCGAATTCGCG pairs with itself. SantaLucia's parameters of 1998, which the manual of primer3 cites, give such a duplex 1.4 cal/(K mol) less of
# entropy, and have its strands count once, where those of others count a quarter each. ntthal does the second and not the first. At 1 M of
# salt it prints dS = -272.5: the stacked pairs, -266.8, and the start of a duplex, -5.7. With symmetry dS is -273.9. Hence 74.85 degrees with
# 0.1 mM of strands, where its own dH and -273.9 make 73.18, and 73.31 is what oligotm of the same package says, which does both (its start of a
# duplex is an older one, worth up to 0.3 degrees). For strands that are not their own complement the two programs agree to 0.1.
# The shorter the strand, the more is wrong: 3 degrees for GAATTC. The page of ntthal says "nearest-neighbor thermodynamical approach", and
# nothing of symmetry. Take oligotm for palindromes, or subtract the 1.4.
#
# Debian 12: primer3 2.6.1-4, unpacked in a temporary folder. Seen, and checked below:
#   CGCGAATTCGCG: ntthal dS -272.5, 74.85; with symmetry 73.18; oligotm 73.31
#   GGGGGCCCCC: ntthal dS -189.3, 81.37; with symmetry 79.00; oligotm 79.17
#   ATATATATAT: ntthal dS -179.1, 31.81; with symmetry 29.66; oligotm 29.82
#   GAATTC: ntthal dS -114.9, 21.14; with symmetry 18.08; oligotm 18.30
#   GTAAAACGACGGCCAGT: ntthal dS -360.8, 76.72; oligotm 76.81
#   TTGACCTTAGGAATTCAGGT: ntthal dS -401.9, 74.88; oligotm 74.96
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install primer3=2.6.1-4
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
loader="root/lib64/ld-linux-x86-64.so.2 --library-path root/usr/lib/x86_64-linux-gnu:root/lib/x86_64-linux-gnu"
program="$loader root/usr/bin"
show() {
    complement=$(echo "$1" | rev | tr ACGT TGCA)
    $program/ntthal -path root/etc/primer3_config/ -mv 1000 -d 100000 -s1 "$1" -s2 "$complement" >pair
    single=$($program/oligotm -tp 1 -sc 1 -mv 1000 -dv 0 -n 0 -d 100000 "$1")
    awk -v name="$1" -v own="$([ "$1" = "$complement" ] && echo 1 || echo 0)" -v single="$single" '/^Calculated/ {
        for (i = 1; i < NF; i++) value[$i] = $(i + 2)
        printf "%s: ntthal dS %.1f, %.2f", name, value["dS"], value["t"]
        if (own) printf "; with symmetry %.2f", value["dH"] / (value["dS"] - 1.4 + 1.9872 * log(1e-4)) - 273.15
        printf "; oligotm %.2f\n", single
    }' pair
}
for strand in CGCGAATTCGCG GGGGGCCCCC ATATATATAT GAATTC GTAAAACGACGGCCAGT TTGACCTTAGGAATTCAGGT; do
    show "$strand"
done >seen
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
