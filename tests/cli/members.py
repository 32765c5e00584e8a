"""The names that the walk of `check` declares for a network which is made from others are all that the network has: compares
`print --stage names` with the symbols of `print --stage network`: members.py CRNLC SOURCES LEAST. More names may be declared
than there are. At least LEAST networks must be found, among them one by each construction."""
import glob
import os
import re
import subprocess
import sys

MADE = re.compile(r"^network (\w+) = ((?:lower|optimize) [^;]*);", re.M)


def printed(crnlc, stage, path, *options):
    done = subprocess.run([crnlc, "print", "--stage", stage, *options, os.path.basename(path)], cwd=os.path.dirname(path),
                          capture_output=True, text=True)
    return done.stdout


def without_indices(name):
    return re.sub(r"\[[^]]*\]", "", name)


def is_declared(name, known):
    """Also PASS_2.NAME, of a second pass with a parameter that the network has itself."""
    return name in known or re.sub(r"_\d+\.", ".", name) in known


def main():
    crnlc, sources, least = sys.argv[1], sys.argv[2], int(sys.argv[3])
    files = [f for folder in ("examples", "tests/run", "tests/golden/network") for f in glob.glob(os.path.join(sources, folder, "**", "*.crnl"), recursive=True)]
    seen, missing, compared = set(), [], 0
    for path in sorted(files):
        text = open(path).read()
        made = MADE.findall(text)
        declared = dict(re.findall(r"^\S+ (\w+): a network;.*; has (.*)$", printed(crnlc, "names", path), re.M)) if made else {}
        for name, how in made:
            symbols = re.findall(r"^  symbol \S+ `?([^\s`]+)", printed(crnlc, "network", path, "--network", name), re.M)
            if name not in declared or not symbols:
                continue
            known = set(declared[name].split(", "))
            for s in symbols:
                if not re.search(r"\][^.]", s) and not is_declared(without_indices(s), known) and not is_global(text, s):
                    missing.append("%s: '%s' (%s) has %s, which is not declared" % (path, name, how, s))
            compared += 1
            seen |= set(re.findall(r"\w+", how))
    constructions = re.findall(r"^CONSTRUCTION\((\w+),", open(os.path.join(sources, "ir/lower/lower.def")).read(), re.M)
    missing += ["no program with the construction " + c for c in constructions if c not in seen]
    print("%d networks of %d programs" % (compared, len(files)))
    print("\n".join(missing[:20]))
    sys.exit(len(missing) > 0 or compared < least)


def is_global(text, name):
    """A parameter of the program is one of each network that reads it."""
    return re.search(r"^param\b[^;]*\b%s\b" % re.escape(name), text, re.M) is not None


main()
