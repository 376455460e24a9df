"""A peer of `swingby bench diffusion`: the same U-Net, and AdamW steps or images drawn, in PyTorch.

    diffusion_peer.py MODE NET THREADS FOLDER [draw]
    MODE: eager, channels_last, bfloat16 (channels_last too)

FOLDER is what `swingby bench diffusion --write` wrote: the first weights and every step's batch, so that
all end at the same loss; or the weights after these steps and all the noise of the sampler, so that all
draw the same images. The network is the module that the tests hold Swingby's against. Noise is
made, and mixed into batches, beforehand, which Swingby's time includes. Prints a line of JSON.
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
layout = torch.contiguous_format if mode == "eager" else torch.channels_last
precision = lambda: torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "bfloat16")


def network_of(weights):
    network = UNet(NETS[net])
    network.load_state_dict(read(folder / weights))
    return network.to(memory_format=layout)


def images_of(tensor):
    return tensor.permute(0, 3, 1, 2).contiguous(memory_format=layout)


def train():
    """Seconds of each step, and what else is to be printed."""
    network = network_of("weights.safetensors")
    given = json.loads((folder / "optimizer.json").read_text())
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=given["rate"][0], weight_decay=given["decay"][0],
        betas=given["betas"], fused=True)
    seconds = []
    for step in range(1, len(list(folder.glob("batch.*.safetensors"))) + 1):
        batch = read(folder / f"batch.{step}.safetensors")
        images, noise = images_of(batch["images"]), images_of(batch["noise"])
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        with precision():
            predicted = network(images, batch["waves"], batch["condition"])
            loss = functional.mse_loss(predicted.float(), noise)
        loss.backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    return seconds, {"bench": "diffusion", "batch": len(noise), "final_loss": loss.item()}


@torch.inference_mode()
def draw():
    """Likewise for the steps of the sampler."""
    network = network_of("trained.safetensors").eval()
    given = read(folder / "drawing.safetensors")
    noise = [images_of(tensor) for tensor in given["noise"]]
    noisy, seconds = noise[0], []
    for step, (keep, remove, add) in enumerate(given["factors"].tolist()):
        start = time.perf_counter()
        waves = given["waves"][step].expand(len(noisy), -1)
        with precision():
            predicted = network(noisy, waves, given["condition"])
        noisy = keep * (noisy + remove * predicted) + add * noise[step + 1]
        seconds.append(time.perf_counter() - start)
    expected = images_of(given["images"])
    return seconds, {
        "bench": "drawing", "batch": len(noisy), "steps": len(seconds),
        "mean_difference": (noisy - expected).abs().mean().item(),
        "mean_size": expected.abs().mean().item(),
    }


seconds, facts = (draw if sys.argv[5:] == ["draw"] else train)()
# The first step warms up.
seconds = sorted(seconds[1:])
print(
    json.dumps(
        facts | {
            "impl": "torch-" + mode, "net": net, "threads": threads,
            "s_per_step": round(seconds[0], 5), "s_median": round(seconds[len(seconds) // 2], 5),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
