"""The networks of `swingby bench diffusion`, as the reference of the tests names their shapes."""

PAPER = dict(blocks=2, heads=4, groups=8, timeWidth=256, activation="gelu", size=32)
NETS = {
    "b32": dict(PAPER, channels=[32, 64, 128]),
    "b64": dict(PAPER, channels=[64, 128, 256]),
    "t1": dict(PAPER, channels=[16, 32, 64], blocks=1, heads=0, timeWidth=64, size=16),
}
