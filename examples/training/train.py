"""Trains a small network to tell two kinds of noise apart, and scores it after each epoch."""

import torch
from torch import nn

from pytest_brainscore.training import BrainScoreCallback

torch.manual_seed(0)
network = nn.Sequential(
    nn.Conv2d(3, 16, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(16, 2),
)
callback = BrainScoreCallback(
    suite="Marques2020_Cavanaugh2002-surround_suppression_index",
    every="epoch",
    budget_s=600,
    layers={"V1": "1"},
    preprocessing={"image_size": 32, "mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)},
    network=network,
    name="net",
    checkpoint="best.safetensors",
)
optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
for epoch in (1, 2):
    for _ in range(10):
        labels = torch.randint(2, (16,))
        images = torch.randn(16, 3, 32, 32) * (1 + labels[:, None, None, None])
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(images), labels).backward()
        optimiser.step()
    callback(epoch=epoch)
    print(epoch, callback.snapshots[-1].scores)
