#!/usr/bin/env python3
"""Scores forecasts of the series of sets.py and prints one table: MASE, wQL over 0.1, 0.5 and 0.9, CPU ms a series.

    python3 algorithms/bench/peers/score.py --series series.csv NAME=F.csv …

MASE is the mean over series of the mean absolute error of the median over the mean absolute seasonal difference of the
training values; wQL is 2·Σ pinball/Σ|y| over all series of a set, the mean of the three levels. F may hold several models.
"""

import argparse
import collections
import csv
import math


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", required=True)
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    series = {}
    with open(args.series, newline="") as f:
        for r in csv.reader(f):
            if r[0] == "set":
                continue
            series.setdefault((r[0], r[1]), (int(r[2]), [], []))[1 if r[3] == "train" else 2].append(float(r[5]))
    scores = collections.defaultdict(dict)  # set -> name -> (mase, wql, ms, n)
    for spec in args.files:
        name, path = spec.split("=", 1)
        found = collections.defaultdict(lambda: collections.defaultdict(list))
        with open(path, newline="") as f:
            for r in csv.DictReader(f):
                label = f"{name} {r['model']}" if "model" in r else name
                found[label][(r["set"], r["id"])].append(r)
        for label, by in found.items():
            acc = collections.defaultdict(lambda: [[], 0.0, 0.0, 0.0])
            for key, rows in by.items():
                season, train, test = series[key]
                if len(rows) != len(test):
                    continue
                scale = sum(abs(train[t] - train[t - season]) for t in range(season, len(train))) / (len(train) - season)
                a = acc[key[0]]
                a[0].append(sum(abs(y - float(r["p50"])) for y, r in zip(test, rows)) / len(test) / scale if scale > 0 else math.nan)
                for q, column in ((0.1, "p10"), (0.5, "p50"), (0.9, "p90")):
                    for y, r in zip(test, rows):
                        e = y - max(float(r[column]), 0)
                        a[1] += 2 * max(q * e, (q - 1) * e) / 3
                a[2] += sum(abs(y) for y in test)
                a[3] += float(rows[0]["seconds"] or 0)
            for set_, (mases, loss, size, seconds) in acc.items():
                good = [m for m in mases if m == m]
                scores[set_][label] = (sum(good) / len(good), loss / size, 1000 * seconds / len(mases), len(mases))
    for set_, by in scores.items():
        print(f"\n{set_}\n{'':28}{'series':>7}{'MASE':>9}{'wQL':>9}{'CPU ms':>10}")
        for label, (mase, wql, ms, n) in sorted(by.items(), key=lambda kv: kv[1][1]):
            print(f"{label:28}{n:7}{mase:9.4f}{wql:9.4f}{ms:10.3f}")


if __name__ == "__main__":
    main()
