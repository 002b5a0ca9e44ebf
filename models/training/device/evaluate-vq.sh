#!/bin/bash
# Samples and sweep of the VQ package, beside the KL U-Net's training on GPU 1. Part of session.sh, which exports the settings.
cd /tmp/code
COMMON="--data /tmp/data --tokenizer tokenizer.json --workers 8 ${OVERRIDES:-}"
export CUDA_VISIBLE_DEVICES=1
python3 -m loom.generate /tmp/run/vq $COMMON --out /tmp/run/samples/loom-vq-f8 --part all > /tmp/run/vq-generate.log 2>&1
python3 -m loom.score /tmp/run/samples/loom-vq-f8 /tmp/run/samples/before --run /tmp/run/judge $COMMON --out /tmp/run/figures-vq.json > /tmp/run/score-vq.log 2>&1
python3 -m loom.contact_sheet /tmp/run/samples/loom-vq-f8 /tmp/run/loom-vq-f8.jpg
touch /tmp/run/vq-evaluated
