"""Steps of AdamW on the U-Net of unet.py, with clipped gradients and averaged weights.

    python steps.py FOLDER

FOLDER/case.json holds what unet.py's does and {steps, rate, decay, clip, average}; inputs.safetensors the
images, waves, conditions and the noise to be predicted, the same at every step. outputs.safetensors gets
the loss before each step, the weights after the last under their names, and their running average under
`average/` and the name.
"""

import json
import pathlib
import sys

import torch
from torch.nn import functional

from unet import UNet, read, write


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    case = json.loads((folder / "case.json").read_text())
    network = UNet(case)
    network.load_state_dict(read(folder / "weights.safetensors"))
    given = read(folder / "inputs.safetensors")
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=case["rate"], weight_decay=case["decay"]
    )
    averages = {name: p.detach().clone() for name, p in network.named_parameters()}
    losses = []
    for step in range(1, case["steps"] + 1):
        optimizer.zero_grad(set_to_none=True)
        loss = functional.mse_loss(
            network(given["images"], given["waves"], given["condition"]), given["noise"]
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), case["clip"])
        optimizer.step()
        losses.append(loss.detach())
        share = max(1 - case["average"], 1 / step)
        for name, p in network.named_parameters():
            averages[name] += share * (p.detach() - averages[name])
    results = {"losses": torch.stack(losses)}
    for name, p in network.named_parameters():
        results[name] = p
        results["average/" + name] = averages[name]
    write(folder / "outputs.safetensors", results)


main()
