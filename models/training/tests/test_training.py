"""Tests of the training code: `python -m unittest discover -s tests` with the packages of requirements.txt."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

try:
    import cv2
    import numpy as np
    import torch

    from streetwatch_training import augment, boxes, classes, evaluate, loss, network, prepare, train
except ImportError as missing:
    raise unittest.SkipTest(f"SKIPPED: the packages of requirements.txt are not installed ({missing})") from missing

START = Path(__file__).resolve().parents[4] / "shared" / "models" / "picodet_s_416_coco.onnx"


class Labels(unittest.TestCase):
    def test_class_that_does_not_exist_names_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.txt"
            path.write_text("2 0.5 0.5 0.1 0.1\n12 0.5 0.5 0.1 0.1\n")
            with self.assertRaisesRegex(ValueError, r"a\.txt:2: class 12 does not exist"):
                prepare.read_labels(path, 100, 100)

    def test_line_that_is_not_a_box(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.txt"
            path.write_text("2 0.5 0.5\n")
            with self.assertRaisesRegex(ValueError, r"a\.txt:1: not"):
                prepare.read_labels(path, 100, 100)

    def test_boxes_are_cut_to_the_picture(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.txt"
            path.write_text("2 0.0 0.5 0.2 0.2\n")
            np.testing.assert_allclose(prepare.read_labels(path, 100, 50), [[2, 0, 20, 10, 30]], atol=1e-4)


class Masks(unittest.TestCase):
    def test_sources_say_nothing_about_what_they_do_not_label(self):
        garbage = classes.class_weights("garbage_atanu")
        self.assertEqual(garbage[classes.GARBAGE], 1)
        self.assertEqual(garbage[classes.TRICYCLE], 0)
        self.assertEqual(garbage[classes.FIRE], 1)  # no fire there: every picture is a negative
        self.assertEqual(classes.class_weights("fire_smoke_abonia")[classes.GARBAGE], 0)

    def test_weights_follow_the_regions_of_a_mosaic(self):
        left, right = np.full(12, 0.25, np.float32), np.full(12, 0.5, np.float32)
        ignore = np.array([[classes.CAR, 32, 0, 48, 64]], np.float32)
        sample = augment.Sample(np.zeros((64, 64, 3), np.uint8), np.zeros((0, 5)), ignore, [(0, 0, 32, 64, left), (32, 0, 60, 64, right)])
        points = np.array([[4.0, 4.0], [36, 4], [52, 4], [62, 4]])
        weights = augment.anchor_weights(sample, points)
        np.testing.assert_array_equal(weights[:, classes.BIN], [0.25, 0.5, 0.5, 1])
        np.testing.assert_array_equal(weights[:, classes.CAR], [0.25, 0, 0.5, 1])


class Pictures(unittest.TestCase):
    def test_part_of_a_scaled_picture_is_what_scaling_all_of_it_gives(self):
        picture = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8), (0, 0), 3)
        for factor, method in ((0.4, cv2.INTER_AREA), (0.7, cv2.INTER_LINEAR), (1.6, cv2.INTER_LINEAR)):
            width, height = round(300 * factor), round(220 * factor)
            whole = cv2.resize(picture, (width, height), interpolation=method)[20 : height - 7, 10 : width - 15]
            part = augment._scaled(picture, (width / 300, height / 200), (10, 20, width - 15, height - 7))
            self.assertEqual(part.shape, whole.shape)
            self.assertLessEqual(np.abs(part.astype(int) - whole).max(), 3)


def share_gradients(rank: int, folder: Path) -> None:
    """One of two processes: its gradient is rank + 1 everywhere; writes what it is after sharing."""
    peers = train.Peers(rank, 2, folder / "meeting")
    weight = torch.nn.Parameter(torch.zeros(2, 3))
    weight.grad = torch.full((2, 3), rank + 1.0)
    facts = peers.share([weight], [float(rank), 4.0])
    torch.save((weight.grad, facts), folder / f"{rank}.pt")


class Sharing(unittest.TestCase):
    def test_two_processes_end_with_the_mean_of_their_gradients(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            torch.multiprocessing.spawn(share_gradients, (folder,), 2)
            for rank in range(2):
                gradient, facts = torch.load(folder / f"{rank}.pt")
                torch.testing.assert_close(gradient, torch.full((2, 3), 1.5))
                self.assertEqual(facts, [0.5, 4.0])


@unittest.skipUnless(START.exists(), f"SKIPPED: no starting weights at {START}")
class Normalised(unittest.TestCase):
    def test_normalisation_changes_nothing_until_it_is_trained(self):
        images = torch.randint(0, 256, (4, 128, 128, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
        folded = network.build(START)
        net = network.with_normalisation(START, folded, images)
        self.assertGreater(len(net.norms), 90)
        again = network.without_normalisation(START, net)
        pixels = network.normalise(images)
        with torch.no_grad():
            expected = folded(pixels)
            for other in (net.eval(), again):
                for a, b in zip(expected, other(pixels)):
                    self.assertLess(float((a - b).abs().max()), 2e-3)
            for a, b in zip(expected, net.train()(pixels)):  # with the statistics of the batch, which are the same pictures
                self.assertLess(float((a - b).abs().max()), 0.05)


class Assignment(unittest.TestCase):
    def test_cells_in_the_box_win_and_a_tiny_box_gets_one(self):
        points, strides = network.anchor_points(64, 64)
        cells = len(points)
        gt = {"boxes": torch.tensor([[8.0, 8, 40, 40], [57, 57, 60, 60]]), "classes": torch.tensor([2, 10]), "image": torch.tensor([0, 0])}
        predicted = torch.cat([points - 8, points + 8], 1)[None]
        index, assigned, quality = loss.assign(torch.full((1, cells, 12), 0.1), predicted, points, strides, gt)
        self.assertTrue(set(index[0][assigned[0]].tolist()) == {0, 1})
        inside = ((points >= 8) & (points <= 40)).all(1)
        self.assertTrue(inside[assigned[0] & (index[0] == 0)].all())
        self.assertTrue((quality >= 0).all() and quality.max() <= 1)

    def test_nothing_to_find_gives_a_loss_without_boxes(self):
        points, strides = network.anchor_points(64, 64)
        cells = len(points)
        gt = {"boxes": torch.zeros(0, 4), "classes": torch.zeros(0, dtype=torch.long), "image": torch.zeros(0, dtype=torch.long),
              "weights": torch.ones(1, cells, 12)}
        total, parts = loss.detector_loss(torch.zeros(1, cells, 12), torch.zeros(1, cells, 4, 8), points, strides, gt)
        self.assertGreater(float(total), 0)
        self.assertEqual(parts["iou"], 0)


class Scoring(unittest.TestCase):
    def test_suppression_keeps_the_best_of_each_class(self):
        b = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [50, 50, 60, 60]], np.float32)
        s = np.zeros((3, 12), np.float32)
        s[:, 2] = [0.5, 0.9, 0.3]
        s[0, 10] = 0.4
        found = boxes.detections(b, s, 0.05)
        self.assertEqual([(round(float(r[4]), 1), int(r[5])) for r in found], [(0.9, 2), (0.4, 10), (0.3, 2)])

    def test_perfect_detections_score_one_and_misses_cost(self):
        truth = np.array([[2, 0, 0, 10, 10], [2, 20, 20, 40, 40]], np.float32)
        found = np.array([[0, 0, 10, 10, 0.9, 2]], np.float32)
        item = evaluate.Scored("a", "traffic_manaus_v4", found, truth)
        ap = evaluate.average_precision([item], (classes.CAR,))
        self.assertAlmostEqual(ap[classes.CAR][0], 51 / 101, places=4)
        self.assertEqual(evaluate.precision_recall([item], classes.CAR, 0.5)[:2], (1.0, 0.5))


@unittest.skipUnless(START.exists(), f"SKIPPED: no starting weights at {START}")
class EndToEnd(unittest.TestCase):
    def test_loss_falls_and_the_export_runs(self):
        import tiny_run

        with tempfile.TemporaryDirectory() as folder:
            result = tiny_run.run(START, Path(folder))
            self.assertEqual(result["steps"], 40)
            self.assertLess(result["last"], 0.8 * result["first"])
            self.assertLess((Path(folder) / "model.onnx").stat().st_size, 6e6)
            trained = network.from_checkpoint(START, Path(folder) / "run" / "last.pt")
            taken = network.build(START, seed=99)
            network.load_exported(taken, Path(folder) / "model.onnx")
            for key, value in trained.state_dict().items():
                torch.testing.assert_close(taken.state_dict()[key], value, rtol=1e-6, atol=1e-6)
            with self.assertRaisesRegex(ValueError, "no tensor .*not an export of this network"):
                network.load_exported(taken, START)


if __name__ == "__main__":
    unittest.main()
