"""Programs, networks, runs and what comes of them."""
from __future__ import annotations

import _thread
import ctypes
import os
import re
import signal
import threading
import weakref
from binascii import b2a_base64
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import index

import numpy as np

from ._library import Array, Options, RunOptions, Says, Table, lib

TYPE_CHECKING = False  # `typing` would take a tenth of the time to the first picture
if TYPE_CHECKING:
    from typing import Any, NamedTuple, Optional, Union

    Number = Union[int, float]
    Numbers = Union[Number, Sequence[Any], np.ndarray]
    Span = Union[Number, str]

    class Diagnostic(NamedTuple):
        code: str
        severity: str
        message: str
        file: Optional[str] = None
        line: Optional[int] = None
        column: Optional[int] = None
        help: Optional[str] = None

    class Parameter(NamedTuple):
        name: str
        value: Union[float, np.ndarray]
        unit: Optional[str]
        doc: Optional[str]
        shape: tuple[int, ...]
else:
    Diagnostic = namedtuple("Diagnostic", "code severity message file line column help", defaults=[None] * 4)
    Parameter = namedtuple("Parameter", "name value unit doc shape")
Diagnostic.__doc__ = "One message of the compiler, with its place in the text."
Parameter.__doc__ = "A parameter of a network or program: its default, or what set() gave it."

_EXPERIMENT = "crnl_python"
_ROWS_FAILED = b"E0921"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z_0-9]*\Z")


# ---- Errors ---------------------------------------------------------------------------------------------

class Error(Exception):
    """What the compiler or a run reports. str() is the text that crnlc prints, with carets; `diagnostics` are
    the single messages, `code` is that of the first ("E0201", crnlc explain tells more)."""

    def __init__(self, text: str, code: str = "", json_text: str = "[]") -> None:
        super().__init__(text)
        self.code = code
        self._json = json_text

    def __reduce__(self) -> tuple:
        return Error, (str(self), self.code, self._json)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        import json
        known = Diagnostic._fields
        return tuple(Diagnostic(**{k: v for k, v in d.items() if k in known}) for d in json.loads(self._json))


def _raise(error: ctypes.c_void_p) -> None:
    text = lib.crnlc_error_text(error).decode(errors="replace").rstrip("\n")
    code = lib.crnlc_error_code(error).decode()
    json_text = lib.crnlc_error_json(error).decode(errors="replace")
    lib.crnlc_error_free(error)
    raise Error(text, code, json_text)


def _bytes(text: Any, what: str) -> bytes:
    """For the library, whose texts end at the first NUL. What is not UTF-8 the compiler reports."""
    if not isinstance(text, str):
        hint = ": decode() makes one of them" if isinstance(text, (bytes, bytearray)) else ""
        raise TypeError(f"{what} is a str, not {type(text).__name__}{hint}")
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        before = text[text.rfind("\n", 0, at) + 1:at + 1]
        raise ValueError(f"{what} has a NUL character, which no text has, in line {line}: {before[-60:]!r}")
    try:
        return text.encode(errors="surrogateescape")  # bytes of a file that are none
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def _path(path: Any, what: str) -> Optional[bytes]:
    return None if path is None else _bytes(os.fsdecode(path), what)


def _texts(texts: Iterable[str], what: str) -> ctypes.Array:
    given = [_bytes(text, what) for text in texts]
    return (ctypes.c_char_p * len(given))(*given)


def _whole(v: Any, what: str, below: int) -> int:
    v = index(v)
    if not 0 <= v < below:
        raise ValueError(f"{what} is a whole number from 0 to {below - 1}, not {v}")
    return v


# ---- Calls that take long -------------------------------------------------------------------------------

# How long a signal can stay unseen. Python looks for signals before it waits for a lock; one that comes between
# that look and the wait, or that another thread took, does not end the wait.
_TURN = 0.05  # seconds


def _apart(work: Callable[[], Any], cancel: Optional[Callable[[], None]] = None,
           meanwhile: Callable[[], None] = lambda: None) -> Any:
    """In a thread of its own if this is the main one, which takes Ctrl-C and does `meanwhile` now and then. On
    Ctrl-C what can be cancelled is, and has ended when this returns; else it goes on to its end, and nobody waits
    for what comes of it."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    begun, ended = _thread.allocate_lock(), _thread.allocate_lock()
    ended.acquire()
    came: list[tuple[Any, Optional[BaseException]]] = []

    def run() -> None:
        if not begun.acquire(blocking=False):
            return
        try:
            came.append((work(), None))
        except BaseException as e:
            came.append((None, e))
        ended.release()

    def wait() -> None:
        while not came:
            ended.acquire(timeout=_TURN)
            meanwhile()

    try:
        _thread.start_new_thread(run, ())
        wait()
    except BaseException:
        # Who has `begun` first decides whether it begins, however little of the thread there is yet.
        if cancel is not None and not begun.acquire(blocking=False):
            _end(cancel, wait)
        raise
    result, error = came[0]
    if error is not None:
        raise error
    return result


def _end(cancel: Callable[[], None], wait: Callable[[], None], presses: int = 2) -> None:
    """Cancels, and waits until it has ended. A program goes on behind a search that was cancelled: another Ctrl-C
    cancels what it does then; after the last that counts nobody waits."""
    try:
        cancel()
        wait()
    except BaseException:
        cancel()
        if presses > 1:
            _end(cancel, wait, presses - 1)


def _unbroken(work: Callable[[], None]) -> None:
    """Ctrl-C that comes meanwhile is raised after it."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        work()
        return
    came: list[tuple[int, Any]] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        work()
    finally:
        signal.signal(signal.SIGINT, handler)
        if came:
            handler(*came[-1])


# ---- Memory of the library, as arrays --------------------------------------------------------------------

class _Freed(weakref.ref):
    """When an object is gone, a function of the library takes its handle. Without a line of Python: what Ctrl-C
    raised in one that runs then, as in those of weakref.finalize, would be thrown away."""
    __slots__ = ("_as_parameter_",)  # what ctypes hands over
    _all: list[_Freed] = []
    _sweep_at = 64
    _lock = threading.Lock()

    @staticmethod
    def with_(owner: Any, free: Callable, handle: int) -> None:
        link = _Freed(owner, free)
        link._as_parameter_ = handle
        with _Freed._lock:
            _Freed._all.append(link)
            if len(_Freed._all) > _Freed._sweep_at:
                _Freed._all = [one for one in _Freed._all if one() is not None]
                _Freed._sweep_at = 2 * len(_Freed._all) + 64


class _Owner:
    """A run of the library, freed when no array of its memory is left."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        _Freed.with_(self, lib.crnlc_run_free, handle)


def _view(owner: _Owner, at: Optional[int], shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    n = int(np.prod(shape, dtype=np.int64))
    if n == 0:
        return np.empty(shape, dtype)
    kind = ctypes.c_double if dtype is np.float64 else ctypes.c_int64
    memory = (kind * n).from_address(at)
    memory._owner = owner  # keeps it as long as an array has this memory as its base
    array = np.frombuffer(memory, dtype)
    array.flags.writeable = False
    return array.reshape(shape)


class _Code:
    """A compiled program of the library."""

    def __init__(self, path: str, text: str, experiment: Optional[str] = None, network: Optional[str] = None,
                 more: Optional[str] = None, data_dir: Optional[str] = None,
                 defines: Iterable[str] = ()) -> None:
        array = _texts(defines, "a value of `defines`")
        given = [None if t is None else _bytes(t, "a name or clause") for t in (experiment, network, more)]
        options = Options(ctypes.sizeof(Options), *given, _path(data_dir, "data_dir"), None, len(array), array, 0,
                          0)
        error = ctypes.c_void_p()
        name, source = _path(path, "the name of the text"), _bytes(text, f"the text of {path}")
        handle = _apart(lambda: lib.crnlc_compile(name, source, options, ctypes.byref(error)))
        if not handle:
            _raise(error)
        self.handle: int = handle
        _Freed.with_(self, lib.crnlc_program_free, handle)
        self._about: Optional[dict] = None

    @property
    def about(self) -> dict:
        if self._about is None:
            import json
            self._about = json.loads(lib.crnlc_program_json(self.handle).decode(errors="replace"))
        return self._about


class _Said:
    """What a run says while it runs: taken by whichever thread it comes in, shown by the one that waits."""

    def __init__(self, show: Callable[[str, bool], None]) -> None:
        import codecs
        self._show = show
        self._pieces: list[tuple[bool, bytes]] = []
        decoder = codecs.getincrementaldecoder("utf-8")  # characters may come in two parts
        self._decode = {kind: decoder("replace").decode for kind in (False, True)}
        self.says = Says(self._take)

    def _take(self, env: Any, kind: int, text: int, n: int) -> None:
        self._pieces.append((bool(kind), ctypes.string_at(text, n)))

    def show(self) -> None:
        """In order, with the neighbours that are of one kind as one. Ctrl-C comes before or after a piece, which
        is shown once; what it has left is shown by the next call."""
        while self._pieces:
            _unbroken(self._show_first)

    def _show_first(self) -> None:
        kind, text = self._pieces.pop(0)
        while self._pieces and self._pieces[0][0] == kind:
            text += self._pieces.pop(0)[1]
        self._show(self._decode[kind](text), kind)


class _Run:
    """One execution. `show` is called with what it prints, and with messages (True), while it runs."""

    def __init__(self, code: _Code, seed: int = 0, threads: int = 0, out_dir: Optional[str] = None,
                 rows_in_memory: bool = False, values: Optional[Mapping[str, Number]] = None,
                 allow_outside: bool = False, max_seconds: float = 0,
                 show: Optional[Callable[[str, bool], None]] = None) -> None:
        self._said = _Said(show) if show is not None else None
        array = _texts((f"{k}={float(v)!r}" for k, v in (values or {}).items()), "a name in `values`")
        says = self._said.says if self._said else Says()
        options = RunOptions(ctypes.sizeof(RunOptions), _whole(seed, "seed", 1 << 64),
                             _whole(threads, "threads", 1 << 31), _path(out_dir, "out_dir"), None, allow_outside,
                             rows_in_memory, len(array), array, max_seconds, says)
        error = ctypes.c_void_p()
        handle = lib.crnlc_run_create(code.handle, options, ctypes.byref(error))
        if not handle:
            _raise(error)
        self.code = code
        self.owner = _Owner(handle)
        self.handle = handle

    def give(self, name: str, value: Any) -> None:
        v = np.ascontiguousarray(value, np.float64)
        error, to = ctypes.c_void_p(), _bytes(name, "a name")
        if lib.crnlc_run_give(self.handle, to, v.ctypes.data, v.size, ctypes.byref(error)):
            _raise(error)

    def _work(self, error: ctypes.c_void_p) -> int:
        return lib.crnlc_run_execute(self.handle, ctypes.byref(error))

    def execute(self) -> None:
        error = ctypes.c_void_p()
        try:
            status = _apart(lambda: self._work(error), lambda: lib.crnlc_run_cancel(self.handle),
                            *([self._said.show] if self._said else []))
        except BaseException:
            lib.crnlc_error_free(error)
            raise
        finally:
            if self._said:
                self._said.show()
        if status and lib.crnlc_error_code(error) == _ROWS_FAILED:
            import warnings
            warnings.warn(self.messages.rstrip("\n"), RuntimeWarning, stacklevel=3)
            lib.crnlc_error_free(error)
        elif status:
            _raise(error)
        elif "warning: the networks are not compiled" in self.messages:  # LLVM is missing
            import warnings
            warnings.warn(self.messages.rstrip("\n"), RuntimeWarning, stacklevel=3)

    def show_rest(self) -> None:
        """What Ctrl-C kept from being shown."""
        if self._said:
            self._said.show()

    def value(self, name: str) -> np.ndarray:
        out, error = Array(), ctypes.c_void_p()
        if lib.crnlc_run_value(self.handle, _bytes(name, "a name"), out, ctypes.byref(error)):
            _raise(error)
        dtype = np.float64 if out.type == b"real" else np.int64
        return _view(self.owner, out.v, tuple(out.dims[:out.rank]), dtype)

    def record(self, name: str) -> np.ndarray:
        v, n, error = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_void_p()
        if lib.crnlc_run_record(self.handle, _bytes(name, "a name"), v, n, ctypes.byref(error)):
            _raise(error)
        return _view(self.owner, v.value, (n.value,), np.float64)

    def symbol(self, network: str, name: str, dims: tuple[int, ...]) -> np.ndarray:
        v, error = np.empty(dims, np.float64), ctypes.c_void_p()
        if lib.crnlc_run_symbol(self.handle, network.encode(), _bytes(name, "a name"), v.ctypes.data, v.size,
                                ctypes.byref(error)):
            _raise(error)
        return v

    def table(self, i: int = 0) -> Optional[tuple[list[str], int, np.ndarray]]:
        t = Table()
        if lib.crnlc_run_table(self.handle, i, t):
            return None
        columns = [t.column[i].decode() for i in range(t.n_columns)]
        return columns, t.n_keys, _view(self.owner, t.v, (t.n_rows, t.n_columns), np.float64)

    @property
    def output(self) -> str:
        return lib.crnlc_run_output(self.handle).decode(errors="replace")

    @property
    def messages(self) -> str:
        return lib.crnlc_run_messages(self.handle).decode(errors="replace")

    @property
    def files(self) -> list[str]:
        found: list[str] = []
        while (name := lib.crnlc_run_file(self.handle, len(found))) is not None:
            found.append(os.fsdecode(name))
        return list(dict.fromkeys(found))


# ---- Results --------------------------------------------------------------------------------------------

def bundle(svg: str, name: str = "picture") -> dict[str, str]:
    """A picture by the kinds of data that a notebook takes. What turns notebooks into pages refuses a declaration in
    front of the element, or takes all out of it (nbconvert 6.5): so there is an image, too, which it leaves alone."""
    element = svg[max(svg.find("<svg"), 0):]
    coded = b2a_base64(svg.encode(), newline=False).decode()
    alt = name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return {"image/svg+xml": element, "text/html": f'<img alt="{alt}" src="data:image/svg+xml;base64,{coded}">'}


class Picture:
    """A picture as SVG; a notebook shows it."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_mimebundle_(self, **more: Any) -> dict[str, str]:
        return bundle(self.svg)

    def _repr_svg_(self) -> str:
        return bundle(self.svg)["image/svg+xml"]

    def __repr__(self) -> str:
        return f"<Picture, {len(self.svg)} bytes of SVG>"

    def save(self, path: Union[str, os.PathLike]) -> None:
        with open(path, "w", encoding="utf-8") as out:
            out.write(self.svg)


class Result(Mapping):
    """What a run of a network gave: result["A"] is the course of A, or a value that was asked for by `read`.

    time     the times of the rows
    columns  names of the courses
    shape    of each course: the sources of rows in turn, runs, times; one axis where they have different
             lengths, and then key("run") and the like say what a row belongs to
    values   what `read` asked for
    table    all rows, as the library has them
    parts    itself, and what came of each part of `then`
    Arrays are the library's own memory; they cannot be written."""

    def __init__(self, run: _Run, net: Network, sources: Sequence[tuple[str, int]], runs: int,
                 values: Mapping[str, str], table: Optional[int] = 0) -> None:
        """table: which of the run's tables has its rows; None: there are none."""
        self._run = run
        self._net = net
        self._values = dict(values)
        self.columns: tuple[str, ...] = ()
        self.keys_of_rows: tuple[str, ...] = ()
        self.table: Optional[np.ndarray] = None
        self._at: dict[str, int] = {}
        self.shape: tuple[int, ...] = ()
        self._further: tuple[Result, ...] = ()
        found = run.table(table) if table is not None else None
        if found:
            names, n_keys, self.table = found
            keys = [name for name, _ in sources] + names[len(sources):n_keys]
            self.keys_of_rows, self.columns = tuple(keys), tuple(names[n_keys + 1:])
            self._at = {name: i for i, name in enumerate([*keys, "time", *self.columns])}
            self.shape = self._find_shape([n for _, n in sources], runs, n_keys)

    def _find_shape(self, sizes: list[int], runs: int, n_keys: int) -> tuple[int, ...]:
        assert self.table is not None
        rows = self.table.shape[0]
        if n_keys > len(sizes) and runs == 1:  # `by` says it as text
            runs = len(np.unique(self.table[:, len(sizes)]))
        front = sizes + ([runs] if n_keys > len(sizes) else [])
        groups = int(np.prod(front, dtype=np.int64))
        if n_keys == 0 or groups == 0 or rows % groups:
            return (rows,)
        keys = self.table[:, :n_keys].reshape(groups, rows // groups, n_keys)
        equal = (keys == keys[:, :1, :]).all() and (np.diff(keys[:, 0, :], axis=0) != 0).any(axis=1).all()
        return (*front, rows // groups) if equal else (rows,)

    @property
    def parts(self) -> tuple[Result, ...]:
        return (self, *self._further)

    @property
    def time(self) -> np.ndarray:
        """The times of the rows; where all runs have the same ones, once."""
        t = self._column("time")
        if t.ndim > 1:
            flat = t.reshape(-1, t.shape[-1])
            if (flat == flat[0]).all():
                return flat[0]
        return t

    def key(self, name: str) -> np.ndarray:
        """What each row belongs to: the element of a source, or "run"."""
        if name not in self.keys_of_rows:
            raise KeyError(name)
        return self._column(name)

    def _column(self, name: str) -> np.ndarray:
        if self.table is None:
            raise KeyError(f"{name}: no rows were kept; `every` keeps them")
        column = self.table[:, self._at[name]]
        return column if len(self.shape) <= 1 else _fold(column, self.shape)

    def __getitem__(self, name: str) -> np.ndarray:
        if name in self._values:
            return self._run.value(self._values[name])
        if name in self.columns:
            return self._column(name)
        known = [*self._values, *self.columns]
        raise KeyError(f"{name}; there are {', '.join(known)}" if known else name)

    def __iter__(self) -> Iterator[str]:
        yield from self._values
        yield from (c for c in self.columns if c not in self._values)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def values(self) -> dict[str, np.ndarray]:  # type: ignore[override]
        return {name: self._run.value(own) for name, own in self._values.items()}

    def final(self, name: str) -> Union[float, np.ndarray]:
        """A species, an output or a parameter at the end of a single run; "time" is the time."""
        if name == "time":
            return lib.crnlc_run_time(self._run.handle, self._net.name.encode())
        v = self._run.symbol(self._net.name, name, self._net._dims(name))
        return v if v.ndim else float(v)

    @property
    def messages(self) -> str:
        """Warnings and notes of the run."""
        return self._run.messages

    def __repr__(self) -> str:
        return f"<Result of {self._net.name}: {', '.join(self) or 'no rows'}; shape {self.shape}>"


def _fold(column: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A column of the table with the axes of its rows: the same memory."""
    step = column.strides[0]
    strides, n = [], step
    for size in reversed(shape):
        strides.append(n)
        n *= size
    return np.lib.stride_tricks.as_strided(column, shape, tuple(reversed(strides)), writeable=False)


class Outcome:
    """What an experiment gave.

    output    what it printed
    messages  warnings and notes
    values    its variables, those of its top level, by name
    records   the series that `record` made
    files     the files that it wrote
    pictures  those of them that are SVG, by name"""

    def __init__(self, run: _Run) -> None:
        self._run = run

    output = property(lambda self: self._run.output)
    messages = property(lambda self: self._run.messages)
    files = property(lambda self: self._run.files)

    @property
    def values(self) -> dict[str, np.ndarray]:
        found = {}
        for v in self._run.code.about["values"]:
            try:
                found[v["name"]] = self._run.value(v["name"])
            except Error:  # the experiment did not come there
                pass
        return found

    @property
    def records(self) -> dict[str, np.ndarray]:
        return {name: self._run.record(name) for name in self._run.code.about["records"]}

    @property
    def pictures(self) -> dict[str, Picture]:
        found = {}
        for path in self.files:
            if path.endswith(".svg") and os.path.exists(path):
                with open(path, encoding="utf-8") as picture:
                    found[os.path.basename(path)] = Picture(picture.read())
        return found

    def __getitem__(self, name: str) -> np.ndarray:
        return self._run.value(name)

    def _repr_mimebundle_(self, **more: Any) -> dict[str, str]:
        return next((bundle(picture.svg, name) for name, picture in self.pictures.items()), {})

    def _repr_svg_(self) -> Optional[str]:
        return self._repr_mimebundle_().get("image/svg+xml")

    def __repr__(self) -> str:
        return self.output


# ---- Networks -------------------------------------------------------------------------------------------

class _Inputs:
    """Values that stand in a generated experiment as variables, which each run gives anew: what is compiled
    depends on their shapes alone."""

    def __init__(self) -> None:
        self.value: list[tuple[str, np.ndarray]] = []
        self.lines: list[str] = []

    def add(self, value: Any, name: Optional[str] = None) -> str:
        v = np.asarray(value, np.float64)
        name = name or f"crnl_in_{len(self.value)}"
        self.value.append((name, v))
        shape = ", ".join(map(str, v.shape))
        self.lines.append(f"  let {name} = {f'zeros({shape})' if v.ndim else '0.0'};")
        return name


def _span(inputs: _Inputs, v: Span) -> str:
    """A time, or words of the language: "100 events"."""
    return v if isinstance(v, str) else inputs.add(v)


def _option(v: Any) -> str:
    if isinstance(v, (bool, np.bool_)):
        return "true" if v else "false"
    if isinstance(v, (int, np.integer)):
        return str(int(v))
    if isinstance(v, (float, np.floating)):
        return repr(float(v))
    return str(v)


class _Sources:
    """What runs over rows go over: the clause `over`, the text of what a row gives each name, the sizes."""

    def __init__(self, text: str = "", values: Optional[dict[str, str]] = None,
                 sizes: Sequence[tuple[str, int]] = ()) -> None:
        self.text = text
        self.values = values or {}
        self.sizes = sizes


def _axis(v: Any, what: str) -> np.ndarray:
    v = np.asarray(v, np.float64)
    if v.ndim == 0:
        raise ValueError(f"{what} is one number: a run for each row needs an array of them")
    return v


class Network:
    """A network of a program."""
    name: str
    doc: Optional[str]

    def __init__(self, program: Program, name: str, doc: Optional[str]) -> None:
        self.program = program
        self.name = name
        self.doc = doc
        self._set: dict[str, Any] = {}
        self._about: Optional[dict[str, dict]] = None
        self._initial: Optional[_Run] = None

    # -- what it is

    def _symbols(self) -> dict[str, dict]:
        if self._about is None:
            code = self.program._code(network=self.name)
            self._initial = _Run(code)
            self._about = {s["name"]: s for s in code.about["networks"][0]["symbols"]}
        return self._about

    def _dims(self, name: str) -> tuple[int, ...]:
        symbols = self._symbols()
        return tuple(symbols[name]["dims"]) if name in symbols else ()

    def _names(self, role: str) -> tuple[str, ...]:
        return tuple(name for name, s in self._symbols().items() if s["role"] == role)

    @property
    def species(self) -> tuple[str, ...]:
        return self._names("species")

    @property
    def outputs(self) -> tuple[str, ...]:
        return self._names("output")

    @property
    def parameters(self) -> dict[str, Parameter]:
        """By name, with unit and comment; values are those of set(), else defaults."""
        symbols, found = self._symbols(), {}
        assert self._initial is not None
        for name in self._names("parameter"):
            s = symbols[name]
            shape = tuple(s["dims"])
            v = self._set[name] if name in self._set else self._initial.symbol(self.name, name, shape)
            found[name] = Parameter(name, np.asarray(v) if shape else float(v), s["unit"], s["doc"], shape)
        return found

    def set(self, values: Optional[Mapping[str, Numbers]] = None, **more: Numbers) -> Network:
        """Other values of parameters and initial amounts for all runs from now on. Returns the network."""
        self._set.update({**(values or {}), **more})
        return self

    def reset(self) -> Network:
        """Forgets what set() gave."""
        self._set.clear()
        return self

    # -- runs

    def _is_parameter(self, name: str) -> bool:
        return self._symbols().get(name.split("[")[0], {"role": ""})["role"] == "parameter"

    def _binds(self, inputs: _Inputs, word: str, values: Optional[Mapping[str, Any]]) -> list[str]:
        return [f"{word}{name} = {v if isinstance(v, str) else inputs.add(v)}"
                for name, v in (values or {}).items()]

    def _sources(self, inputs: _Inputs, over: Mapping[str, Any], rows: Mapping[str, Any]) -> _Sources:
        text, values, sizes = [], {}, []
        for name, v in over.items():
            v = _axis(v, f"`over` of {name}")
            sizes.append((name, v.shape[0]))
            own = name in self._symbols() or not _IDENTIFIER.match(name)
            word = re.sub(r"\W+", "_", name).strip("_") + "_row" if own else name
            text.append(f"{word} in {inputs.add(v)}")
            values.update({name: word} if own else {})
        given = {name: _axis(v, f"`rows` of {name}") for name, v in rows.items()}
        lengths = {len(v) for v in given.values()}
        if len(lengths) > 1:
            raise ValueError(f"rows stand side by side, and have different lengths: {sorted(lengths)}")
        if lengths:
            n = lengths.pop()
            sizes.append(("row", n))
            text.append(f"crnl_row in 0..{n}")
            values.update({name: f"{inputs.add(v)}[crnl_row]" for name, v in given.items()})
        return _Sources(f" over {', '.join(text)}" if text else "", values, sizes)

    def _statement(self, inputs: _Inputs, sources: _Sources, duration: Optional[Span], every, after, until, to,
                   by, with_, clamp, hold, options, goes_on: bool = False) -> str:
        """Values of set() are given once, when the run begins; so are amounts of rows, whose parameters hold for
        each part."""
        kept = {} if goes_on else self._set
        rows = {k: v for k, v in sources.values.items() if not goes_on or self._is_parameter(k)}
        given = {**kept, **rows, **(with_ or {})}
        binds = [*self._binds(inputs, "", given), *self._binds(inputs, "clamp ", clamp),
                 *self._binds(inputs, "hold ", hold)]
        words = [f"{'continue' if goes_on else 'run'} {self.name}{sources.text}"]
        words += [f"with {', '.join(binds)}"] if binds else []
        words += [f"after {_span(inputs, after)}"] if after is not None else []
        words += [f"for {_span(inputs, duration)}"] if duration is not None else []
        words += [f"until {until}"] if until is not None else []
        words += [f"to {to}"] if to is not None else []
        words += [f"every {_span(inputs, every)}"] if every is not None else []
        if options:
            inside = ", ".join(f"{k} = {_option(v)}" for k, v in options.items())
            by = f"{by or 'ode'}({inside})"
        words += [f"by {by}"] if by is not None else []
        return " ".join(words)

    def run(self, duration: Optional[Span] = None, *, every: Optional[Number] = None,
            after: Optional[Span] = None, until: Optional[str] = None, to: Optional[str] = None,
            by: Optional[str] = None, with_: Optional[Mapping[str, Numbers]] = None,
            clamp: Optional[Mapping[str, Numbers]] = None, hold: Optional[Mapping[str, Numbers]] = None,
            over: Optional[Mapping[str, Numbers]] = None, rows: Optional[Mapping[str, Numbers]] = None,
            read: Union[None, Iterable[str], Mapping[str, str]] = None,
            data: Optional[Mapping[str, Numbers]] = None, courses: Optional[bool] = None,
            then: Iterable[Mapping[str, Any]] = (), seed: int = 0,
            threads: int = 0, values: Optional[Mapping[str, Number]] = None, max_seconds: float = 0,
            **options: Any) -> Result:
        """Runs the network: the clauses of the statement `run`.

        duration  `for`: a time, or "1000 events", "3 cycles"
        every     the time between rows
        after     a time, or "500 events", that comes before and is not recorded
        until     a condition, as text: "A > 5"
        to        "steady" or "limit"
        by        "ode" (the default), "ssa", "tau", "cle", "hybrid", "cme"; options of the method are further
                  arguments: run(10, by="ssa", runs=100), run(10, rtol=1e-9)
        with_     values of parameters and amounts for this run
        clamp     amounts that stay, with the reactions that change them switched off; hold: without that
        over      a run for each combination of elements: {"k": [1, 2], "A": [5, 10, 20]}. A name that the
                  network does not have may stand in texts: over={"V": [1, 10]}, by="ssa(volume = V)"
        rows      a run for each row: {"k": ks, "A": as_}, arrays of one length side by side
        read      expressions of the language about the run: ["run_mean(net.A)"], {"slope":
                  "gradient(net.A, of = net.k)"}; result["slope"] is its value
        data      arrays that these expressions may use, by name
        courses   whether rows are kept: without it they are if there is one run, or if `every` is given
        then      the statement `continue`: further parts, each with clauses of its own, as in
                  run(10, then=[{"duration": 5, "with_": {"k": 2}}]); result.parts has all of them. Each
                  row of `over` and `rows` goes on from where it is, and keeps its parameters. "from_": 0
                  sets the time to 0
        seed      of stochastic runs
        values    parameters of the program
        """
        inputs = _Inputs()
        for name, v in (data or {}).items():
            inputs.add(v, name)
        sources = self._sources(inputs, over or {}, rows or {})
        many = bool(sources.text)
        statement = self._statement(inputs, sources, duration, every, after, until, to, by, with_, clamp, hold,
                                    options)
        keep = courses if courses is not None else every is not None or (not many and to is None)
        read = [read] if isinstance(read, str) else read
        wanted = dict(read) if isinstance(read, Mapping) else {e: e for e in read or ()}
        runs = int(options.get("runs", 1))
        if many and runs == 1 and (by is None or "runs" not in by):
            for name in self.outputs or self.species:
                wanted.setdefault(f"{name} at the end" if keep else name, f"{self.name}.{name}")
        further = [self._part(inputs, sources, part) for part in then]
        own = {name: f"crnl_out_{i}" for i, name in enumerate(wanted)}
        statements = [(statement, keep), *further]
        lines = [f"experiment {_EXPERIMENT} {{", *inputs.lines,
                 *(f"  {s}{f' -> {chr(34)}rows{i}.csv{chr(34)}' if kept else ''};"
                   for i, (s, kept) in enumerate(statements)),
                 *(f"  let {own[name]} = {e};" for name, e in wanted.items()), "}"]
        run = _Run(self.program._code(more="\n".join(lines)), seed=seed, threads=threads, rows_in_memory=True,
                   values=values, max_seconds=max_seconds)
        for name, v in inputs.value:
            run.give(name, v)
        run.execute()
        tables = iter(range(len(statements)))
        at = [next(tables) if kept else None for _, kept in statements]
        result = Result(run, self, sources.sizes, runs, own, at[0])
        result._further = tuple(Result(run, self, sources.sizes, 1, {}, table) for table in at[1:])
        return result

    _PART = ("duration", "every", "after", "until", "to", "by", "with_", "clamp", "hold")

    def _part(self, inputs: _Inputs, sources: _Sources, part: Mapping[str, Any]) -> tuple[str, bool]:
        """A part of `then`: its statement, and whether its rows are kept."""
        if not isinstance(part, Mapping):
            raise TypeError(f"`then` is a list of parts like {{\"duration\": 5}}, and {part!r} is none")
        given = dict(part)
        alone = not sources.text and given.get("to") is None
        kept = given.pop("courses", alone or given.get("every") is not None)
        clauses, begins = [given.pop(name, None) for name in self._PART], given.pop("from_", None)
        statement = self._statement(inputs, sources, *clauses, given, goes_on=True)
        return statement + (f" from {_span(inputs, begins)}" if begins is not None else ""), kept

    def plot(self, curves: Optional[str] = None, duration: Optional[Span] = None, *, options: str = "",
             every: Optional[Number] = None, after: Optional[Span] = None, until: Optional[str] = None,
             to: Optional[str] = None, by: Optional[str] = None, with_: Optional[Mapping[str, Numbers]] = None,
             clamp: Optional[Mapping[str, Numbers]] = None, hold: Optional[Mapping[str, Numbers]] = None,
             seed: int = 0, values: Optional[Mapping[str, Number]] = None, **method: Any) -> Picture:
        """Runs the network and draws what `plot` of the language draws: net.plot("A, B", 100, every=1).
        `options` stand behind `with`: 'y = log, title = "growth"'. Without curves: outputs, or all species."""
        curves = curves or ", ".join(self.outputs or self.species)
        inputs: _Inputs = _Inputs()
        statement = self._statement(inputs, _Sources(), duration, every, after, until, to, by, with_, clamp,
                                    hold, method)
        tail = f" with {options}" if options else ""
        return self.program._draw([*inputs.lines, f"  {statement};",
                                   f"  plot {self.name}: {curves}{tail} -> \"picture.svg\";"],
                                  inputs, seed, values)

    def graph(self) -> Picture:
        """The network as Graphviz draws it."""
        return self.program._draw([f"  plot graph({self.name}) -> \"picture.svg\";"], _Inputs(), 0, None)

    def _repr_mimebundle_(self, **more: Any) -> dict[str, str]:
        try:
            return bundle(self.graph().svg, f"graph of {self.name}")
        except Error:
            return {}

    def _repr_svg_(self) -> Optional[str]:
        return self._repr_mimebundle_().get("image/svg+xml")

    def __repr__(self) -> str:
        return f"<Network {self.name}>"


class Experiment:
    """An experiment of a program."""

    def __init__(self, program: Program, name: str, doc: Optional[str]) -> None:
        self.program = program
        self.name = name
        self.doc = doc

    def run(self, *, seed: int = 0, threads: int = 0, values: Optional[Mapping[str, Number]] = None,
            variables: Optional[Mapping[str, Numbers]] = None, out_dir: Optional[str] = None,
            allow_outside: bool = False, max_seconds: float = 0) -> Outcome:
        """Executes it. `values` are parameters of the program; `variables` gives variables of its top level
        other values than the first that they get. Files are written below `out_dir`."""
        run = _Run(self.program._code(experiment=self.name), seed=seed, threads=threads, out_dir=out_dir,
                   values=values, allow_outside=allow_outside, max_seconds=max_seconds)
        for name, v in (variables or {}).items():
            run.give(name, v)
        run.execute()
        return Outcome(run)

    def __repr__(self) -> str:
        return f"<Experiment {self.name}>"


# ---- Programs -------------------------------------------------------------------------------------------

def _manual(entry: dict) -> str:
    """What help() says of a network or experiment."""
    text = [f"{entry['kind']} {entry['name']}", "", entry["doc"] or "(no comment)"]
    rows = [*entry["given"], *entry["own"]]
    if entry["units"]:
        text += ["", entry["units"]]
    for r in rows:
        value = f" = {r['value']}" if r["value"] else ""
        text.append(f"\n{(r['kind'] + ' ') if r['kind'] else ''}{r['name']}{value}"
                    + (f"\n    {r['doc']}" if r["doc"] else ""))
    return "\n".join(text)


class Program:
    """A text of the language, with its networks and experiments."""

    def __init__(self, path: str, text: str, data_dir: Optional[str] = None,
                 defines: Optional[Mapping[str, Any]] = None) -> None:
        import json
        source = _bytes(text, f"the text of {path}")
        self.path = path
        self.text = text
        self._data_dir = data_dir
        self._defines = [f"{k}={_option(v)}" for k, v in (defines or {}).items()]
        self._lock = threading.Lock()
        self._compiled: dict[tuple, _Code] = {}
        error = ctypes.c_void_p()
        at = lib.crnlc_describe(_path(path, "the name of the text"), source, ctypes.byref(error))
        if not at:
            _raise(error)
        about = json.loads(ctypes.string_at(at).decode(errors="replace"))
        lib.crnlc_text_free(at)
        self.doc: Optional[str] = about["doc"]
        self._entries = about["entries"]
        self.networks: dict[str, Network] = self._make("network", Network)
        self.experiments: dict[str, Experiment] = self._make("experiment", Experiment)

    def _make(self, kind: str, cls: type) -> dict:
        """Each is of a class of its own, whose documentation is that of the text."""
        return {e["name"]: type(cls.__name__, (cls,), {"__doc__": _manual(e)})(self, e["name"], e["doc"])
                for e in self._entries if e["kind"] == kind}

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Those of the program, at its top level; `values` of a run sets them."""
        if not any(e["kind"] == "param" for e in self._entries):
            return {}
        code = self._code(network=next(iter(self.networks))) if self.networks else self._code()
        return {p["name"]: Parameter(p["name"], p["value"], p["unit"], p["doc"], ()) for p in
                code.about["params"]}

    def network(self, name: str) -> Network:
        """One that the text does not declare itself, but uses of a module; else as networks[name]."""
        with self._lock:
            if name not in self.networks:
                self.networks[name] = Network(self, name, None)
            return self.networks[name]

    def __getitem__(self, name: str) -> Network:
        return self.networks[name]

    def run(self, experiment: Optional[str] = None, **options: Any) -> Outcome:
        """Executes an experiment: `main`, or the only one, if none is named."""
        name = experiment or ("main" if "main" in self.experiments or len(self.experiments) != 1
                              else next(iter(self.experiments)))
        if name not in self.experiments:
            raise KeyError(f"{name}; there are {', '.join(self.experiments) or 'no experiments'}")
        return self.experiments[name].run(**options)

    def _code(self, experiment: Optional[str] = None, network: Optional[str] = None,
              more: Optional[str] = None) -> _Code:
        key = (experiment, network, more)
        with self._lock:
            code = self._compiled.pop(key, None)
        if code is None:
            code = _Code(self.path, self.text, _EXPERIMENT if more else experiment, network, more, self._data_dir,
                         self._defines)
        with self._lock:
            self._compiled[key] = code
            while len(self._compiled) > _KEPT:
                self._compiled.pop(next(iter(self._compiled)))
        return code

    def _draw(self, lines: list[str], inputs: _Inputs, seed: int,
              values: Optional[Mapping[str, Number]]) -> Picture:
        text = "\n".join([f"experiment {_EXPERIMENT} {{", *lines, "}"])
        folder = os.path.join(os.environ.get("TMPDIR") or "/tmp", f"crnl-{os.urandom(8).hex()}")
        os.mkdir(folder, 0o700)  # as tempfile does, whose import takes longer than the run
        try:
            run = _Run(self._code(more=text), seed=seed, out_dir=folder, values=values)
            for name, v in inputs.value:
                run.give(name, v)
            run.execute()
            with open(os.path.join(folder, "picture.svg"), encoding="utf-8") as picture:
                return Picture(picture.read())
        finally:
            for name in os.listdir(folder):
                os.unlink(os.path.join(folder, name))
            os.rmdir(folder)

    def __repr__(self) -> str:
        return f"<Program {self.path}: {', '.join([*self.networks, *self.experiments])}>"


_KEPT = 64  # compiled runs of a program


def _check(path: str, text: str) -> Optional[Error]:
    """What is to be said about all of a text, warnings too."""
    name, source = _path(path, "the name of the text"), _bytes(text, f"the text of {path}")
    found = _apart(lambda: lib.crnlc_check(name, source, None))
    if not found:
        return None
    try:
        _raise(ctypes.c_void_p(found))
    except Error as e:
        return e


def check(text: str, *, name: str = "text.crnl") -> tuple[Diagnostic, ...]:
    """What `crnlc check` says about a text: all errors and warnings, also of networks and experiments that no
    run looks at."""
    error = _check(name, text)
    return error.diagnostics if error is not None else ()


def load(path: Union[str, os.PathLike], *, data_dir: Optional[str] = None,
         defines: Optional[Mapping[str, Any]] = None) -> Program:
    """A program of the language, or the network of a file of another tool (SBML, BioNetGen, ...): then the
    program has one network, called after the file. `defines` are values of top-level constants."""
    path = os.fsdecode(path)
    if path.endswith(".crnl"):
        with open(path, encoding="utf-8", errors="surrogateescape") as source:
            return Program(path, source.read(), data_dir, defines)
    os.stat(path)
    folder, name = os.path.split(path)
    word = re.sub(r"\W+", "_", name.split(".")[0]) or "network_of_file"
    word = word if _IDENTIFIER.match(word) else "_" + word
    return Program(os.path.join(folder, f"{name} as a program"), f"network {word} = import \"{name}\";\n",
                   data_dir, defines)


def compile(text: str, *, name: str = "text.crnl", data_dir: Optional[str] = None,
            defines: Optional[Mapping[str, Any]] = None) -> Program:
    """A program from its text. `name` stands for it in messages; files that it names lie in the current
    folder, or in `data_dir`."""
    return Program(name, text, data_dir, defines)
