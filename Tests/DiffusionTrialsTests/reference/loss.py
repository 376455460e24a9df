"""The loss of a variational diffusion model and its gradients by PyTorch, in float64.

The network is ε̂ = z·(1 + γ/10) + γ/7, so that its input and its γ both pass gradients.
"""

import json
import math
import sys

import torch

given = json.load(sys.stdin)
start = torch.tensor(given["start"], dtype=torch.float64, requires_grad=True)
slope = torch.tensor(given["slope"], dtype=torch.float64, requires_grad=True)
count = len(given["times"])


def tensor(name):
    return torch.tensor(given[name], dtype=torch.float64).reshape(count, -1)


x, noise, least = tensor("images"), tensor("noise"), tensor("leastNoise")
t = torch.tensor(given["times"], dtype=torch.float64)[:, None]
gamma = start + slope.abs() * t
z = torch.sqrt(torch.sigmoid(-gamma)) * x + torch.sqrt(torch.sigmoid(gamma)) * noise
predicted = z * (1 + gamma / 10) + gamma / 7
predicted.retain_grad()

bits = 1 / (x.shape[1] * math.log(2))
diffusion = (0.5 * slope.abs() * (predicted - noise) ** 2).sum(1).mean() * bits

last = start + slope.abs()
variance, mean = torch.sigmoid(last), torch.sqrt(torch.sigmoid(-last)) * x
prior = (0.5 * (variance + mean**2 - torch.log(variance) - 1)).sum(1).mean() * bits

first = torch.sqrt(torch.sigmoid(-start)) * x + torch.sqrt(torch.sigmoid(start)) * least
density = torch.distributions.Normal(first / torch.sqrt(torch.sigmoid(-start)), 1e-3)
reconstruction = -density.log_prob(x).sum(1).mean() * bits

(diffusion + prior + reconstruction).backward()
json.dump(
    {
        "terms": [diffusion.item(), prior.item(), reconstruction.item()],
        "schedule": [start.grad.item(), slope.grad.item()],
        "predicted": predicted.grad.flatten().tolist(),
    },
    sys.stdout,
)
