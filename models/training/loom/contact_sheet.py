"""Contact sheets: rows of drawn samples as one JPEG. The rows take the first images of each task, whose order is random."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image


def sheet(rows: list[np.ndarray], path: Path, size: int = 96, quality: int = 86) -> None:
    """rows: uint8 [n, 3, 256, 256] each, cut to the shortest."""
    columns = min(len(r) for r in rows)
    canvas = Image.new("RGB", (columns * size, len(rows) * size), "white")
    for y, row in enumerate(rows):
        for x in range(columns):
            tile = Image.fromarray(row[x].transpose(1, 2, 0)).resize((size, size), Image.LANCZOS)
            canvas.paste(tile, (x * size, y * size))
    canvas.save(path, quality=quality)


def main() -> None:
    """python -m loom.contact_sheet SAMPLES OUT.jpg"""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    names = ["avatars", "maps", "emoji", "emoji-pairs", "emoji-concepts", "blends", "classes", "reconstruction"]
    rows = []
    for name in names:
        if (folder / f"{name}.npy").exists():
            images = np.load(folder / f"{name}.npy")
            if len(images):
                rows += [images[:14]] if len(images) < 28 else [images[:14], images[14:28]]
    sheet(rows, out)


if __name__ == "__main__":
    main()
