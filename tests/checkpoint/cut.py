"""cut.py CHECKPOINT FOLDER [states]: for each item of the checkpoint a copy of it in which that item is shorter or longer
by a number, by the hash that belongs to what is left. `FOLDER/N.cut`, `FOLDER/N.longer`. With `states` single
runs go on from their last state: their ends are left out."""
import os
import struct
import sys

HEAD, ITEM = 56, struct.Struct("<QqQQ")  # as runtime/checkpoint.c has them
END = (1 << 63) - 1  # the item of the end of a single run
MASK = (1 << 64) - 1


def hash_of(data):
    """As rt_hash of runtime/mpi/world.c."""
    h, whole = 0xCBF29CE484222325, len(data) // 8 * 8
    for (word,) in struct.iter_unpack("<Q", data[:whole]):
        h = (h ^ word) * 0x100000001B3 & MASK
        h ^= h >> 29
    for byte in data[whole:]:
        h = (h ^ byte) * 0x100000001B3 & MASK
    return h


def item(key, number, data):
    return ITEM.pack(key, number, len(data), hash_of(data)) + data


with open(sys.argv[1], "rb") as f:
    whole = f.read()
items, at = [], HEAD
while at < len(whole):
    key, number, n, h = ITEM.unpack_from(whole, at)
    data = whole[at + ITEM.size : at + ITEM.size + n]
    assert h == hash_of(data), "another form of checkpoints"
    if number != END or len(sys.argv) < 4:
        items.append((key, number, data))
    at += ITEM.size + n
os.makedirs(sys.argv[2])
for i, (key, number, data) in enumerate(items):
    for name, changed in ("cut", data[:-8]), ("longer", data + bytes(8)):
        with open(f"{sys.argv[2]}/{i}.{name}", "wb") as f:
            f.write(whole[:HEAD])
            for k, one in enumerate(items):
                f.write(item(key, number, changed) if k == i else item(*one))
