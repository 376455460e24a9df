"""What scipy says of the data sets in a JSON file: an object of numbers each, as a JSON list."""

import json
import sys

import numpy as np
from scipy import stats


def jonckheere(groups):
    """J and its variance by the tie counts: scipy has U, of which J is the sum, but not the test."""
    pairs = sum(
        stats.mannwhitneyu(later, group).statistic
        for i, group in enumerate(groups)
        for later in groups[i + 1 :]
    )
    pooled = np.concatenate(groups)
    n = len(pooled)
    sizes = np.array([len(group) for group in groups], dtype=float)
    ties = np.unique(pooled, return_counts=True)[1].astype(float)

    def cubic(t):
        return t * (t - 1) * (2 * t + 5)

    variance = (cubic(n) - cubic(sizes).sum() - cubic(ties).sum()) / 72
    triple = [(t * (t - 1) * (t - 2)) for t in (sizes, ties)]
    double = [(t * (t - 1)) for t in (sizes, ties)]
    variance += triple[0].sum() * triple[1].sum() / (36 * n * (n - 1) * (n - 2))
    variance += double[0].sum() * double[1].sum() / (8 * n * (n - 1))
    score = (pairs - (n * n - (sizes**2).sum()) / 4) / np.sqrt(variance)
    return pairs, stats.norm.sf(score)


def reference(data):
    x = np.array(data["numbers"])
    low, high = stats.t.interval(0.95, len(x) - 1, x.mean(), stats.sem(x))
    ups, total = data["proportion"]
    other_ups, other_total = data["other"]
    wilson = stats.binomtest(ups, total).proportion_ci(method="wilson")
    table = [[ups, total - ups], [other_ups, other_total - other_ups]]
    pairs, trend = jonckheere(data["groups"])
    page = stats.page_trend_test(data["rows"], method="asymptotic")
    return {
        "mean": x.mean(),
        "sd": x.std(ddof=1),
        "median": np.median(x),
        "q10": np.quantile(x, 0.1),
        "q90": np.quantile(x, 0.9),
        "t95 low": low,
        "t95 high": high,
        "bootstrap95 low": np.quantile(data["resampled"], 0.025),
        "bootstrap95 high": np.quantile(data["resampled"], 0.975),
        "wilson95 low": wilson.low,
        "wilson95 high": wilson.high,
        "fisher": stats.fisher_exact(table).pvalue,
        "jonckheere": pairs,
        "jonckheere p": trend,
        "page": page.statistic,
        "page p": page.pvalue,
        "spearman": stats.spearmanr(x, data["partner"]).statistic,
    }


with open(sys.argv[1]) as file:
    print(json.dumps([reference(data) for data in json.load(file)]))
