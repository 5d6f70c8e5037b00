#!/usr/bin/env python3
"""Fits a random choice of M5's item-stores with Prophet, with price, SNAP and events as regressors, and lays it beside a forecast.

    shelfcast forecast --target m5/tts.parquet --related m5/rts.parquet --features price=price,snap=other,event=other \\
        --frequency D --horizon 28 --models prophet --as-of 2016-04-24 --out f.csv
    python prophet_m5.py --m5 m5 --forecast f.csv --as-of 2016-04-24 --series 300 --seed 1

Both have the logarithm of the price. Means and quantiles are cut at 0; Prophet's quantiles are those of its draws. The weights of
WRMSSE are sales in money of the 28 days to the origin, among the series chosen. CPU seconds are Prophet's fit and draws.
"""

import argparse
import logging
import os
import random
import warnings

warnings.filterwarnings("ignore")
logging.getLogger("cmdstanpy").disabled = True
logging.getLogger("prophet").setLevel(logging.ERROR)

LEVELS = (0.1, 0.5, 0.9)


def cpu():
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--m5", "--forecast", "--as-of"):
        parser.add_argument(name, required=True)
    parser.add_argument("--series", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    import numpy as np
    import polars as pl
    from prophet import Prophet

    def table(name):
        path = os.path.join(args.m5, name)
        return pl.scan_parquet(path if os.path.isfile(path) else path + "/*.parquet")

    key = ["item_id", "store_id"]
    day = pl.col("timestamp").cast(pl.Date)
    ours = pl.read_csv(args.forecast, columns=key + ["timestamp", "mean", "p10", "p50", "p90", "model"], try_parse_dates=True)
    ours = ours.with_columns(day)
    names = sorted(set(ours.select(key).unique().rows()))
    chosen = sorted(random.Random(args.seed).sample(names, args.series))
    keep = pl.DataFrame(chosen, schema=key, orient="row")
    data = table("tts.parquet").join(keep.lazy(), on=key).with_columns(day)
    data = data.join(table("rts.parquet").with_columns(day), on=key + ["timestamp"]).sort(key + ["timestamp"]).collect()
    ours = ours.join(keep, on=key).sort(key + ["timestamp"])
    from datetime import date

    origin = date.fromisoformat(args.as_of)
    scores = {name: dict(pinball=[], absolute=[], rmsse=[], inside=[]) for name in ("prophet of PyPI", "shelfcast")}
    actual, weights, seconds = 0.0, [], 0.0
    fallen = ours.filter(pl.col("model") != ours["model"].mode()[0]).select(key).unique().height
    for one in chosen:
        rows = data.filter((pl.col("item_id") == one[0]) & (pl.col("store_id") == one[1]))
        rows = rows.with_columns(pl.col("price").log().alias("price_log"))
        past = rows.filter(pl.col("timestamp") <= origin)
        ahead = rows.filter(pl.col("timestamp") > origin).head(28)
        y, truth = past["demand"].to_numpy(), ahead["demand"].to_numpy()
        mine = ours.filter((pl.col("item_id") == one[0]) & (pl.col("store_id") == one[1]))
        began = cpu()
        model = Prophet()
        columns = [c for c in ("price_log", "snap", "event") if past[c].n_unique() > 1]
        for c in columns:
            model.add_regressor(c)
        frame = past.select(pl.col("timestamp").alias("ds"), pl.col("demand").alias("y"), *columns).to_pandas()
        model.fit(frame)
        draws = model.predictive_samples(ahead.select(pl.col("timestamp").alias("ds"), *columns).to_pandas())["yhat"]
        mean = model.predict(ahead.select(pl.col("timestamp").alias("ds"), *columns).to_pandas())["yhat"].to_numpy()
        seconds += cpu() - began
        start = int(np.argmax(y > 0))
        scale = np.mean(np.diff(y[start:].astype(float)) ** 2)
        actual += np.abs(truth).sum()
        weights.append(float((past["demand"] * past["price"]).tail(28).sum()))
        fans = {
            "prophet of PyPI": (mean, [np.quantile(draws, q, axis=1) for q in LEVELS]),
            "shelfcast": (mine["mean"].to_numpy(), [mine[c].to_numpy() for c in ("p10", "p50", "p90")]),
        }
        for name, (m, quantiles) in fans.items():
            s, m, quantiles = scores[name], np.maximum(m, 0), [np.maximum(q, 0) for q in quantiles]
            s["pinball"].append(sum(2 * np.sum(np.maximum(q * (truth - f), (q - 1) * (truth - f))) for q, f in zip(LEVELS, quantiles)) / len(LEVELS))
            s["absolute"].append(np.abs(truth - quantiles[1]).sum())
            s["rmsse"].append(np.sqrt(np.mean((truth - m) ** 2) / scale) if scale > 0 else np.nan)
            s["inside"].append(np.mean((truth >= quantiles[0]) & (truth <= quantiles[2])))
    w = np.array(weights) / sum(weights)
    print(f"{len(chosen)} series of seed {args.seed}, {fallen} of them by another model than the rest; Prophet {seconds / len(chosen):.3f} CPU s a series")
    print(f"{'':18}{'wQL':>8}{'WAPE':>8}{'RMSSE':>8}{'WRMSSE':>8}{'80 %':>8}")
    for name, s in scores.items():
        r = np.array(s["rmsse"])
        figures = sum(s["pinball"]) / actual, sum(s["absolute"]) / actual, np.nanmean(r), np.nansum(w * r), np.mean(s["inside"])
        print(f"{name:18}" + "".join(f"{v:8.4f}" for v in figures))


if __name__ == "__main__":
    main()
