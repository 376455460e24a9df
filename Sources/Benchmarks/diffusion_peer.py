"""A peer of `swingby bench diffusion`: the same U-Net, batches and AdamW steps in PyTorch.

    diffusion_peer.py MODE NET THREADS FOLDER     MODE: eager, channels_last, bfloat16 (channels_last too)

FOLDER is what `swingby bench diffusion --write` wrote: the first weights and every step's batch, so that
all end at the same loss. The network is the module that the tests hold Swingby's against. Noise is
mixed in beforehand, which Swingby's time includes. Prints a line of JSON.
"""

import json
import os
import pathlib
import resource
import sys
import time

mode, net, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
folder = pathlib.Path(sys.argv[4]) / net
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

root = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(root / "Tests" / "DiffusionTrialsTests" / "reference"))

import torch
from diffusion_nets import NETS
from torch.nn import functional
from unet import UNet, read

torch.set_num_threads(threads)
network = UNet(NETS[net])
network.load_state_dict(read(folder / "weights.safetensors"))
layout = torch.contiguous_format if mode == "eager" else torch.channels_last
network = network.to(memory_format=layout)
given = json.loads((folder / "optimizer.json").read_text())
optimizer = torch.optim.AdamW(
    network.parameters(), lr=given["rate"][0], weight_decay=given["decay"][0], betas=given["betas"],
    fused=True)

seconds = []
steps = len(list(folder.glob("batch.*.safetensors")))
for step in range(1, steps + 1):
    batch = read(folder / f"batch.{step}.safetensors")
    images, noise = (
        batch[name].permute(0, 3, 1, 2).contiguous(memory_format=layout)
        for name in ("images", "noise"))
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "bfloat16"):
        predicted = network(images, batch["waves"], batch["condition"])
        loss = functional.mse_loss(predicted.float(), noise)
    loss.backward()
    optimizer.step()
    seconds.append(time.perf_counter() - start)
# The first step warms up.
seconds = sorted(seconds[1:])
print(
    json.dumps(
        {
            "bench": "diffusion", "impl": "torch-" + mode, "net": net, "threads": threads,
            "batch": len(noise), "s_per_step": round(seconds[0], 5),
            "s_median": round(seconds[len(seconds) // 2], 5), "final_loss": loss.item(),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
