#!/bin/bash
# Trains the U-Net of loom-vq-f8 alone, on one GPU, and scores it: about 215 s of a held machine. Two calls, at once after
# one another (a machine goes back 30 s after a call):
#   1. carry .data/a and .data/j     bash models/training/device/start.sh; cp -r models/training/.data/j /tmp/run/judge
#   2. carry .data/b and .data/v     bash models/training/device/vq-unet.sh 180
# The argument: seconds from the start of this script at which the training ends. Brings back shards, figures and a sheet.
set -u
cd "$(dirname "$0")/.."
START=$(date +%s)
mkdir -p /tmp/run/vq && cp .data/b/clothing/images.bin /tmp/data/clothing/ && cp .data/v/first-stage* /tmp/run/vq/ && touch /tmp/run/vq/first-stage.done
cd /tmp/code
export PYTHONPATH=/tmp/code TORCHINDUCTOR_CACHE_DIR=/tmp/inductor PYTHONUNBUFFERED=1 OMP_NUM_THREADS=4 CUDA_VISIBLE_DEVICES=${GPU:-0}
python3 -m loom.data /tmp/data/clothing 14 > /tmp/run/decode-b.log 2>&1
while [ ! -e /tmp/data/emoji/images.npy ] || [ ! -e /tmp/data/avatars/images.npy ]; do sleep 0.2; done
COMMON="--data /tmp/data --tokenizer tokenizer.json --workers 8"
python3 -m loom.generate /tmp/run/vq $COMMON --out /tmp/run/samples/loom-vq-f8 --wait-for /tmp/run/vq/denoiser.done > /tmp/run/vq-generate.log 2>&1 &
python3 -m loom.train_diffusion configs/vq-f8.toml $COMMON --out /tmp/run/vq --until $((START + $1)) > /tmp/run/vq-unet.log 2>&1
tail -4 /tmp/run/vq-unet.log
cp /tmp/run/vq/denoiser-*.safetensors $OUT/
wait
python3 -m loom.score /tmp/run/samples/loom-vq-f8 --run /tmp/run/judge $COMMON --out /tmp/run/figures-vq.json > /tmp/run/score-vq.log 2>&1
tar czf $OUT/meta.tgz -C /tmp/run vq/denoiser.json vq/diffusion.jsonl figures-vq.json vq-unet.log vq-generate.log
python3 -m loom.contact_sheet /tmp/run/samples/loom-vq-f8 $OUT/loom-vq-f8.jpg
cat /tmp/run/figures-vq.json | head -60; ls -la $OUT
