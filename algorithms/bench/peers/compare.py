#!/usr/bin/env python3
"""Fits the same series with Shelfcast, statsforecast, R's package forecast and, those of days, Prophet, and prints one table for each set.

    python3 algorithms/bench/peers/compare.py --venv DIR --data DIR [--classical DIR] [--sets a,b] [--out DIR] [--skip arima]

Run it at the root of the repository. DIR of --venv is a folder outside of it for a virtual environment, which is made, and
which statsforecast and Prophet are installed into, where it is not there. R's forecast is used where Rscript has it. The series are those of
sets.py. Each program works through them one after another on one core; CPU ms is fit and forecast of one series. Automatic ARIMA of
the peers takes seconds a series, and hours for all sets: --skip arima leaves it out. Files that are there are not made again.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).parent
PEERS = ["statsforecast==2.1.1", "prophet==1.5.0"]
OURS = ["auto-arima", "auto-ets", "auto-theta", "theta", "dotm", "prophet"]
ALL = "m3m,nn5,m4h,m4w,m5dense,m5random,storeitem"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", required=True, type=pathlib.Path)
    parser.add_argument("--data", required=True)
    parser.add_argument("--classical")
    parser.add_argument("--sets", default=ALL)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("bin/peers"))
    parser.add_argument("--skip", default="")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    python = args.venv / "bin" / "python"
    if not python.exists():
        venv.create(args.venv, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
    series = args.out / "series.csv"
    if not series.exists():
        more = ["--classical", args.classical] if args.classical else []
        subprocess.run([sys.executable, HERE / "sets.py", "--data", args.data, *more, "--out", series], check=True)

    one_core = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    files = []

    def run(name, command):
        to = args.out / f"{name}.csv"
        if not to.exists():
            print(f"{name} …", file=sys.stderr)
            part = args.out / f".{name}.csv"
            subprocess.run([*map(str, command), str(part)], check=True, env=one_core)
            part.rename(to)
        files.append(f"{name}={to}")

    run("shelfcast", ["go", "run", "./algorithms/bench", "--series", series, "--sets", args.sets, "--models", ",".join(OURS), "--out"])
    peers = [("AutoTheta", "thetaf"), ("AutoETS", "ets"), ("AutoARIMA", "auto.arima")]
    r = shutil.which("Rscript")
    has_r = r and subprocess.run([r, "-e", "library(forecast)"], capture_output=True).returncode == 0
    for theirs, of_r in peers:
        if args.skip and args.skip in theirs.lower():
            continue
        run(f"statsforecast-{theirs}", [python, HERE / "statsforecast_run.py", "--series", series, "--sets", args.sets, "--model", theirs, "--out"])
        if has_r:
            run(f"R-{of_r}", [r, HERE / "forecast_run.R", series, args.sets, of_r])
    run("Prophet", [python, HERE / "prophet_run.py", "--series", series, "--sets", args.sets, "--out"])
    subprocess.run([sys.executable, HERE / "score.py", "--series", series, *files], check=True)


if __name__ == "__main__":
    main()
