"""MobileNet v1 at four widths (Howard et al. 2017, arXiv 1704.04861) and v2 (Sandler et al. 2018, arXiv 1801.04381).

Both come from TensorFlow: an odd row of padding comes after the image, and the first of 1001 classes is background.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

V1_STEM = 32
V1_BLOCKS = ((1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512), *[(1, 512)] * 5, (2, 1024), (1, 1024))
"""Channels of the first layer; stride and channels of each block, at width 1."""
V2_STEM, V2_HEAD = 32, 1280
V2_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Channels of the first and the last layer; expansion, channels, blocks and stride of the first block of each stage."""
TENSORFLOW_EPS = 0.001
"""Of batch normalisation; PyTorch's own is 1e-5."""


def same_padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return how many zeros TensorFlow's ``SAME`` puts before and after a side: the odd one comes after.

    >>> same_padding(224, 3, 2), same_padding(113, 3, 2), same_padding(112, 3, 1), same_padding(7, 1, 1)
    ((0, 1), (1, 1), (1, 1), (0, 0))

    """
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


class SameConvolution(nn.Module):
    """A convolution with padding ``SAME``, then batch normalisation (or a bias, into which it was folded), then ReLU6.

    Parameters
    ----------
    inputs, outputs
        Channels.
    kernel, stride, groups
        Of the convolution.
    folded
        Whether batch normalisation was folded into weight and bias.
    rectified
        Whether ReLU6 comes last.

    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        *,
        stride: int = 1,
        groups: int = 1,
        folded: bool,
        rectified: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=folded)
        self.bn = nn.Identity() if folded else nn.BatchNorm2d(outputs, eps=TENSORFLOW_EPS)
        self.activation = nn.ReLU6() if rectified else nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """Return what follows from (image, channel, row, column)."""
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        rows, columns = (same_padding(side, kernel, stride) for side in images.shape[2:])
        if any((*rows, *columns)):
            images = functional.pad(images, (*columns, *rows))
        activated: Tensor = self.activation(self.bn(self.conv(images)))
        return activated


class Classifier(nn.Linear):
    """The mean over all positions, then 1001 classes, of which the first, background, is left out."""

    def __init__(self, inputs: int) -> None:
        super().__init__(inputs, 1001)

    def forward(self, responses: Tensor) -> Tensor:
        """Return the logits of the 1000 classes of ImageNet."""
        return super().forward(responses.mean((2, 3)))[:, 1:]


class BlockV1(nn.Module):
    """A convolution of each channel by itself, then one of all channels at each place."""

    def __init__(self, inputs: int, outputs: int, stride: int, *, folded: bool) -> None:
        super().__init__()
        self.depthwise = SameConvolution(inputs, inputs, 3, stride=stride, groups=inputs, folded=folded)
        self.pointwise = SameConvolution(inputs, outputs, folded=folded)

    def forward(self, responses: Tensor) -> Tensor:
        """Return the rectified responses of the block."""
        pointwise: Tensor = self.pointwise(self.depthwise(responses))
        return pointwise


class MobileNetV1(nn.Module):
    """The network.

    Parameters
    ----------
    width
        What the channels of the original are multiplied by.
    folded
        Whether batch normalisation was folded into the convolutions.

    """

    def __init__(self, width: float, *, folded: bool) -> None:
        super().__init__()
        channels = [int(width * each) for each in (V1_STEM, *(outputs for _, outputs in V1_BLOCKS))]
        self.stem = SameConvolution(3, channels[0], 3, stride=2, folded=folded)
        self.blocks = nn.Sequential(
            *(
                BlockV1(channels[index], channels[index + 1], stride, folded=folded)
                for index, (stride, _) in enumerate(V1_BLOCKS)
            )
        )
        self.classifier = Classifier(channels[-1])

    def forward(self, images: Tensor) -> Tensor:
        """Return logits of 1000 classes."""
        logits: Tensor = self.classifier(self.blocks(self.stem(images)))
        return logits


class BlockV2(nn.Module):
    """Expanded, convolved and projected again, with its input added where the shapes are the same."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        wide = expansion * inputs
        self.expand = nn.Identity() if expansion == 1 else SameConvolution(inputs, wide, folded=True)
        self.depthwise = SameConvolution(wide, wide, 3, stride=stride, groups=wide, folded=True)
        self.project = SameConvolution(wide, outputs, folded=True, rectified=False)
        self.added = stride == 1 and inputs == outputs

    def forward(self, responses: Tensor) -> Tensor:
        """Return responses that can be negative."""
        projected: Tensor = self.project(self.depthwise(self.expand(responses)))
        return responses + projected if self.added else projected


class MobileNetV2(nn.Module):
    """The network of width 1, with batch normalisation folded into the convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConvolution(3, V2_STEM, 3, stride=2, folded=True)
        blocks, inputs = [], V2_STEM
        for expansion, outputs, count, stride in V2_STAGES:
            for index in range(count):
                blocks.append(BlockV2(inputs, outputs, expansion, stride if index == 0 else 1))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = SameConvolution(inputs, V2_HEAD, folded=True)
        self.classifier = Classifier(V2_HEAD)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits of 1000 classes."""
        logits: Tensor = self.classifier(self.head(self.blocks(self.stem(images))))
        return logits


def mobilenet_v1_1_0_224() -> MobileNetV1:
    """Return the network of width 1 for images of 224 pixels."""
    return MobileNetV1(1.0, folded=False)


def mobilenet_v1_0_75_192() -> MobileNetV1:
    """Return the network of width .75 for images of 192 pixels."""
    return MobileNetV1(0.75, folded=True)


def mobilenet_v1_0_5_160() -> MobileNetV1:
    """Return the network of width .5 for images of 160 pixels."""
    return MobileNetV1(0.5, folded=True)


def mobilenet_v1_0_25_128() -> MobileNetV1:
    """Return the network of width .25 for images of 128 pixels."""
    return MobileNetV1(0.25, folded=True)


def mobilenet_v2_1_0_224() -> MobileNetV2:
    """Return the network for images of 224 pixels."""
    return MobileNetV2()
