"""Writes prompts with the ids that Python's `tokenizers` gives, for the test that npm's library agrees.

    python -m loom.tokenizer_fixture TOKENIZER DATA tests/training/tokenizer-ids.json
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

# Accents, apostrophes, digits, other scripts and odd spacing: where implementations differ first.
ODD = ["", " ", "Crème brûlée", "o’clock", "it's 12 o'clock!", "ПРИВЕТ мир", "猫の顔", "🐙 octopus", "a  3D   emoji", "UPPER lower", "tab\there", "İstanbul", "e\u0301"]


def main() -> None:
    tokenizer, data, out = Tokenizer.from_file(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    records = [json.loads(line) for index in sorted(data.glob("*/index.jsonl")) for line in index.open()]
    captions = sorted({r["caption"] for r in records})[:: max(1, len(records) // 400)]
    texts = [*ODD, *captions]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps([{"text": t, "ids": tokenizer.encode(t).ids} for t in texts], ensure_ascii=False, indent=0) + "\n")
    print(len(texts), "prompts")


if __name__ == "__main__":
    main()
