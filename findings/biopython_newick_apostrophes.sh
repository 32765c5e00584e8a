#!/bin/bash
# Biopython: a name with an apostrophe in a Newick tree loses all before it, so that 5'-UTR and 3'-UTR become one name.
#
# In Newick a name that holds an apostrophe, bracket, comma or the like stands in apostrophes, and each one inside is doubled. Bio.Phylo
# reads '5''-UTR' and '3''-UTR' as -UTR both, without a word, and writes the tree back like that: it takes the first half for a name, and
# then the second half for another one of the same tip. When it writes a name with an apostrophe it puts a backslash before it, which the
# format does not know: it reads that name back with the backslash in it, and DendroPy refuses the file. DendroPy and scikit-bio read
# doubled ones as the page on the format says, to which the text of Bio.Phylo.NewickIO refers. Names in apostrophes with commas,
# colons and brackets are right. Rename such tips before.
#
# Debian 12: python3-biopython 1.80+dfsg-4+b1, python3-dendropy 4.5.2-1, python3-skbio 0.5.8-4 and what they depend on, unpacked in a
# temporary folder. Seen, and checked below:
#   Bio.Phylo: ["-UTR", "-UTR", "a,b"]
#   Bio.Phylo writes: (-UTR:1.00000,-UTR:2.00000,'a,b':3.00000):0.00000;
#   DendroPy: ["5'-UTR", "3'-UTR", "a,b"]
#   scikit-bio: ["5'-UTR", "3'-UTR", "a,b"]
#   Bio.Phylo, a tip named 5'-UTR: ('5\'-UTR':1.00000,B:2.00000):0.00000;
#   Bio.Phylo reads that: ["5\\'-UTR", "B"]
#   DendroPy reads that: NewickReaderMalformedStatementError
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install python3-biopython=1.80+dfsg-4+b1 \
    python3-dendropy=4.5.2-1 python3-skbio=0.5.8-4
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >names.py <<'END'
import io
import json
import dendropy
from Bio import Phylo
from skbio import TreeNode


def written(tree):
    file = io.StringIO()
    Phylo.write(tree, file, "newick")
    return file.getvalue().strip()


def by_bio(text):
    return [tip.name for tip in Phylo.read(io.StringIO(text), "newick").get_terminals()]


def by_dendropy(text):
    return [tip.taxon.label for tip in dendropy.Tree.get(data=text, schema="newick").leaf_nodes()]


text = "('5''-UTR':1,'3''-UTR':2,'a,b':3);"
print("Bio.Phylo:", json.dumps(by_bio(text)))
print("Bio.Phylo writes:", written(Phylo.read(io.StringIO(text), "newick")))
print("DendroPy:", json.dumps(by_dendropy(text)))
print("scikit-bio:", json.dumps([tip.name for tip in TreeNode.read(io.StringIO(text)).tips()]))
tree = Phylo.read(io.StringIO("(A:1,B:2);"), "newick")
tree.get_terminals()[0].name = "5'-UTR"
print("Bio.Phylo, a tip named 5'-UTR:", written(tree))
print("Bio.Phylo reads that:", json.dumps(by_bio(written(tree))))
try:
    print("DendroPy reads that:", json.dumps(by_dendropy(written(tree))))
except Exception as error:
    print("DendroPy reads that:", type(error).__name__)
END
library=$folder/root/usr/lib/x86_64-linux-gnu
parts=$library:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
PYTHONHOME=root/usr PYTHONPATH=root/usr/lib/python3/dist-packages root/lib64/ld-linux-x86-64.so.2 \
    --library-path "$parts" root/usr/bin/python3.11 names.py >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
