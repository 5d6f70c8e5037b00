#!/usr/bin/env python3
"""Reads the same files with Shelfcast, polars and DuckDB, in turn, and prints medians of time, CPU and memory.

    python3 ingest/peers/read.py --venv DIR --target F [--related F] [--reps 5]

Run it at the root of the repository. DIR is a folder outside of it for a virtual environment, which is made, and which
polars and DuckDB are installed into, where it is not there. F is a file, or a folder of Parquet files. Nothing of this is
needed by a build or a test.

What each does, in a process of its own, with every core:

  shelfcast  BenchmarkReadNamedFiles of package ingest: every row is checked, series by item and store, sorted by key, in
             dense columns from a series' first row to the last period of all, gaps filled and counted; files digested;
             related columns laid beside the target and into the horizon.
  polars     scan of the columns it has, timestamps parsed to dates, a sort by item_id, store_id and timestamp, and a
             group by series into lists of values. No check, no gap, no digest. The related file likewise, joined to nothing.
  duckdb     the same in SQL: list(value ORDER BY timestamp) by item_id and store_id, ordered by both.

The ratio is a peer's time over that of Shelfcast: above 1, Shelfcast is faster.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import venv

PEERS = ["polars==2.1.0", "duckdb==2.0.1", "pyarrow==26.0.1"]


def files(path):
    return str(pathlib.Path(path) / "*.parquet") if os.path.isdir(path) else path


def polars_read(path):
    import polars as pl

    at = files(path)
    scan = pl.scan_parquet(at) if at.endswith(".parquet") else pl.scan_csv(at, try_parse_dates=True)
    frame = scan.sort("item_id", "store_id", "timestamp").group_by("item_id", "store_id", maintain_order=True).agg(pl.all()).collect()
    return frame.height


def duckdb_read(path):
    import duckdb

    at = files(path)
    source = f"read_parquet('{at}')" if at.endswith(".parquet") else f"read_csv('{at}')"
    columns = [c[0] for c in duckdb.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    lists = ", ".join(f"list({c} ORDER BY timestamp) AS {c}" for c in columns if c not in ("item_id", "store_id"))
    table = duckdb.sql(f"SELECT item_id, store_id, {lists} FROM {source} GROUP BY item_id, store_id ORDER BY item_id, store_id").to_arrow_table
    return table().num_rows


def measure(command, environ):
    """Returns wall seconds, CPU seconds and the peak of memory in MiB of a command."""
    with tempfile.TemporaryFile() as out:
        begin = time.monotonic()
        child = subprocess.Popen(command, env=environ, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            out.seek(0)
            sys.exit(f"{command}: exit {child.returncode}\n{out.read().decode()}")
        return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def prepare(folder):
    python = pathlib.Path(folder) / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "-q", "install", *PEERS], check=True)
    return str(python)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--venv")
    p.add_argument("--target")
    p.add_argument("--related", default="")
    p.add_argument("--reps", type=int, default=5)
    p.add_argument("--only", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.only:
        read = {"polars": polars_read, "duckdb": duckdb_read}[a.only]
        return print([read(path) for path in (a.target, a.related) if path])
    python = prepare(a.venv)
    test = str(pathlib.Path(tempfile.mkdtemp()) / "ingest.test")
    subprocess.run(["go", "test", "-c", "-o", test, "./ingest"], check=True)
    environ = dict(os.environ, SHELFCAST_READ_TARGET=os.path.abspath(a.target), SHELFCAST_READ_RELATED=a.related and os.path.abspath(a.related))
    peer = [python, os.path.abspath(__file__), "--target", os.path.abspath(a.target), "--related", a.related and os.path.abspath(a.related), "--only"]
    commands = {
        "shelfcast": [test, "-test.run", "^$", "-test.bench", "BenchmarkReadNamedFiles", "-test.benchtime", "1x"],
        "polars": [*peer, "polars"],
        "duckdb": [*peer, "duckdb"],
    }
    runs = {name: [] for name in commands}
    for _ in range(a.reps):
        for name, command in commands.items():
            runs[name].append(measure(command, environ))
    medians = {name: [statistics.median(column) for column in zip(*list_)] for name, list_ in runs.items()}
    ours = medians["shelfcast"]
    print(f"{'':10} {'wall s':>8} {'cpu s':>8} {'peak MiB':>9} {'wall ratio':>11} {'cpu ratio':>10}")
    for name, (wall, cpu, peak) in medians.items():
        print(f"{name:10} {wall:8.2f} {cpu:8.2f} {peak:9.0f} {wall / ours[0]:11.2f} {cpu / ours[1]:10.2f}")
    print(json.dumps({"target": a.target, "related": a.related, "reps": a.reps, "cores": os.cpu_count(), "runs": runs}))


if __name__ == "__main__":
    main()
