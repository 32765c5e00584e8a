#!/usr/bin/env python3
"""Kills a program by SIGKILL at random moments and resumes it from its checkpoint until it ends; what it
prints and writes must be the bytes of a run that nobody killed.

    kill.py KILLS SEED PROGRAM...

PROGRAM writes to the folder --out-dir. A moment is one of processor time, drawn from 0 to what the whole run
takes, so that it lies in the middle of the work however busy the machine is; a SEED has the same moments.
"""
import filecmp
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

TOLD = 20  # so many kills from one line of progress to the next
MOST_THREADS = 2  # that the programs have: processor time runs so many times as fast as the clock, at most
TICK = os.sysconf("SC_CLK_TCK")


def used(pid):
    """Seconds of processor time of a process with all its threads."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def start(program, options, text):
    with open(text, "wb") as out:
        return subprocess.Popen(program + options, stdout=out)


def run(program, options, text):
    """To its end; the processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    if start(program, options, text).wait() != 0:
        sys.exit(f"failed: {options}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def remove_parts(folder):
    """What a program that was killed leaves, which is no result, and of which the next one would warn."""
    for n in os.listdir(folder) if os.path.isdir(folder) else []:
        if ".part-" in n:
            os.remove(os.path.join(folder, n))


def same(a, b):
    _, differ, unread = filecmp.cmpfiles(a, b, os.listdir(a), shallow=False)
    return sorted(os.listdir(a)) == sorted(os.listdir(b)) and not differ and not unread


def main():
    kills, seed, program = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    draw = random.Random(seed)
    for folder in ("whole", "resumed"):
        shutil.rmtree(folder, ignore_errors=True)
    total = run(program, ["--out-dir", "whole"], "whole.txt")
    killed = chains = resumed = 0
    while killed < kills:
        shutil.rmtree("resumed", ignore_errors=True)
        if os.path.exists("kept"):
            os.remove("kept")
        while True:
            options = ["--out-dir", "resumed", "--checkpoint", "kept", "--checkpoint-every", "0.02"]
            if os.path.exists("kept"):
                options += ["--resume", "kept"]
                resumed += 1
            moment = draw.uniform(0, total) if killed < kills else float("inf")
            p = start(program, options, "resumed.txt")
            while p.poll() is None and (left := moment - used(p.pid)) > 0:
                time.sleep(max(0.005, min(left, 5) / 2 / MOST_THREADS))
            if p.poll() is not None:
                break
            p.send_signal(signal.SIGKILL)
            p.wait()
            killed += 1
            if killed % TOLD == 0:
                print(f"{killed} kills, {chains} programs, {resumed} resumed so far", file=sys.stderr, flush=True)
            remove_parts("resumed")
            remove_parts(".")
        chains += 1
        if p.returncode != 0:
            sys.exit(f"a resumed program ended with {p.returncode}")
        if not filecmp.cmp("whole.txt", "resumed.txt", shallow=False) or not same("whole", "resumed"):
            sys.exit(f"other bytes after {killed} kills, seed {seed}")
    if resumed == 0:
        sys.exit("no program was resumed")
    print(f"{killed} kills, {chains} programs, {resumed} resumed: the same bytes")


main()
