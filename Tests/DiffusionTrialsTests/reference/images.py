"""Draws scenes with numpy and scipy, without pixel noise: JSON scenes in, float64 images out."""

import json
import sys

import numpy as np
from scipy.ndimage import gaussian_filter

for scene in json.load(sys.stdin):
    grid = np.linspace(-1, 1, scene["size"])
    dx, dy = np.meshgrid(grid - scene["x"], grid - scene["y"])
    if scene["isSquare"]:
        inside = np.maximum(abs(dx), abs(dy)) < scene["radius"] * np.sqrt(np.pi) / 2
    else:
        inside = np.hypot(dx, dy) < scene["radius"]
    mask = inside.astype(float)
    if scene["blur"] > 0:
        mask = gaussian_filter(mask, scene["blur"], mode="reflect", truncate=4.0)
    mask = mask[:, :, None]
    image = mask * np.array(scene["color"]) + (1 - mask) * np.array(scene["background"])
    sys.stdout.buffer.write(np.clip(image, 0, 1).astype("<f8").tobytes())
