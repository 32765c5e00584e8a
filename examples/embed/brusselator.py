# A network in a Python program, without any package: ctypes and the library that crnlc made.
#
#   crnlc build --emit shared --network brusselator examples/brusselator.crnl -o libbrusselator.so
#   python3 examples/embed/brusselator.py ./libbrusselator.so
import ctypes
import sys

lib = ctypes.CDLL(sys.argv[1])
lib.brusselator_create.restype = ctypes.c_void_p
lib.brusselator_create.argtypes = [ctypes.c_uint64]
lib.brusselator_destroy.argtypes = [ctypes.c_void_p]
lib.brusselator_run.argtypes = [ctypes.c_void_p, ctypes.c_double, ctypes.c_char_p]
lib.brusselator_get.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_double)]
lib.brusselator_error.argtypes = [ctypes.c_void_p]
lib.brusselator_error.restype = ctypes.c_char_p


def check(status):
    if status:
        sys.exit(lib.brusselator_error(sim).decode())


def value(name):
    out = ctypes.c_double()
    check(lib.brusselator_get(sim, name.encode(), ctypes.byref(out)))
    return out.value


sim = lib.brusselator_create(0)
for t in range(0, 31, 3):
    check(lib.brusselator_run(sim, t, b"ode"))
    print(f"{t:3} {value('X'):8.4f} {'*' * round(10 * value('X'))}")
lib.brusselator_destroy(sim)
