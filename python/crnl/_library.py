"""The C library behind the module: what include/crnlc/crnl.h declares, by ctypes."""
import ctypes
import os
from ctypes import POINTER, c_char_p, c_double, c_int, c_int32, c_size_t, c_uint64, c_void_p

ABI = 1
_NAME = f"libcrnl.so.{ABI}"


# env, whether it is a message, text and how many bytes it has
Says = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_void_p, c_size_t)


class Options(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("experiment", c_char_p), ("network", c_char_p), ("more", c_char_p),
                ("data_dir", c_char_p), ("out_dir", c_char_p), ("n_defines", c_size_t),
                ("defines", POINTER(c_char_p)), ("opt_level", c_int), ("compile_at_once", c_int)]


class RunOptions(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("seed", c_uint64), ("threads", c_int), ("out_dir", c_char_p),
                ("data_dir", c_char_p), ("allow_outside", c_int), ("rows_in_memory", c_int),
                ("n_set", c_size_t), ("set", POINTER(c_char_p)), ("max_seconds", c_double), ("says", Says),
                ("env", c_void_p)]


class Array(ctypes.Structure):
    _fields_ = [("type", c_char_p), ("rank", c_int), ("dims", POINTER(c_int32)), ("v", c_void_p)]


class Table(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("n_keys", c_size_t), ("n_columns", c_size_t),
                ("column", POINTER(c_char_p)), ("n_rows", c_size_t), ("v", c_void_p)]


_ERROR = POINTER(c_void_p)
_FUNCTIONS = {
    "crnlc_version": (c_char_p, []),
    "crnlc_error_text": (c_char_p, [c_void_p]),
    "crnlc_error_json": (c_char_p, [c_void_p]),
    "crnlc_error_code": (c_char_p, [c_void_p]),
    "crnlc_error_free": (None, [c_void_p]),
    "crnlc_text_free": (None, [c_void_p]),
    "crnlc_describe": (c_void_p, [c_char_p, c_char_p, _ERROR]),
    "crnlc_check": (c_void_p, [c_char_p, c_char_p, POINTER(Options)]),
    "crnlc_compile": (c_void_p, [c_char_p, c_char_p, POINTER(Options), _ERROR]),
    "crnlc_program_free": (None, [c_void_p]),
    "crnlc_program_json": (c_char_p, [c_void_p]),
    "crnlc_run_create": (c_void_p, [c_void_p, POINTER(RunOptions), _ERROR]),
    "crnlc_run_free": (None, [c_void_p]),
    "crnlc_run_give": (c_int, [c_void_p, c_char_p, c_void_p, c_size_t, _ERROR]),
    "crnlc_run_execute": (c_int, [c_void_p, _ERROR]),
    "crnlc_run_cancel": (None, [c_void_p]),
    "crnlc_run_value": (c_int, [c_void_p, c_char_p, POINTER(Array), _ERROR]),
    "crnlc_run_record": (c_int, [c_void_p, c_char_p, POINTER(c_void_p), POINTER(c_size_t), _ERROR]),
    "crnlc_run_symbol": (c_int, [c_void_p, c_char_p, c_char_p, c_void_p, c_size_t, _ERROR]),
    "crnlc_run_time": (c_double, [c_void_p, c_char_p]),
    "crnlc_run_tables": (c_size_t, [c_void_p]),
    "crnlc_run_table": (c_int, [c_void_p, c_size_t, POINTER(Table)]),
    "crnlc_run_output": (c_char_p, [c_void_p]),
    "crnlc_run_messages": (c_char_p, [c_void_p]),
    "crnlc_run_file": (c_char_p, [c_void_p, c_size_t]),
}


def _candidates():
    """CRNL_LIBRARY names it; else it lies where the module was installed with it, else where the loader looks."""
    named = os.environ.get("CRNL_LIBRARY")
    if named:
        return [named]
    here = os.path.dirname(os.path.abspath(__file__))
    return [os.path.join(here, "..", "..", "..", _NAME), _NAME]


def _load():
    reasons = []
    for name in _candidates():
        if os.sep in name and not os.path.exists(name):
            reasons.append(f"{name}: no such file")
            continue
        try:
            return name, ctypes.CDLL(name)
        except OSError as e:
            reasons.append(str(e))
    raise ImportError("crnl needs the library of crnlc, which cannot be loaded: " + "; ".join(reasons)
                      + " (the environment variable CRNL_LIBRARY may name it)")


def _bind():
    name, lib = _load()
    try:
        abi = lib.crnlc_abi()
    except AttributeError:
        raise ImportError(f"{name} is no library of crnlc: it has no crnlc_abi") from None
    if abi != ABI:
        raise ImportError(f"{name} has version {abi} of the interface, and this module is for version {ABI}")
    for function, (result, arguments) in _FUNCTIONS.items():
        f = getattr(lib, function)
        f.restype, f.argtypes = result, arguments
    return lib


lib = _bind()
