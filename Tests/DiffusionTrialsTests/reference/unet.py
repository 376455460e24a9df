"""The U-Net of arXiv:2410.08309, appendix G.2, as a PyTorch module, and what it makes of given inputs.

    python unet.py FOLDER

FOLDER/case.json holds {size, channels, blocks, heads, groups, timeWidth, activation, count}; FOLDER/weights.safetensors
the state of the module below; FOLDER/inputs.safetensors images [n, 3, s, s], waves [n, 64],
condition [n, 11] and the gradient of the output. FOLDER/outputs.safetensors gets the output, the
gradients of images and waves, and that of every parameter under its name.
"""

import json
import math
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional


class Pair(nn.Module):
    """Two linear layers, each with the activation after it."""

    def __init__(self, inputs, hidden, outputs, act):
        super().__init__()
        self.add_module("0", nn.Linear(inputs, hidden))
        self.add_module("1", nn.Linear(hidden, outputs))
        self.act = act

    def forward(self, x):
        return self.act(getattr(self, "1")(self.act(getattr(self, "0")(x))))


class Block(nn.Module):
    def __init__(self, inputs, outputs, shape, act):
        super().__init__()
        self.act = act
        self.norm1 = nn.GroupNorm(shape["groups"], inputs, eps=1e-6)
        self.convolution1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        if shape["timeWidth"]:
            self.time = Pair(shape["timeWidth"], outputs, outputs, act)
            self.condition = Pair(11, outputs, outputs, act)
        self.norm2 = nn.GroupNorm(shape["groups"], outputs, eps=1e-6)
        self.convolution2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x, time, condition):
        h = self.convolution1(self.act(self.norm1(x)))
        if time is not None:
            h = h + (self.time(time) + self.condition(condition))[:, :, None, None]
        h = self.convolution2(self.act(self.norm2(h)))
        return h + (self.skip(x) if self.skip else x)


class Attention(nn.Module):
    def __init__(self, channels, shape):
        super().__init__()
        self.heads = shape["heads"]
        self.norm = nn.GroupNorm(shape["groups"], channels, eps=1e-6)
        for name in ["query", "key", "value", "out"]:
            self.add_module(name, nn.Conv2d(channels, channels, 1))

    def forward(self, x):
        n, c, s, _ = x.shape
        h = self.norm(x)

        def split(part):
            return part(h).reshape(n, self.heads, c // self.heads, s * s)

        q, k, v = split(self.query), split(self.key), split(self.value)
        weights = torch.softmax(
            torch.einsum("nhci,nhcj->nhij", q, k) / math.sqrt(c // self.heads), dim=-1
        )
        mixed = torch.einsum("nhij,nhcj->nhci", weights, v).reshape(n, c, s, s)
        return x + self.out(mixed)


class Level(nn.Module):
    def __init__(self, first, channels, shape, act):
        super().__init__()
        self.blocks = nn.ModuleList(
            Block(first if i == 0 else channels, channels, shape, act)
            for i in range(shape["blocks"])
        )


class UNet(nn.Module):
    def __init__(self, shape, outputs=3):
        super().__init__()
        act = {"gelu": functional.gelu, "silu": functional.silu}[shape["activation"]]
        channels = shape["channels"]
        self.act = act
        self.add_module("in", nn.Conv2d(3, channels[0], 3, padding=1))
        if shape["timeWidth"]:
            self.time = Pair(64, shape["timeWidth"], shape["timeWidth"], act)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for i, c in enumerate(channels):
            self.down.append(Level(channels[max(i - 1, 0)], c, shape, act))
            self.down[i].shrink = nn.Conv2d(c, c, 2, stride=2)
        last = channels[-1]
        middle = [Block(last, last, shape, act)]
        middle.append(Attention(last, shape) if shape["heads"] else nn.Identity())
        middle.append(Block(last, last, shape, act))
        self.middle = nn.ModuleList(middle)
        for i, c in enumerate(channels):
            top = i == len(channels) - 1
            self.up.append(Level(c if top else 2 * c, c, shape, act))
            self.up[i].grow = nn.ConvTranspose2d(c, channels[max(i - 1, 0)], 2, stride=2)
        self.out = nn.ModuleDict(
            {
                "norm": nn.GroupNorm(shape["groups"], channels[0], eps=1e-6),
                "convolution": nn.Conv2d(channels[0], outputs, 3, padding=1),
            }
        )

    def forward(self, images, waves, condition):
        return images + self.body(images, self.time(waves), condition)

    def body(self, images, time, condition):
        h = getattr(self, "in")(images)
        kept = []
        for i, level in enumerate(self.down):
            for block in level.blocks:
                h = block(h, time, condition)
            if i < len(self.down) - 1:
                kept.append(h)
                h = level.shrink(h)
        h = self.middle[0](h, time, condition)
        h = self.middle[1](h)
        h = self.middle[2](h, time, condition)
        for i in reversed(range(len(self.up))):
            if i < len(kept):
                h = torch.cat([h, kept[i]], 1)
            for block in self.up[i].blocks:
                h = block(h, time, condition)
            if i > 0:
                h = self.up[i].grow(h)
        return self.out["convolution"](self.act(self.out["norm"](h)))


def read(path):
    """The tensors of a safetensors file."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:end]).items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        numbers = numpy.frombuffer(data[end + first : end + last], dtype="<f4")
        tensors[name] = torch.from_numpy(numbers.reshape(entry["shape"]).copy())
    return tensors


def write(path, tensors):
    header, parts, place = {}, [], 0
    for name, tensor in tensors.items():
        part = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [place, place + len(part)],
        }
        parts.append(part)
        place += len(part)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(parts))


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    network = UNet(json.loads((folder / "case.json").read_text()))
    network.load_state_dict(read(folder / "weights.safetensors"))
    given = read(folder / "inputs.safetensors")
    images, waves = given["images"].requires_grad_(), given["waves"].requires_grad_()
    output = network(images, waves, given["condition"])
    output.backward(given["gradient"])
    results = {"output": output, "images": images.grad, "waves": waves.grad}
    for name, parameter in network.named_parameters():
        if parameter.grad is not None:
            results[name] = parameter.grad
    write(folder / "outputs.safetensors", results)


if __name__ == "__main__":
    main()
