#!/usr/bin/env python3
"""Fits and forecasts the daily series of a file of sets.py with Prophet and its defaults, on one core.

    python prophet_run.py --series series.csv --sets nn5,m5dense --out F.csv

The first day of every series is 1970-01-01. Columns out: set,id,step,mean,p10,p50,p90,seconds; seconds is the CPU time of fit and
forecast, Stan's process included, on the first step.
"""

import argparse
import csv
import logging
import os
import time
import warnings

warnings.filterwarnings("ignore")
logging.getLogger("cmdstanpy").disabled = True
logging.getLogger("prophet").setLevel(logging.ERROR)


def cpu():
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--series", "--sets", "--out"):
        parser.add_argument(name, required=True)
    args = parser.parse_args()
    import pandas as pd
    from prophet import Prophet

    series, order = {}, []
    wanted = args.sets.split(",")
    with open(args.series, newline="") as f:
        for r in csv.DictReader(f):
            if r["set"] not in wanted or r["season"] != "7":
                continue
            key = (r["set"], r["id"])
            if key not in series:
                series[key] = {"train": [], "test": []}
                order.append(key)
            series[key][r["split"]].append(float(r["y"]))
    with open(args.out, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["set", "id", "step", "mean", "p10", "p50", "p90", "seconds"])
        for key in order:
            y, h = series[key]["train"], len(series[key]["test"])
            days = pd.date_range("1970-01-01", periods=len(y) + h, freq="D")
            began = cpu()
            model = Prophet(interval_width=0.8)
            model.fit(pd.DataFrame({"ds": days[: len(y)], "y": y}))
            fc = model.predict(pd.DataFrame({"ds": days[len(y):]}))
            seconds = cpu() - began
            for j in range(h):
                mean, low, high = (float(fc[c][j]) for c in ("yhat", "yhat_lower", "yhat_upper"))
                out.writerow([key[0], key[1], j + 1, mean, low, mean, high, seconds if j == 0 else ""])
            f.flush()


if __name__ == "__main__":
    main()
