"""`train`: fits the network to a prepared cache within a time budget; stops and resumes at any moment."""

from __future__ import annotations

import copy
import json
import math
import os
import signal
import tempfile
import time
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.utils.data import DataLoader, Dataset

from . import network, prepare
from .augment import Composer, anchor_weights
from .graph import GraphNet
from .loss import detector_loss

LOG_EVERY = 20


@dataclass
class Recipe:
    """Everything that decides a run; stored in every checkpoint."""

    budget_s: float
    learning_rate: float = 6e-4
    final_share: float = 0.02
    warmup_steps: int = 200
    weight_decay: float = 0.02
    clip_norm: float = 8.0
    ema_decay: float = 0.998
    head_boost: float = 2.0
    seed: int = 7
    mild_from: float = 0.85
    # canvas -> (batch of each process, share of the steps); about equal work per step
    canvases: dict[int, tuple[int, float]] = field(
        default_factory=lambda: {320: (16, 0.4), 448: (8, 0.35), 576: (5, 0.25)}
    )
    # the same, until `mild_from`: small pictures first let the network see more of them
    early_canvases: dict[int, tuple[int, float]] | None = None
    shares: dict[str, float] = field(
        default_factory=lambda: {
            "fire_smoke_abonia": 0.16, "fire_smoke_sathurshan": 0.17, "garbage_atanu": 0.27,
            "traffic_manaus_v4": 0.17, "vehicles_dhaka_subset": 0.14, "vehicles_highway_v40": 0.09,
        }
    )


class Batches(Dataset):
    """Item k is the whole batch of step k of one process; the same seed, step and rank give the same batch."""

    def __init__(self, cache_folder: Path, recipe: Recipe, mild, rank: int = 0):
        self.cache_folder, self.recipe, self.mild, self.rank = cache_folder, recipe, mild, rank
        self.composer: Composer | None = None

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, step: int) -> dict[str, torch.Tensor]:
        if self.composer is None:  # opened by the worker: a memory map must not travel between processes
            cv2.setNumThreads(1)
            self.composer = Composer(prepare.load(self.cache_folder), self.recipe.shares)
        canvases = self.recipe.canvases if self.mild.value else self.recipe.early_canvases or self.recipe.canvases
        odds = np.array([share for _, share in canvases.values()])
        # of one size in all processes, since they wait for each other
        size = int(np.random.default_rng([self.recipe.seed, step]).choice(list(canvases), p=odds / odds.sum()))
        batch = canvases[size][0]
        rng = np.random.default_rng([self.recipe.seed, step, self.rank + 1])
        samples = [self.composer.sample(rng, size, bool(self.mild.value)) for _ in range(batch)]
        points = network.anchor_points(size, size)[0].numpy()
        rows = np.concatenate([s.boxes for s in samples])
        owner = np.repeat(np.arange(batch), [len(s.boxes) for s in samples])
        return {
            "images": torch.from_numpy(np.stack([s.image for s in samples])),
            "boxes": torch.from_numpy(rows[:, 1:5]),
            "classes": torch.from_numpy(rows[:, 0].astype(np.int64)),
            "image": torch.from_numpy(owner.astype(np.int64)),
            "weights": torch.from_numpy(np.stack([anchor_weights(s, points) for s in samples])),
        }


class Peers:
    """Processes that train one network together: each takes its own pictures, gradients are averaged in every step."""

    def __init__(self, rank: int = 0, count: int = 1, meeting: Path | None = None):
        self.rank, self.count = rank, count
        if count > 1:
            os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
            dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=count)

    def share(self, parameters: list[nn.Parameter], facts: list[float]) -> list[float]:
        """Replaces the gradients by their mean over all processes; returns the mean of each of `facts`."""
        if self.count == 1:
            return facts
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([*(g.flatten() for g in gradients), torch.tensor(facts, device=gradients[0].device)])
        dist.all_reduce(flat)
        flat /= self.count
        parts = flat.split([*(g.numel() for g in gradients), len(facts)])
        for gradient, part in zip(gradients, parts):
            gradient.copy_(part.view_as(gradient))
        return parts[-1].tolist()


class Run:
    """Network, averaged network and optimiser of one run, with their checkpoint."""

    def __init__(self, net: GraphNet, folder: Path, recipe: Recipe, peers: Peers, device: str, compiled: bool):
        self.folder, self.recipe, self.peers, self.device = folder, recipe, peers, device
        self.net = net.to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).requires_grad_(False)
        heads, body = [], []
        for parameter in self.net.parameters():
            is_head = parameter.shape[0] == len(network.CLASSES) + network.HEAD_BOX_CHANNELS
            (heads if is_head else body).append(parameter)
        groups = [
            {"params": [p for p in group if (p.dim() > 1) == decays], "boost": boost,
             "weight_decay": recipe.weight_decay if decays else 0.0}
            for group, boost in ((body, 1.0), (heads, recipe.head_boost)) for decays in (True, False)
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=recipe.learning_rate)
        self.step, self.images, self.elapsed_s, self.stopped = 0, 0, 0.0, False
        self.forward = torch.compile(self.net, dynamic=False) if compiled else self.net

    def load(self, path: Path) -> None:
        """Continues from a checkpoint."""
        state = torch.load(path, map_location=self.device, weights_only=False)
        self.average.load_state_dict(state["average"])
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.images, self.elapsed_s = state["step"], state["images"], state["elapsed_s"]

    def save(self, name: str = "last.pt") -> None:
        if self.peers.rank > 0:
            return
        state = {
            "net": self.net.state_dict(), "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict(),
            "step": self.step, "images": self.images, "elapsed_s": self.elapsed_s, "recipe": asdict(self.recipe),
        }
        part = self.folder / f"{name}.part"
        torch.save(state, part)
        part.replace(self.folder / name)

    def progress(self) -> float:
        return min(1.0, self.elapsed_s / self.recipe.budget_s)

    def advance(self, batch: dict[str, torch.Tensor], spent_s: float = 0.0, stop: bool = False) -> dict[str, float]:
        """One optimiser step; a batch whose loss is not finite is skipped and counted as `skipped`.

        `spent_s` (of the step before) and `stop` are agreed upon by all processes, so that they end with the same step.
        """
        r = self.recipe
        share = r.final_share + (1 - r.final_share) * (1 + math.cos(math.pi * self.progress())) / 2
        rate = r.learning_rate * share * min(1.0, (self.step + 1) / r.warmup_steps)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["boost"]
        batch = {k: v.to(self.device, non_blocking=True) for k, v in batch.items()}
        height, width = batch["images"].shape[1:3]
        logits, distribution = network.flatten_heads(self.forward(network.normalise(batch["images"])))
        points, strides = network.anchor_points(height, width, self.device)
        loss, parts = detector_loss(logits, distribution, points, strides, batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        spent_s, stopping = self.peers.share(list(self.net.parameters()), [spent_s, float(stop)])
        self.elapsed_s += spent_s
        self.stopped = stopping > 0
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(), r.clip_norm)
        self.step += 1
        self.images += len(batch["images"]) * self.peers.count
        if not torch.isfinite(norm):
            return {**parts, "lr": rate, "skipped": 1.0, "norm": 0.0}
        self.optimiser.step()
        self._follow(min(r.ema_decay, (1 + self.step) / (10 + self.step)))
        return {**parts, "lr": rate, "norm": float(norm), "skipped": 0.0}

    @torch.no_grad()
    def _follow(self, decay: float) -> None:
        """Moves the averaged weights, and the statistics of its normalisation, towards those of the network."""
        torch._foreach_lerp_(list(self.average.parameters()), list(self.net.parameters()), 1 - decay)
        for mean, own in zip(self.average.buffers(), self.net.buffers()):
            if mean.is_floating_point():
                mean.lerp_(own, 1 - decay)


def train(cache_folder: Path, start: Path, folder: Path, recipe: Recipe, **options) -> int:
    """Trains until the recipe's time budget is spent; returns the number of steps.

    Options: device, threads (of each process), processes, compiled, take (a checkpoint of another run, whose averaged
    weights start this one, or an exported ONNX file), max_steps, checkpoint_s.
    """
    folder.mkdir(parents=True, exist_ok=True)
    work = cache_folder, start, folder, recipe, options
    if options.get("processes", 1) == 1:
        _process(0, *work, None)
    else:
        with tempfile.TemporaryDirectory() as meeting:
            group = torch.multiprocessing.spawn(_process, (*work, Path(meeting) / "meeting"), options["processes"], join=False)
            signal.signal(signal.SIGTERM, lambda *_: [p.terminate() for p in group.processes])
            while not group.join():
                pass
    return torch.load(folder / "last.pt", map_location="cpu", weights_only=False)["step"]


def _process(rank: int, cache_folder: Path, start: Path, folder: Path, recipe: Recipe, options: dict, meeting: Path | None) -> None:
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(options.get("threads", 2))
    peers = Peers(rank, options.get("processes", 1), meeting)
    context = get_context("spawn")  # a forked worker deadlocks once the parent's thread pool has run
    mild = context.Value("b", 0)
    batches = Batches(cache_folder, recipe, mild, rank)
    take = options.get("take")
    if take is None:
        folded = network.build(start, recipe.seed)
    elif take.suffix == ".onnx":
        folded = network.build(start)
        network.load_exported(folded, take)
    else:
        folded = network.from_checkpoint(start, take)
    first = Batches(cache_folder, recipe, mild)[0]["images"]  # of rank 0 everywhere: all must begin with the same statistics
    net = network.with_normalisation(start, folded, first)
    run = Run(net, folder, recipe, peers, options.get("device", "cpu"), options.get("compiled", False))
    if (folder / "last.pt").exists():
        run.load(folder / "last.pt")
        if rank == 0:
            print(f"resumed at step {run.step}, {run.elapsed_s:.0f} of {recipe.budget_s:.0f} s", flush=True)
    loader = DataLoader(
        batches, batch_size=None, sampler=range(run.step, 10**9), num_workers=1,
        prefetch_factor=4, multiprocessing_context=context,
    )
    stop = {"now": False}
    signal.signal(signal.SIGTERM, lambda *_: stop.update(now=True))
    _loop(run, iter(loader), mild, stop, options.get("max_steps", 10**9), options.get("checkpoint_s", 240))
    run.save()
    if rank == 0:
        print(f"stopped at step {run.step}, {run.images} images, {run.elapsed_s:.0f} s", flush=True)
    if peers.count > 1:
        dist.barrier()  # nobody leaves while the others may still wait for his gradients
        dist.destroy_process_group()


def _loop(run: Run, batches, mild, stop: dict, max_steps: int, checkpoint_s: float) -> None:
    sums: dict[str, float] = {}
    window_images, window_start, data_s, spent_s = run.images, time.monotonic(), 0.0, 0.0
    last_saved = time.monotonic()
    while run.progress() < 1 and run.step < max_steps and not run.stopped:
        began = time.monotonic()
        mild.value = int(run.progress() >= run.recipe.mild_from)
        batch = next(batches)
        data_s += time.monotonic() - began
        for key, value in run.advance(batch, spent_s, stop["now"]).items():
            sums[key] = sums.get(key, 0.0) + value
        spent_s = time.monotonic() - began
        if run.step % LOG_EVERY == 0 and run.peers.rank == 0:
            taken = time.monotonic() - window_start
            line = {k: round(v / LOG_EVERY, 5) for k, v in sums.items()}
            line |= {"step": run.step, "images": run.images, "per_s": round((run.images - window_images) / taken, 2),
                     "data": round(data_s / taken, 3), "done": round(run.progress(), 4)}
            print(json.dumps(line), flush=True)
            with open(run.folder / "log.jsonl", "a") as out:
                out.write(json.dumps(line) + "\n")
            sums, window_images, window_start, data_s = {}, run.images, time.monotonic(), 0.0
        if time.monotonic() - last_saved > checkpoint_s:
            run.save()
            last_saved = time.monotonic()
