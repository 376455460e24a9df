"""The classifier of arXiv:2410.08309, appendix G.3, as a PyTorch module, and what it makes of given
inputs.

    python classifier.py FOLDER

As unet.py, but with case.json's further {logits}, the images alone as inputs, and the loss in place
of a gradient of the output: `labels` in inputs.safetensors holds 0 and 1 for each pair of logits, and
less than 0 where a pair is of no account.
"""

import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional

from unet import UNet, read, write


class Classifier(UNet):
    def __init__(self, shape):
        super().__init__(shape, outputs=64)
        self.residual = nn.Conv2d(3, 64, 3, padding=1)
        self.head = nn.ModuleDict(
            {
                "norm1": nn.GroupNorm(shape["groups"], 64, eps=1e-6),
                "linear1": nn.Linear(64, 64),
                "norm2": nn.GroupNorm(shape["groups"], 64, eps=1e-6),
                "linear2": nn.Linear(64, shape["logits"]),
            }
        )

    def forward(self, images):
        maps = self.residual(images) + self.body(images, None, None)
        h = self.head["norm1"](functional.adaptive_max_pool2d(maps, 1).flatten(1))
        h = self.head["norm2"](self.act(self.head["linear1"](h)))
        return self.head["linear2"](h)


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    network = Classifier(json.loads((folder / "case.json").read_text()))
    network.load_state_dict(read(folder / "weights.safetensors"))
    given = read(folder / "inputs.safetensors")
    output = network(given["images"])
    pairs = output.reshape(len(output), -1, 2)
    labels = given["labels"].long()
    loss = functional.cross_entropy(
        pairs.flatten(0, 1), labels.flatten(), ignore_index=-1, reduction="sum"
    ) / len(output)
    loss.backward()
    results = {"output": output, "loss": loss.reshape(1)}
    for name, parameter in network.named_parameters():
        if parameter.grad is not None:
            results[name] = parameter.grad
    write(folder / "outputs.safetensors", results)


main()
