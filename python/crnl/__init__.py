"""Chemical reaction networks of the language .crnl in Python.

    import crnl

    program = crnl.load("switch.crnl")        # or crnl.compile(text)
    net = program.networks["toggle"]
    help(net)                                 # its comment, parameters with units, species
    course = net.run(100, every=0.5, by="ssa", runs=20, with_={"d": 0.6})
    course.time, course["A"]                  # NumPy arrays

Runs are those of the language, with all of its clauses; doc/python.md tells them.
"""
from ._library import lib as _lib
from ._program import (Diagnostic, Error, Experiment, Network, Outcome, Parameter, Picture, Program, Result,
                       check, compile, load)

__all__ = ["Diagnostic", "Error", "Experiment", "Network", "Outcome", "Parameter", "Picture", "Program", "Result",
           "check", "compile", "load"]
__version__: str = _lib.crnlc_version().decode()
