"""Trains SIM networks with PyTorch, for the tests of the Swift ones to compare with.

    python reference.py FOLDER

FOLDER/cases.json lists cases: {name, widths, rectified, bias, rate, batch, steps, points, optimizer,
options}; an option is a list of one number or two. The file
FOLDER/NAME.in holds float32 numbers: of each layer the weight [out, in] and the bias [out], then
the points [points, d] in the order of training, then the OOD point [d]. FOLDER/NAME.out is
written, float32 too: of each layer the gradients of weight and bias on the first batch, then for
each step the loss of its batch before the update, then for each step the OOD output after it, and
last the weights and biases.
"""

import json
import pathlib
import sys

import numpy
import torch


def read_network(case, take):
    """The layers as a torch network, their parameters from `take`."""
    modules = []
    widths = case["widths"]
    for inputs, outputs in zip(widths, widths[1:]):
        layer = torch.nn.Linear(inputs, outputs, bias=case["bias"])
        with torch.no_grad():
            layer.weight.copy_(take(outputs, inputs))
            if case["bias"]:
                layer.bias.copy_(take(outputs))
        modules.append(layer)
        if case["rectified"]:
            modules.append(torch.nn.ReLU())
    if case["rectified"]:
        modules.pop()
    return torch.nn.Sequential(*modules)


def train(case, numbers):
    """What `case` yields, as one array of numbers."""
    position = 0

    def take(*shape):
        nonlocal position
        count = int(numpy.prod(shape))
        position += count
        return torch.from_numpy(numbers[position - count : position].reshape(shape))

    network = read_network(case, take)
    points = take(case["points"], case["widths"][0])
    probe = take(case["widths"][0])
    options = {k: v[0] if len(v) == 1 else tuple(v) for k, v in case["options"].items()}
    make_optimizer = getattr(torch.optim, case["optimizer"])
    if case["optimizer"] == "AdamW":
        options.setdefault("weight_decay", 0)
    optimizer = make_optimizer(network.parameters(), lr=case["rate"], **options)
    batches = points.split(case["batch"])

    gradients, losses, outputs = [], [], []
    for step in range(case["steps"]):
        batch = batches[step % len(batches)]
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(network(batch), batch)
        loss.backward()
        if step == 0:
            gradients = [p.grad.detach().clone() for p in network.parameters()]
        optimizer.step()
        losses.append(loss.detach().reshape(1))
        with torch.no_grad():
            outputs.append(network(probe))
    final = [p.detach() for p in network.parameters()]
    return torch.cat([t.reshape(-1) for t in gradients + losses + outputs + final])


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    for case in json.loads((folder / "cases.json").read_text()):
        numbers = numpy.fromfile(folder / (case["name"] + ".in"), dtype="<f4")
        train(case, numbers).numpy().astype("<f4").tofile(folder / (case["name"] + ".out"))


main()
