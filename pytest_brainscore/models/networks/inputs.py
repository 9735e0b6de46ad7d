"""What a network takes in where that is not images of three colours: grey images, videos."""

from __future__ import annotations

import torch
from torch import nn

from pytest_brainscore.models.networks.preprocessing import COLOURS, Preprocessing


def take_in(network: nn.Module, preprocessing: Preprocessing) -> None:
    """Have a network given what it takes in, when it is called with images x 3 x rows x columns.

    Parameters
    ----------
    network
        Hooked in place.
    preprocessing
        With one channel, it is given the first: all are the grey level. With frames, images x channels x frames x rows
        x columns: a video in which nothing moves.

    """
    channels, frames = preprocessing.channels, preprocessing.frames
    if channels == COLOURS and not frames:
        return

    def adapted(_network: nn.Module, arguments: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
        images = arguments[0][:, :channels].contiguous()
        return (images.unsqueeze(2).repeat(1, 1, frames, 1, 1) if frames else images,)

    network.register_forward_pre_hook(adapted)
