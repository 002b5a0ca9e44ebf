"""Several processes that train one network, one GPU each: gradients averaged, one clock, late arrivals."""

import torch
import torch.distributed as dist
from torch import Tensor, nn


class Team:
    """A process is alone until it joins; joining is collective. With one process there is nothing to join."""

    def __init__(self, rank: int, world: int, where: torch.device):
        self.rank, self.world, self.where, self.size = rank, world, where, 1
        if world > 1:
            dist.init_process_group("nccl" if where.type == "cuda" else "gloo")
            # The connection is made now: if it fails, it fails before hours of training, not in the middle.
            dist.all_reduce(torch.zeros(1, device=where))

    @property
    def alone(self) -> bool:
        return self.size < self.world

    def average(self, gradients: list[Tensor]) -> None:
        """Mean over processes, as one flat buffer: one collective a step."""
        if self.size == 1:
            return
        flat = torch._utils._flatten_dense_tensors(gradients)
        dist.all_reduce(flat)
        flat /= self.size
        torch._foreach_copy_(gradients, torch._utils._unflatten_dense_tensors(flat, gradients))

    def agreed(self, value: float) -> float:
        """Rank 0's value for everyone: ranks with different clocks would drift apart in their learning rates."""
        if self.size == 1:
            return value
        shared = torch.tensor([value], device=self.where, dtype=torch.float64)
        dist.broadcast(shared, 0)
        return shared.item()

    @torch.no_grad()
    def join(self, network: nn.Module, ema: nn.Module, optimizer: torch.optim.Optimizer, counters: tuple[int, ...] = ()) -> tuple[int, ...]:
        """All processes call this once; afterwards all hold rank 0's weights, moments and counters (which are returned)."""
        if not self.alone:
            return counters
        if self.rank and counters:
            self.make_moments(network, optimizer)
        tensors = [*network.parameters(), *ema.parameters()]
        if counters:
            tensors += [value for p in network.parameters() for _, value in sorted(optimizer.state[p].items())]
        for tensor in tensors:
            dist.broadcast(shared := tensor.detach().to(self.where).contiguous(), 0)
            tensor.copy_(shared)
        counts = torch.tensor(counters, device=self.where, dtype=torch.int64)
        if counters:
            dist.broadcast(counts, 0)
        self.size = self.world
        return tuple(counts.tolist())

    def make_moments(self, network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """AdamW makes its moments in the first step: one without gradients gives room for rank 0's."""
        for parameter in network.parameters():
            parameter.grad = torch.zeros_like(parameter)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    def leave(self) -> None:
        if self.world > 1:
            dist.destroy_process_group()
