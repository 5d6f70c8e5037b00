#!/usr/bin/env python3
"""Writes the series that the classical models are compared on, as one CSV file: set,id,season,split,t,y.

    python3 algorithms/bench/peers/sets.py --data DIR [--classical DIR] --out series.csv

DIR holds m4, m5 and store_item_demand as `shelfcast datasets list` describes them; --classical a folder with
series_m3m.csv.gz and series_nn5.csv.gz (columns uid,split,t,y). Sets whose files are absent are left out, and said so.

  m3m         200 monthly series of M3                         18 months ahead
  nn5         daily cash withdrawals of NN5                    14 days
  m4h, m4w    every second hourly and weekly series of M4, 200 at most   48 hours, 13 weeks
  m5dense     100 item-stores of M5 that sell on nine days in ten, the 1,000 days to d_1913   28 days
  m5random    100 item-stores of M5 drawn from all that had sold 100 days before   28 days
  storeitem   100 of the store-item demand challenge, to 2017-10-02   90 days
"""

import argparse
import csv
import gzip
import pathlib
import random
import sys

M5_ORIGIN, M5_DAYS, M5_AHEAD = 1913, 1000, 28
STORE_ITEM_AHEAD = 90


def rows(path):
    with gzip.open(path, "rt", newline="") as f:
        yield from csv.reader(f)


def uniform(folder, name, season):
    series = {}
    for uid, split, _, y in list(rows(folder / f"series_{name}.csv.gz"))[1:]:
        series.setdefault(uid, {"train": [], "test": []})[split].append(float(y))
    return [(name, uid, season, s["train"], s["test"]) for uid, s in series.items()]


def m4(folder, name, file, season):
    wide = {}
    for split in ("train", "test"):
        for r in list(rows(folder / f"{file}-{split}.csv.gz"))[1:]:
            wide.setdefault(r[0], {})[split] = [float(v) for v in r[1:] if v not in ("", "NA")]
    return [(name, uid, season, s["train"], s["test"]) for uid, s in list(wide.items())[::2][:200]]


def m5(folder):
    dense, sold = [], []
    for r in list(rows(folder / "sales_train_evaluation.csv.gz"))[1:]:
        y = [float(v) for v in r[6:]]
        first = next(i for i, v in enumerate(y) if v > 0)
        train, test = y[max(first, M5_ORIGIN - M5_DAYS):M5_ORIGIN], y[M5_ORIGIN:M5_ORIGIN + M5_AHEAD]
        if len(train) < 100:
            continue
        sold.append((r[0], train, test))
        if len(train) == M5_DAYS and sum(v > 0 for v in train) >= 0.9 * M5_DAYS:
            dense.append((r[0], train, test))
    draw = random.Random(42)
    for name, pool in (("m5dense", dense), ("m5random", sold)):
        for uid, train, test in draw.sample(pool, 100):
            yield name, uid, 7, train, test


def store_item(folder):
    series = {}
    for date, store, item, sales in list(rows(folder / "train.csv.gz"))[1:]:
        series.setdefault(f"{store}-{item}", []).append(float(sales))
    for uid in random.Random(42).sample(sorted(series), 100):
        y = series[uid]
        yield "storeitem", uid, 7, y[:-STORE_ITEM_AHEAD], y[-STORE_ITEM_AHEAD:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--classical", type=pathlib.Path)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    makers = [
        ("m4h", lambda: m4(args.data / "m4", "m4h", "Hourly", 24)),
        ("m4w", lambda: m4(args.data / "m4", "m4w", "Weekly", 1)),
        ("m5dense and m5random", lambda: m5(args.data / "m5")),
        ("storeitem", lambda: store_item(args.data / "store_item_demand")),
    ]
    if args.classical:
        makers = [("m3m", lambda: uniform(args.classical, "m3m", 12)), ("nn5", lambda: uniform(args.classical, "nn5", 7))] + makers
    with open(args.out, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["set", "id", "season", "split", "t", "y"])
        for name, make in makers:
            try:
                series = list(make())
            except FileNotFoundError as err:
                print(f"{name}: left out: {err}", file=sys.stderr)
                continue
            for set_, uid, season, train, test in series:
                for split, values in (("train", train), ("test", test)):
                    for t, y in enumerate(values, 1):
                        out.writerow([set_, uid, season, split, t, repr(y)])
            print(f"{name}: {len(series)} series", file=sys.stderr)


if __name__ == "__main__":
    main()
