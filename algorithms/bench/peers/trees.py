#!/usr/bin/env python3
"""Trains the same boosted trees with shelfcast and LightGBM, one thread each, in turn, and prints seconds and training losses.

    python trees.py --rows 500000 --features 20 --runs 3

Needs LightGBM and Go. 100 rounds of 31 leaves at the rate 0.1, 20 rows a leaf at least, 255 bins; features are normal, a third of
them in steps. Losses are (y − s)²/2 and exp(s) − y·s. Seconds are of binning and training.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    import lightgbm
    import numpy as np

    n, p = args.rows, args.features
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "trees")
        subprocess.run(["go", "build", "-o", binary, "./algorithms/bench/trees"], cwd=root, check=True)
        for objective in ("squared", "poisson"):
            rng = np.random.default_rng(1)
            x = rng.normal(size=(p, n))
            x[2::3] = np.round(3 * x[2::3])
            s = np.sin(2 * x[0]) + 0.5 * x[1] + 0.8 * (x[2] > 1) + 0.3 * np.maximum(x[3], 0) * x[4]
            y = s + rng.normal(size=n) if objective == "squared" else rng.poisson(np.exp(s)).astype(float)
            file = os.path.join(folder, "data")
            with open(file, "wb") as f:
                f.write(x.astype("<f8").tobytes() + y.astype("<f8").tobytes())
            ours, theirs = [], []
            for _ in range(args.runs):
                out = subprocess.run([binary, "--data", file, "--rows", str(n), "--features", str(p), "--objective", objective], check=True, capture_output=True)
                ours.append(json.loads(out.stdout))
                began = time.perf_counter()
                params = dict(
                    objective="regression" if objective == "squared" else "poisson", num_leaves=31, learning_rate=0.1, min_data_in_leaf=20,
                    max_bin=255, num_threads=1, verbose=-1,
                )
                model = lightgbm.train(params, lightgbm.Dataset(x.T, y), num_boost_round=100)
                seconds = time.perf_counter() - began
                score = model.predict(x.T, raw_score=True, num_threads=1)
                loss = np.mean((y - score) ** 2) / 2 if objective == "squared" else np.mean(np.exp(score) - y * score)
                theirs.append({"seconds": seconds, "loss": float(loss)})
            a, b = (statistics.median(r["seconds"] for r in runs) for runs in (ours, theirs))
            print(
                f"{objective}: shelfcast {a:.2f} s, loss {ours[0]['loss']:.6f}; LightGBM {lightgbm.__version__} {b:.2f} s, loss {theirs[0]['loss']:.6f}; "
                f"time {a / b:.2f} times, loss {100 * (ours[0]['loss'] / theirs[0]['loss'] - 1):+.3f} %"
            )


if __name__ == "__main__":
    main()
