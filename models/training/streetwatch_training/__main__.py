"""Command line: `python -m streetwatch_training prepare|train|evaluate|export|describe|batch`."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import time
from pathlib import Path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m streetwatch_training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
        return sub

    prepare = command("prepare", "Decode the images once; label what the sources leave out with the starting weights.")
    prepare.add_argument("--data", type=Path, nargs="+", required=True, help="folders with images/{train,val} and labels/{train,val}")
    prepare.add_argument("--start", type=Path, required=True, help="public PicoDet-S weights (ONNX)")
    prepare.add_argument("--cache", type=Path, required=True, help="folder to write")

    train = command("train", "Train within a time budget; run again to continue after an interruption.")
    train.add_argument("--cache", type=Path, required=True)
    train.add_argument("--start", type=Path, required=True)
    train.add_argument("--run", type=Path, required=True, help="folder of checkpoints and log")
    budget = train.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float, help="time budget; the learning rate ends with it")
    budget.add_argument("--until", help="HH:MM of today instead of minutes")
    train.add_argument("--take", type=Path, help="start a new schedule from this checkpoint's averaged weights, or from an exported ONNX file")
    train.add_argument("--recipe", type=Path, help="JSON with values that differ from the default recipe")
    train.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    train.add_argument("--processes", type=int, default=1, help="that share the work, each with --threads (default 1); on two cores 2 with one thread")
    train.add_argument("--compile", action="store_true", help="compile the network: minutes at first, a third faster after")

    evaluate = command("evaluate", "AP per source and class, thresholds and false alarms of an exported model on val.")
    evaluate.add_argument("--cache", type=Path, required=True)
    evaluate.add_argument("--model", type=Path, required=True)
    evaluate.add_argument("--out", type=Path, help="write the figures as JSON")
    evaluate.add_argument("--split", choices=("val", "train"), default="val", help="train: how well the weights know what they learnt from (default val)")
    evaluate.add_argument("--every", type=int, default=1, help="score only every n-th image (for a quick look)")

    export = command("export", "Write one operating point as ONNX: pixels in, boxes and scores out.")
    export.add_argument("--start", type=Path, required=True)
    export.add_argument("--checkpoint", type=Path, required=True)
    export.add_argument("--out", type=Path, required=True)
    export.add_argument("--canvas", required=True, help="WIDTHxHEIGHT, multiples of 32")

    describe = command("describe", "Write the manifest of an exported model from its figures.")
    describe.add_argument("--model", type=Path, required=True)
    describe.add_argument("--figures", type=Path, required=True, help="JSON of `evaluate --out`")
    describe.add_argument("--id", required=True)
    describe.add_argument("--name", required=True)
    describe.add_argument("--manifest", type=Path, required=True)
    describe.add_argument("--commit", required=True, help="commit of the training code")
    describe.add_argument("--thresholds", type=Path, help="JSON class -> score, instead of those in the figures")

    batch = command("batch", "Time per picture of larger batches of an exported model, on one core.")
    batch.add_argument("--model", type=Path, required=True)
    batch.add_argument("--batches", type=int, nargs="+", default=[1, 2, 4, 8])
    return parser


def _train(args: argparse.Namespace) -> None:
    import torch

    from .train import Recipe, train

    seconds = (args.minutes or 0) * 60
    if args.until:
        hour, minute = map(int, args.until.split(":"))
        seconds = datetime.datetime.now().replace(hour=hour, minute=minute, second=0).timestamp() - time.time()
    if seconds <= 0:
        raise SystemExit("the time budget is over before it began")
    values = json.loads(args.recipe.read_text()) if args.recipe else {}
    for key in {"canvases", "early_canvases"} & set(values):
        values[key] = {int(size): tuple(v) for size, v in values[key].items()}
    device = args.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    train(args.cache, args.start, args.run, Recipe(budget_s=seconds, **values), device=device, threads=args.threads,
          processes=args.processes, compiled=args.compile, take=args.take)


def main() -> None:
    args = _parser().parse_args()
    if args.command == "prepare":
        from . import prepare

        prepare.decode_images(args.data, args.cache)
        prepare.teach(args.cache, args.start, args.threads)
    elif args.command == "train":
        _train(args)
    elif args.command == "evaluate":
        from .evaluate import evaluate

        evaluate(args.cache, args.model, args.out, args.threads, args.every, args.split)
    elif args.command == "export":
        from .export import export

        width, height = map(int, args.canvas.split("x"))
        export(args.start, args.checkpoint, args.out, width, height)
    elif args.command == "batch":
        from .batch import measure

        measure(args.model, args.batches)
    else:
        from .describe import write_manifest

        write_manifest(args.model, args.figures, args.manifest, args.id, args.name, args.commit, args.thresholds)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
