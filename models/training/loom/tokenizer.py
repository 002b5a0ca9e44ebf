"""Byte-pair tokenizer: a standard tokenizer.json, read by Python's `tokenizers` and npm's `@huggingface/tokenizers`.

    python -m loom.tokenizer DATA OUT/tokenizer.json
"""

import json
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

LENGTH = 32
VOCABULARY = 4096
PAD = "[PAD]"


def train(captions: list[str], path: Path, vocabulary: int = VOCABULARY) -> Tokenizer:
    """Byte-level, so that no text is unknown; lower case, so that "Apple" is "apple". Id 0 pads."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(captions, trainer)
    path.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(path))
    return tokenizer


def encode(tokenizer: Tokenizer, texts: list[str], length: int = LENGTH) -> np.ndarray:
    """→ int64 [len(texts), length], cut or filled up with id 0."""
    ids = np.zeros((len(texts), length), np.int64)
    for row, encoding in zip(ids, tokenizer.encode_batch(texts), strict=True):
        found = encoding.ids[:length]
        row[: len(found)] = found
    return ids


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    records = [json.loads(line) for index in sorted(data.glob("*/index.jsonl")) for line in index.open()]
    # Held-out concepts keep their words: the tokenizer only has to spell them.
    texts = [text for r in records for text in (r["caption"], " ".join(r.get("tags", [])))]
    tokenizer = train(texts, out)
    lengths = [len(e.ids) for e in tokenizer.encode_batch([r["caption"] for r in records])]
    cut = sum(n > LENGTH for n in lengths)
    print(f"{tokenizer.get_vocab_size()} tokens; captions: longest {max(lengths)}, {cut} of {len(lengths)} longer than {LENGTH}")


if __name__ == "__main__":
    main()
