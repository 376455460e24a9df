"""A peer of `swingby bench diffusion`: the same U-Net, batch and AdamW step in PyTorch.

    diffusion_peer.py MODE NET THREADS     MODE: eager, channels_last, bfloat16 (channels_last too)

The network is the module that the tests hold Swingby's against. Noise is mixed in beforehand, which
Swingby's time includes. Prints a line of JSON.
"""

import json
import os
import sys
import time

mode, net, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(root, "Tests", "DiffusionTrialsTests", "reference"))

import torch
from torch.nn import functional
from unet import UNet

PAPER = dict(blocks=2, heads=4, groups=8, timeWidth=256, activation="gelu", size=32, batch=64)
NETS = {
    "b32": dict(PAPER, channels=[32, 64, 128]),
    "b64": dict(PAPER, channels=[64, 128, 256]),
    "t1": dict(PAPER, channels=[16, 32, 64], blocks=1, heads=0, timeWidth=64, size=16, batch=32),
}

torch.set_num_threads(threads)
torch.manual_seed(1)
shape = NETS[net]
network = UNet(shape)
layout = torch.contiguous_format if mode == "eager" else torch.channels_last
network = network.to(memory_format=layout)
optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
images = torch.randn(shape["batch"], 3, shape["size"], shape["size"]).to(memory_format=layout)
noise = torch.randn_like(images)
waves, condition = torch.randn(shape["batch"], 64), torch.rand(shape["batch"], 11)

seconds = []
for _ in range(4):
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "bfloat16"):
        loss = functional.mse_loss(network(images, waves, condition).float(), noise)
    loss.backward()
    optimizer.step()
    seconds.append(time.perf_counter() - start)
seconds = sorted(seconds[1:])
print(
    json.dumps(
        {
            "bench": "diffusion", "impl": "torch-" + mode, "net": net, "threads": threads,
            "batch": shape["batch"], "s_per_step": round(seconds[0], 5),
            "s_median": round(seconds[1], 5), "final_loss": loss.item(),
        }
    )
)
