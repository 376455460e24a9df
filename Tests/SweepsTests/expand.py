"""Draws sweep files and expands them by the rules of docs/sweep-file.md, sharing no code with the
program. Prints one JSON line a file: its text, its table of cells if it has one, its cells in
order (null where the file is to be refused) and how many seeds it has.

    python3 expand.py COUNT SEED
"""
import hashlib
import itertools
import json
import random
import sys
from decimal import ROUND_HALF_UP, Context, Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60
TWELVE = Context(prec=12, rounding=ROUND_HALF_UP)
DEFAULTS = {
    "task.signal": [1, 2], "task.variance": 0.05, "task.dimension": 64, "model.layers": 1,
    "model.hidden": 64, "model.activation": "none", "model.bias": True,
    "train.learning_rate": 0.1, "model.scale": 1, "train.batch_size": 128, "log.every": 20,
    "log.spacing": "linear",
}
POOL = {
    "task.dimension": ["2", "3", "8", "64"], "model.layers": ["1", "2", "3"],
    "model.hidden": ["4", "32", "64"], "model.activation": ["none", "relu"],
    "model.bias": ["true", "false"], "train.batch_size": ["full", "1", "128"],
    "task.signal": ["[1, 2]", "[2, 2]", "[1, 2, 3]"], "task.variance": ["0.05", "[0.05, 0.05]", "1"],
    "train.learning_rate": ["0.1", "0.01", "1e-3", "0.3"], "model.scale": ["1", "0.5", "2.0"],
    "log.every": ["20", "5"], "log.points": ["50", "200"],
}


class Misfit(Exception):
    pass


def complete(given):
    full = {**DEFAULTS, **given}
    concepts = len(full["task.signal"])
    if not isinstance(full["task.variance"], list):
        full["task.variance"] = [full["task.variance"]] * concepts
    if full["model.layers"] == 1:
        del full["model.hidden"], full["model.activation"]
    del full["log.every" if "log.points" in full else "log.spacing"]
    if concepts > full["task.dimension"]:
        raise Misfit()
    return full


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


# Conditions: a tree of tuples, written and evaluated apart.

def draw_condition(rng, labels, depth=2):
    if depth and rng.random() < 0.5:
        kind = rng.choice(["and", "or", "not"])
        parts = [draw_condition(rng, labels, depth - 1) for _ in range(1 if kind == "not" else 2)]
        return (kind, *parts)
    name = rng.choice(["model.layers", "task.dimension", "model.hidden", "model.activation",
                       "model.bias", "train.learning_rate", "task.signal", "task.variance",
                       "model.scale", *labels])
    if name in labels:
        return (rng.choice(["==", "!="]), name, rng.choice(labels[name]))
    values = [parsed(text) for text in POOL[name]]
    if name in ("model.layers", "task.dimension", "model.hidden", "train.learning_rate") \
            and rng.random() < 0.5:
        return (rng.choice(["<", "<=", ">", ">="]), name, rng.choice(values))
    if rng.random() < 0.3:
        return (rng.choice(["in", "not in"]), name, rng.sample(values, 2))
    return (rng.choice(["==", "!="]), name, rng.choice(values))


def written(tree):
    if tree[0] in ("and", "or"):
        return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    return f"{tree[1]} {tree[0]} {json.dumps(tree[2])}"


def holds(tree, value):
    op = tree[0]
    if op == "and":
        return holds(tree[1], value) and holds(tree[2], value)
    if op == "or":
        return holds(tree[1], value) or holds(tree[2], value)
    if op == "not":
        return not holds(tree[1], value)
    left, right = value(tree[1]), tree[2]
    if op in ("==", "!="):
        return (left is not None and left == right) == (op == "==")
    if op in ("in", "not in"):
        return (left is not None and left in right) == (op == "in")
    if not isinstance(left, (int, float)):
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


def lookup(given, labels):
    """What a name means at a point; what is given counts where it does not fit together."""
    try:
        full = complete(given)
    except Misfit:
        full = {**DEFAULTS, **given}

    def value(name):
        if name in labels:
            keys, label = labels[name]
            return label if any(key in full for key in keys) else None
        if name not in full:
            return None
        return given.get(name, full[name])
    return value


# Forms of an axis: the text, and its values.

def twelve(number):
    return float(TWELVE.create_decimal(number))


def exact(fraction):
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def draw_spaced(rng):
    form = rng.choice(["linspace", "geomspace", "logspace", "range"])
    if form == "range":
        start, step, count = rng.randint(1, 9), rng.randint(1, 7), rng.randint(1, 5)
        stop = start + step * count - rng.randint(0, step - 1)
        texts = [f"{n / 10}" for n in (start, stop, step)]
        numbers, index = [], 0
        while start + index * step < stop:
            numbers.append(twelve(Decimal(start + index * step) / 10))
            index += 1
        return f"range: {{start: {texts[0]}, stop: {texts[1]}, step: {texts[2]}}}", numbers
    count = rng.randint(2, 6)
    if form == "logspace":
        start, stop = rng.choice([(-3, -1), (-2, 0), (-1, 0.5)])
        numbers = [twelve(Decimal(10) ** (Decimal(str(start)) + (Decimal(str(stop)) -
                   Decimal(str(start))) * i / (count - 1))) for i in range(count)]
        return f"logspace: {{start: {start}, stop: {stop}, num: {count}}}", numbers
    start, stop = rng.choice([("0.001", "0.1"), ("0.2", "0.7"), ("3", "0.01")])
    low, high = Fraction(start), Fraction(stop)
    if form == "linspace":
        numbers = [twelve(exact(low + (high - low) * i / (count - 1))) for i in range(count)]
    else:
        ratio = exact(high / low)
        numbers = [twelve(exact(low) * ratio ** (Decimal(i) / (count - 1))) for i in range(count)]
    return f"{form}: {{start: {start}, stop: {stop}, num: {count}}}", numbers


def draw_key(rng, key):
    if key in ("train.learning_rate", "model.scale") and rng.random() < 0.5:
        return draw_spaced(rng)
    texts = rng.sample(POOL[key], rng.randint(1, len(POOL[key])))
    if len(texts) == 1 and rng.random() < 0.5:
        return f"value: {texts[0]}", [parsed(texts[0])]
    return f"values: [{', '.join(texts)}]", [parsed(text) for text in texts]


def draw_entries(rng, keys, zip_name, labels, indent):
    """Axes of some keys, two of them perhaps zipped; each a list of rows: given values, label."""
    lines, axes = [], []
    keys = list(keys)
    if len(keys) > 2 and rng.random() < 0.4:
        pair = [keys.pop(), keys.pop()]
        count = min(len(POOL[key]) for key in pair)
        columns = [rng.sample(POOL[key], count) for key in pair]
        inner = ", ".join(f"{k}: [{', '.join(c)}]" for k, c in zip(pair, columns))
        names = [f"{zip_name}{i}" for i in range(count)]
        lines.append(f"{indent}{zip_name}:\n{indent}  zip: {{{inner}}}\n"
                     f"{indent}  labels: [{', '.join(names)}]\n")
        labels[zip_name] = names
        axes.append([({k: parsed(c[i]) for k, c in zip(pair, columns)}, (zip_name, pair, names[i]))
                     for i in range(count)])
    for key in keys:
        text, values = draw_key(rng, key)
        lines.append(f"{indent}{key}: {{{text}}}\n")
        axes.append([({key: value}, None) for value in values])
    order = list(range(len(lines)))
    rng.shuffle(order)
    return "".join(lines[i] for i in order), [axes[i] for i in order]


def merged(point, row):
    given, labels = dict(point[0]), dict(point[1])
    if any(key in given for key in row[0]):
        raise Misfit()
    given.update(row[0])
    if row[1]:
        labels[row[1][0]] = (row[1][1], row[1][2])
    return given, labels


def with_blocks(point, blocks, index=0):
    if index == len(blocks):
        yield point
        return
    when, axes = blocks[index]
    if not holds(when, lookup(*point)):
        yield from with_blocks(point, blocks, index + 1)
        return
    for rows in itertools.product(*axes):
        inner = point
        for row in rows:
            inner = merged(inner, row)
        yield from with_blocks(inner, blocks, index + 1)


def cells_of(points, blocks, excludes, limit=None):
    cells, known = [], set()
    for base in points:
        for point in with_blocks(base, blocks):
            if any(holds(tree, lookup(*point)) for tree in excludes):
                continue
            full = complete(point[0])
            mark = json.dumps(full, sort_keys=True).replace(".0,", ",").replace(".0}", "}")
            if mark not in known:
                known.add(mark)
                cells.append(full)
            if len(cells) == limit:
                return cells
    return cells


def draw_grid(rng):
    keys = rng.sample(sorted(POOL), rng.randint(0, 5))
    labels = {}
    text, axes = draw_entries(rng, keys, "pair", labels, "  ")
    text = "parameters:\n" + text if axes else ""
    blocks = []
    free = [key for key in POOL if key not in keys]
    for number in range(rng.choice([0, 0, 1, 2])):
        if not free:
            break
        when = draw_condition(rng, labels)
        inner, inner_axes = draw_entries(
            rng, rng.sample(free, min(len(free), rng.randint(1, 3))), f"inner{number}", labels,
            "      ")
        text += ("conditional:\n" if number == 0 else "") + \
            f"  - when: {json.dumps(written(when))}\n    parameters:\n{inner}"
        blocks.append((when, inner_axes))
    excludes = [draw_condition(rng, labels) for _ in range(rng.choice([0, 0, 1, 2]))]
    if excludes:
        text += f"exclude: {json.dumps([written(tree) for tree in excludes])}\n"

    def points():
        for rows in itertools.product(*axes):
            point = ({}, {})
            for row in rows:
                point = merged(point, row)
            yield point
    return text, None, points(), blocks, excludes, None


def draw_list(rng):
    keys = rng.sample(sorted(POOL), rng.randint(1, 4))
    lines = sorted(set(tuple(rng.choice(POOL[key]) for key in keys) for _ in range(6)))
    rng.shuffle(lines)
    quoted = [[f'"{field}"' if "," in field else field for field in line] for line in lines]
    table = "\n".join(",".join(line) for line in [keys, *quoted]) + "\n"
    points = [({k: parsed(field) for k, field in zip(keys, line)}, {}) for line in lines]
    excludes = [draw_condition(rng, {})] if rng.random() < 0.3 else []
    text = "method: list\nrows: cells.csv\n"
    if excludes:
        text += f"exclude: {json.dumps([written(tree) for tree in excludes])}\n"
    return text, table, points, [], excludes, None


def share(root, draw, name):
    start = int.from_bytes(hashlib.sha256(f"swingby draw {root} {name}".encode()).digest()[:8])
    mask = (1 << 64) - 1
    z = (start + (draw + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return ((z ^ (z >> 31)) >> 11) * 2.0 ** -53


def draw_random(rng, root):
    keys = rng.sample(["model.layers", "model.activation", "model.bias", "task.signal"],
                      rng.randint(0, 3))
    count = rng.randint(1, 12)
    text = f"method: random\ndraws: {count}\nparameters:\n" \
           "  train.learning_rate: {min: 0.25, max: 1.5}\n  task.dimension: {min: 3, max: 9}\n"
    choices = {}
    for key in keys:
        texts = rng.sample(POOL[key], rng.randint(2, len(POOL[key])))
        choices[key] = [parsed(t) for t in texts]
        text += f"  {key}: {{values: [{', '.join(texts)}]}}\n"

    def points():
        for draw in range(20 * count + 1000):
            rate = 0.25 + share(root, draw, "train.learning_rate") * (1.5 - 0.25)
            whole = 3 + share(root, draw, "task.dimension") * 7
            given = {"train.learning_rate": twelve(Decimal(repr(rate))),
                     "task.dimension": int(whole)}
            for key, values in choices.items():
                given[key] = values[int(share(root, draw, key) * len(values))]
            yield given, {}
    return text, None, points(), [], [], count


def main(count, seed):
    for number in range(count):
        rng = random.Random(seed * 1_000_003 + number)
        seeds, root = rng.randint(1, 3), rng.randint(0, 9)
        draw = rng.random()
        if draw < 0.75:
            parts = draw_grid(rng)
        elif draw < 0.87:
            parts = draw_list(rng)
        else:
            parts = draw_random(rng, root)
        text, table, points, blocks, excludes, limit = parts
        try:
            cells = cells_of(points, blocks, excludes, limit) or None
        except Misfit:
            cells = None
        text = f"name: drawn\nseeds: {{count: {seeds}, root: {root}}}\n" + text
        print(json.dumps({"text": text, "table": table, "cells": cells, "seeds": seeds}))


main(int(sys.argv[1]), int(sys.argv[2]))
