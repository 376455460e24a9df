"""The peer of `swingby bench sim`: the same nets trained by PyTorch, eager, on one thread.

Prints one JSON line a net with the fields of `swingby bench sim --json`.
"""

import json
import sys
import time

import torch

torch.set_num_threads(1)

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 1180
for d, hidden, layers in [(64, 64, 1), (64, 64, 2), (64, 64, 4), (2, 4, 4)]:
    torch.manual_seed(1)
    widths = [d] + [hidden] * (layers - 1) + [d]
    modules = []
    for k, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        modules.append(torch.nn.Linear(fan_in, fan_out))
        if k < layers - 1:
            modules.append(torch.nn.ReLU())
    net = torch.nn.Sequential(*modules)
    x = torch.randn(15000, d)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

    def train(count):
        for step in range(count):
            start = step % 117 * 128
            batch = x[start : start + 128]
            optimizer.zero_grad()
            loss = ((net(batch) - batch) ** 2).mean()
            loss.backward()
            optimizer.step()

    train(100)
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        train(steps)
        best = min(best, time.perf_counter() - began)
    line = {
        "schema": 1, "bench": "sim", "impl": "torch " + torch.__version__, "d": d,
        "hidden": hidden, "layers": layers, "batch": 128, "steps": steps,
        "us_per_step": round(best / steps * 1e6, 3),
    }
    print(json.dumps(line), flush=True)
