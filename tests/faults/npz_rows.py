"""npz_rows.py GOOD.npz FILE: FILE, an archive or the part of one that was being written, has the columns of GOOD.npz and its
first rows, perhaps more; prints how many. Fails if not, or if an archive has no whole runs: NPZ_RUN rows each."""
import ast
import os
import struct
import sys
import zipfile


def archive(path):
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None
        columns = {name[:-4]: z.read(name) for name in z.namelist()}
    return {name: struct.unpack(f"<{(len(npy) - 128) // 8}d", npy[128:]) for name, npy in columns.items()}


def part(path):
    with open(path, "rb") as f:
        data = f.read()
    assert data[:8] == b"\x93NUMPY\x03\x00"
    start = 12 + struct.unpack("<I", data[8:12])[0]
    head = ast.literal_eval(data[12:start].decode())
    names = [name for name, _ in head["descr"]]
    n = head["shape"][0]
    numbers = struct.unpack(f"<{n * len(names)}d", data[start : start + 8 * n * len(names)])
    return {name: numbers[i :: len(names)] for i, name in enumerate(names)}


good, path = archive(sys.argv[1]), sys.argv[2]
found = archive(path) if path.endswith(".npz") else part(path)
assert list(found) == list(good), found.keys()
rows = {len(column) for column in found.values()}
assert len(rows) == 1, rows
n = rows.pop()
for name, column in found.items():
    both = min(n, len(good[name]))
    assert column[:both] == good[name][:both], name
if path.endswith(".npz"):
    assert n > 0 and n % int(os.environ["NPZ_RUN"]) == 0, n
print(n)
