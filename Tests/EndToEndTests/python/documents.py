"""Runs the queries of docs/store.md and the cells of the notebook, where a store and exports are.

Takes the docs' folder; prints as JSON what the queries answered. A warning is an error.
"""

import json
import pathlib
import re
import sys
import warnings

import numpy as np

warnings.simplefilter("error")
docs = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(docs / "python"))

text = (docs / "store.md").read_text().split("## Queries")[1]
answers = []
for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
    names = {}
    exec(compile(block, "docs/store.md", "exec"), names)
    answers.append(names["answer"].values.tolist())

notebook = json.loads((docs / "python/quickstart.ipynb").read_text())
names = {}
for cell in notebook["cells"]:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), cell["id"], "exec"), names)

# The helper alone, as if there were no pandas.
import swingby

swingby.pd = None
arrays = swingby.Store("swingby-store").table("quickstart")
assert set(arrays) == set(names["rows"].columns), set(arrays) ^ set(names["rows"].columns)
weights = swingby.weights("weights/1.safetensors")


def plain(value):
    """What JSON has words for: arrays as lists, what never came as null."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(element) for element in value]
    return None if value in (float("inf"), None) or value != value else value


print(
    json.dumps(
        {
            "answers": plain(answers),
            "columns": sorted(arrays),
            "curves": list(names["loss"].shape),
            "weights": {name: list(values.shape) for name, values in weights.items()},
        }
    )
)
