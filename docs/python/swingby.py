"""Reads a Swingby store in Python: one file to copy, for NumPy, and pandas where it is there.

    import swingby

    store = swingby.Store("swingby-store")
    store.sweeps()                          # names, in the order of submission
    rows = store.table("quickstart")        # a row a trial: axes' keys, scalars, last values
    curves = store.curves("quickstart", "ood_loss")
    weights = swingby.weights("weights/1.safetensors")

Nothing is ever written to the store; it may be read while its coordinator runs.
"""

import json
import math
import pathlib
import sqlite3
import struct

import numpy as np

try:
    import pandas as pd
except ImportError:  # Tables are dictionaries of arrays then.
    pd = None

_SCALAR_NEVER = 0x7FF80000000007A2  # the NaN by which a packed result writes "never"


class Store:
    """A store's folder, opened for reading alone."""

    def __init__(self, folder="swingby-store"):
        path = pathlib.Path(folder) / "store.sqlite"
        if not path.exists():
            raise FileNotFoundError(f"there is no store in {folder}")
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        tables = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        self._is_packed = ("layout",) in tables.fetchall()
        self._layouts, self._grids = {}, {}

    def sweeps(self):
        """The names of the sweeps, in the order in which they were first submitted."""
        return [name for (name,) in self._db.execute("SELECT name FROM sweep ORDER BY id")]

    def table(self, sweep):
        """A row a trial, in the plan's order.

        Columns: trial, seed (its 16 digits), state; every key that is not the same everywhere;
        every scalar; the last value of every curve as `NAME:last`. What is not there is NaN (or
        None): a trial without a result, a key that does not apply, an event that never came.
        """
        rows = []
        for number, trial, config, seed, state in self._trials(sweep):
            scalars, curves = self._result(trial)
            row = {"trial": number, "seed": seed, "state": state}
            row |= {key: _hashable(value) for key, value in json.loads(config).items()}
            row |= scalars
            row |= {f"{name}:last": values[-1] for name, (_, values) in curves.items() if len(values)}
            rows.append((row, json.loads(config).keys()))
        keys = {key for _, keys in rows for key in keys}
        columns = list(dict.fromkeys(name for row, _ in rows for name in row))
        varying = [
            name
            for name in columns
            if name not in keys or len({row.get(name) for row, _ in rows}) > 1
        ]
        return _frame({name: [row.get(name, math.nan) for row, _ in rows] for name in varying})

    def curves(self, sweep, name):
        """The curve `name` of each trial that has one.

        Returns a list of (trial, steps, values), arrays of uint32 and float64.
        """
        found = []
        for number, trial, *_ in self._trials(sweep):
            _, curves = self._result(trial)
            if name in curves:
                found.append((number, *curves[name]))
        return found

    def images(self, sweep, name):
        """The images of that name that each trial kept: `sample/11`, where it kept some.

        Returns a list of (trial, steps, images), images as uint8 [steps, images, rows, columns, 3].
        """
        found = []
        for number, trial, *_ in self._trials(sweep):
            row = self._db.execute("SELECT layout, data FROM result WHERE trial = ?", (trial,))
            layout, data = row.fetchone() or (None, None)
            parts = self._layout(layout).get("arrays", []) if layout else []
            for part in (part for part in parts if part["name"] == name):
                steps = self._grid(part["grid"])
                shape = (len(steps), *part["shape"])
                values = np.frombuffer(data, np.uint8, math.prod(shape), part["offset"])
                found.append((number, steps, values.reshape(shape)))
        return found

    def points(self, sweep, name):
        """The same curve as one long table: trial, step, value."""
        curves = self.curves(sweep, name)
        empty = [np.empty(0)]
        return _frame(
            {
                "trial": np.concatenate([np.full(len(s), n) for n, s, _ in curves] or empty),
                "step": np.concatenate([s for _, s, _ in curves] or empty),
                "value": np.concatenate([v for _, _, v in curves] or empty),
            }
        )

    def stack(self, sweep, name):
        """The same curve as one array [trials, points] with its steps [points].

        Raises ValueError where trials logged at different steps.
        """
        curves = self.curves(sweep, name)
        if not curves:
            raise ValueError(f"no trial of {sweep} has a curve {name}")
        steps = curves[0][1]
        if any(not np.array_equal(steps, other) for _, other, _ in curves):
            raise ValueError(f"the trials of {sweep} logged {name} at different steps")
        return steps, np.stack([values for _, _, values in curves])

    def _trials(self, sweep):
        if sweep not in self.sweeps():
            raise KeyError(f"no sweep {sweep!r}; there are {', '.join(self.sweeps()) or 'none'}")
        return self._db.execute(
            "SELECT number, trial, config, seed, state FROM trial_row WHERE sweep = ?"
            " ORDER BY number",
            (sweep,),
        ).fetchall()

    def _result(self, trial):
        """Scalars by name, and curves as (steps, values); both empty without a result."""
        return self._packed(trial) if self._is_packed else self._unpacked(trial)

    def _packed(self, trial):
        row = self._db.execute("SELECT layout, data FROM result WHERE trial = ?", (trial,)).fetchone()
        if row is None:
            return {}, {}
        layout, data = self._layout(row[0]), row[1]
        scalars = {}
        for i, name in enumerate(layout["scalars"]):
            (bits,) = struct.unpack_from("<Q", data, 8 * i)
            (value,) = struct.unpack_from("<d", data, 8 * i)
            scalars[name] = None if bits == _SCALAR_NEVER else value
        curves = {}
        for part in layout["curves"]:
            values = np.frombuffer(data, part["type"], part["count"], part["offset"])
            curves[part["name"]] = (self._grid(part["grid"]), values.astype(np.float64))
        return scalars, curves

    def _unpacked(self, trial):
        scalars = self._db.execute(
            "SELECT name, value, is_nan FROM scalar WHERE trial = ? ORDER BY position", (trial,)
        )
        curves = self._db.execute(
            "SELECT name, grid, type, data FROM curve WHERE trial = ? ORDER BY position", (trial,)
        )
        return (
            {name: math.nan if is_nan else value for name, value, is_nan in scalars},
            {
                name: (self._grid(grid), np.frombuffer(data, type_).astype(np.float64))
                for name, grid, type_, data in curves
            },
        )

    def _layout(self, number):
        if number not in self._layouts:
            row = self._db.execute("SELECT text FROM layout WHERE id = ?", (number,)).fetchone()
            self._layouts[number] = json.loads(row[0])
        return self._layouts[number]

    def _grid(self, number):
        if number not in self._grids:
            row = self._db.execute("SELECT steps FROM grid WHERE id = ?", (number,)).fetchone()
            self._grids[number] = np.frombuffer(row[0], "<u4")
        return self._grids[number]


def weights(path):
    """The tensors of a safetensors file, by name: `swingby export SEL weights --out DIR`."""
    data = pathlib.Path(path).read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    types = {"F32": "<f4", "F64": "<f8"}
    tensors = {}
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        start, end = tensor["data_offsets"]
        values = np.frombuffer(data[8 + size + start : 8 + size + end], types[tensor["dtype"]])
        tensors[name] = values.reshape(tensor["shape"])
    return tensors


def _hashable(value):
    """A vector as a tuple, so that tables can be grouped by it."""
    return tuple(value) if isinstance(value, list) else value


def _frame(columns):
    if pd is not None:
        return pd.DataFrame(columns)
    return {name: np.array(values, dtype=_type(values)) for name, values in columns.items()}


def _type(values):
    is_number = all(isinstance(value, (int, float, np.number)) for value in values)
    return None if is_number else object
