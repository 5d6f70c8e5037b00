#!/usr/bin/env python3
"""Fits and forecasts every series of a file of sets.py with one automatic model of statsforecast, on one core.

    python statsforecast_run.py --series series.csv --sets m3m,nn5 --model AutoETS --out F.csv

Columns out: set,id,step,mean,p10,p50,p90,seconds; seconds is the CPU time of fit and forecast, on the first step.
"""

import argparse
import csv
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--series", "--sets", "--model", "--out"):
        parser.add_argument(name, required=True)
    args = parser.parse_args()
    import statsforecast.models as models

    series, order = {}, []
    wanted = args.sets.split(",")
    with open(args.series, newline="") as f:
        for r in csv.DictReader(f):
            if r["set"] not in wanted:
                continue
            key = (r["set"], r["id"], int(r["season"]))
            if key not in series:
                series[key] = {"train": [], "test": []}
                order.append(key)
            series[key][r["split"]].append(float(r["y"]))
    model = getattr(models, args.model)
    first = series[order[0]]["train"]
    model(season_length=1).forecast(np.array(first[:50]), h=5, level=[80])  # loads what is loaded on first use
    with open(args.out, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["set", "id", "step", "mean", "p10", "p50", "p90", "seconds"])
        for key in order:
            y, h = np.array(series[key]["train"]), len(series[key]["test"])
            began = time.process_time()
            fc = model(season_length=key[2]).forecast(y, h=h, level=[80])
            seconds = time.process_time() - began
            for j in range(h):
                mean, low, high = float(fc["mean"][j]), float(fc["lo-80"][j]), float(fc["hi-80"][j])
                out.writerow([key[0], key[1], j + 1, mean, low, mean, high, seconds if j == 0 else ""])
            f.flush()


if __name__ == "__main__":
    main()
