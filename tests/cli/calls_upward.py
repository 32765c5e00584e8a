"""Orders the files of a folder of objects so that as few calls as possible go up, from a file to one above it, and prints
these: calls_upward.py FOLDER SOURCES. A call of one file to another counts once, whatever it names. Only files that reach each
other in a circle have calls that go up."""
import itertools
import os
import subprocess
import sys

MOST_IN_A_CIRCLE = 8


def edges_of(folder, sources):
    """(caller, called): the symbols, between files whose source is there."""
    defined, wanted = {}, {}
    for path, _, files in os.walk(folder):
        for name in files:
            stem = os.path.relpath(os.path.join(path, name), folder)[:-2]
            if name.endswith(".o") and os.path.exists(os.path.join(sources, stem + ".c")):
                wanted[stem] = set()
                for line in subprocess.run(["nm", os.path.join(path, name)], capture_output=True, text=True).stdout.splitlines():
                    words = line.split()
                    if len(words) == 3 and words[1] in "TDRB":
                        defined[words[2]] = stem
                    elif words[0] == "U":
                        wanted[stem].add(words[1])
    found = {}
    for stem, symbols in wanted.items():
        for s in symbols:
            if defined.get(s, stem) != stem:
                found.setdefault((stem, defined[s]), set()).add(s)
    return sorted(wanted), found


def circles(files, calls):
    """Files that reach each other by calls."""
    reached = {}
    for f in files:
        reached[f], ahead = set(), [f]
        while ahead:
            new = calls[ahead.pop()] - reached[f]
            reached[f] |= new
            ahead += new
    found = {tuple(g for g in files if g in reached[f] and f in reached[g]) for f in files}
    return sorted(c for c in found if len(c) > 1)


def upward(circle, edges):
    """The fewest calls that go up in any order of these files."""
    inside = [e for e in sorted(edges) if e[0] in circle and e[1] in circle]
    best = inside
    for order in itertools.permutations(circle):
        place = {f: i for i, f in enumerate(order)}
        up = [(a, b) for a, b in inside if place[a] < place[b]]
        best = up if len(up) < len(best) else best
    return best


def main():
    files, edges = edges_of(sys.argv[1], sys.argv[2])
    calls = {f: {b for a, b in edges if a == f} for f in files}
    knots = circles(files, calls)
    large = [c for c in knots if len(c) > MOST_IN_A_CIRCLE]
    up = [e for c in knots if c not in large for e in upward(c, edges)]
    print("%d files, %d calls between them, %d upward" % (len(files), len(edges), len(up)))
    for a, b in up:
        print("  %s -> %s: %s" % (a, b, ", ".join(sorted(edges[a, b]))))
    for c in large:
        print("  all of these call each other: " + ", ".join(c))
    sys.exit(len(up) > 10 or len(large) > 0 or len(files) < 50)


main()
