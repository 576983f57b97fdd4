"""`train`: fits the network to a prepared cache within a time budget; stops and resumes at any moment."""

from __future__ import annotations

import copy
import json
import math
import signal
import time
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from . import network, prepare
from .augment import Composer, anchor_weights
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
    # canvas -> (batch, share of the steps); about equal work per step
    canvases: dict[int, tuple[int, float]] = field(
        default_factory=lambda: {320: (16, 0.4), 448: (8, 0.35), 576: (5, 0.25)}
    )
    shares: dict[str, float] = field(
        default_factory=lambda: {
            "fire_smoke_abonia": 0.16, "fire_smoke_sathurshan": 0.17, "garbage_atanu": 0.27,
            "traffic_manaus_v4": 0.17, "vehicles_dhaka_subset": 0.14, "vehicles_highway_v40": 0.09,
        }
    )


class Batches(Dataset):
    """Item k is the whole batch of step k; the same seed and step give the same batch."""

    def __init__(self, cache_folder: Path, recipe: Recipe, mild):
        self.cache_folder, self.recipe, self.mild = cache_folder, recipe, mild
        self.composer: Composer | None = None

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, step: int) -> dict[str, torch.Tensor]:
        if self.composer is None:  # opened by the worker: a memory map must not travel between processes
            cv2.setNumThreads(1)
            self.composer = Composer(prepare.load(self.cache_folder), self.recipe.shares)
        rng = np.random.default_rng([self.recipe.seed, step])
        sizes = list(self.recipe.canvases)
        odds = np.array([share for _, share in self.recipe.canvases.values()])
        size = int(rng.choice(sizes, p=odds / odds.sum()))
        batch = self.recipe.canvases[size][0]
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


class Run:
    """Network, averaged network and optimiser of one run, with their checkpoint."""

    def __init__(self, start: Path, folder: Path, recipe: Recipe, device: str, compiled: bool):
        self.folder, self.recipe, self.device = folder, recipe, device
        self.net = network.build(start, recipe.seed).to(device, memory_format=torch.channels_last)
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
        self.step, self.images, self.elapsed_s = 0, 0, 0.0
        self.forward = torch.compile(self.net, dynamic=False) if compiled else self.net

    def take(self, path: Path) -> None:
        """Starts a new schedule from the averaged weights of a checkpoint, or from an exported ONNX file."""
        if path.suffix == ".onnx":
            for net in (self.net, self.average):
                network.load_exported(net, path)
        else:
            self.load(path, weights_only=True)

    def load(self, path: Path, weights_only: bool = False) -> None:
        """Continues a run, or only takes over its averaged weights."""
        state = torch.load(path, map_location=self.device, weights_only=False)
        self.average.load_state_dict(state["average"])
        self.net.load_state_dict(state["average" if weights_only else "net"])
        if not weights_only:
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.images, self.elapsed_s = state["step"], state["images"], state["elapsed_s"]

    def save(self, name: str = "last.pt") -> None:
        state = {
            "net": self.net.state_dict(), "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict(),
            "step": self.step, "images": self.images, "elapsed_s": self.elapsed_s, "recipe": asdict(self.recipe),
        }
        part = self.folder / f"{name}.part"
        torch.save(state, part)
        part.replace(self.folder / name)

    def progress(self) -> float:
        return min(1.0, self.elapsed_s / self.recipe.budget_s)

    def advance(self, batch: dict[str, torch.Tensor]) -> dict[str, float]:
        """One optimiser step; a batch whose loss is not finite is skipped and counted as `skipped`."""
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
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(), r.clip_norm)
        self.step += 1
        self.images += len(batch["images"])
        if not torch.isfinite(norm):
            return {**parts, "lr": rate, "skipped": 1.0, "norm": 0.0}
        self.optimiser.step()
        decay = min(r.ema_decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.net.parameters()), 1 - decay)
        return {**parts, "lr": rate, "norm": float(norm), "skipped": 0.0}


def train(cache_folder: Path, start: Path, folder: Path, recipe: Recipe, **options) -> Run:
    """Trains until the recipe's time budget is spent. Options: device, threads, compiled, take (weights to start from)."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(options.get("threads", 2))
    device = options.get("device", "cpu")
    run = Run(start, folder, recipe, device, options.get("compiled", False))
    if (folder / "last.pt").exists():
        run.load(folder / "last.pt")
        print(f"resumed at step {run.step}, {run.elapsed_s:.0f} of {recipe.budget_s:.0f} s", flush=True)
    elif options.get("take"):
        run.take(options["take"])
    context = get_context("spawn")  # a forked worker deadlocks once the parent's thread pool has run
    mild = context.Value("b", 0)
    loader = DataLoader(
        Batches(cache_folder, recipe, mild), batch_size=None, sampler=range(run.step, 10**9), num_workers=1,
        prefetch_factor=4, multiprocessing_context=context,
    )
    stop = {"now": False}
    signal.signal(signal.SIGTERM, lambda *_: stop.update(now=True))
    _loop(run, iter(loader), mild, stop, options.get("max_steps", 10**9), options.get("checkpoint_s", 240))
    run.save()
    print(f"stopped at step {run.step}, {run.images} images, {run.elapsed_s:.0f} s", flush=True)
    return run


def _loop(run: Run, batches, mild, stop: dict, max_steps: int, checkpoint_s: float) -> None:
    sums: dict[str, float] = {}
    window_images, window_start, data_s = 0, time.monotonic(), 0.0
    last_saved = time.monotonic()
    while run.progress() < 1 and run.step < max_steps and not stop["now"]:
        began = time.monotonic()
        mild.value = int(run.progress() >= run.recipe.mild_from)
        batch = next(batches)
        data_s += time.monotonic() - began
        for key, value in run.advance(batch).items():
            sums[key] = sums.get(key, 0.0) + value
        run.elapsed_s += time.monotonic() - began
        window_images += len(batch["images"])
        if run.step % LOG_EVERY == 0:
            spent = time.monotonic() - window_start
            line = {k: round(v / LOG_EVERY, 5) for k, v in sums.items()}
            line |= {"step": run.step, "images": run.images, "per_s": round(window_images / spent, 2),
                     "data": round(data_s / spent, 3), "done": round(run.progress(), 4)}
            print(json.dumps(line), flush=True)
            with open(run.folder / "log.jsonl", "a") as out:
                out.write(json.dumps(line) + "\n")
            sums, window_images, window_start, data_s = {}, 0, time.monotonic(), 0.0
        if time.monotonic() - last_saved > checkpoint_s:
            run.save()
            last_saved = time.monotonic()
