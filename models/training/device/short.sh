#!/bin/bash
# A short session with a judge at hand: the KL U-Net goes on on GPU 0, the VQ U-Net is trained on GPU 1, both are scored.
# Arguments, seconds from the start: 1 the KL U-Net ends, 2 the VQ U-Net ends, 3 what the KL U-Net had seen before.
set -u
cd /tmp/code
START=$(date +%s); echo $START > /tmp/run/start
export PYTHONPATH=/tmp/code TORCHINDUCTOR_CACHE_DIR=/tmp/inductor PYTHONUNBUFFERED=1 TORCHINDUCTOR_COMPILE_THREADS=14 OMP_NUM_THREADS=4
say() { echo "$(( $(date +%s) - START )) $*" >> /tmp/run/progress; }
until_file() { while [ ! -e "$1" ]; do sleep 0.3; done; }
COMMON="--data /tmp/data --tokenizer tokenizer.json --workers 8"
on() { CUDA_VISIBLE_DEVICES=$1 python3 -m "${@:2}"; }
python3 -m loom.data /tmp/data/emoji 14 > /tmp/run/decode-a.log 2>&1 &
python3 -m loom.data /tmp/data/avatars 14 >> /tmp/run/decode-a.log 2>&1 &
on 0 loom.train_diffusion configs/kl-f8.toml $COMMON --out /tmp/run/kl --resume --wait-for /tmp/run/ready --until $((START + $1)) > /tmp/run/kl-unet.log 2>&1 &
KL=$!
on 1 loom.train_diffusion configs/vq-f8.toml $COMMON --out /tmp/run/vq --wait-for /tmp/run/ready --until $((START + $2)) > /tmp/run/vq-unet.log 2>&1 &
VQ=$!
until_file /tmp/run/clothing-here
python3 -m loom.data /tmp/data/clothing 24 > /tmp/run/decode-b.log 2>&1
until_file /tmp/data/emoji/images.npy; until_file /tmp/data/avatars/images.npy; say decoded
until_file /tmp/run/weights-here
python3 -m loom.from_package /tmp/weights/loom-kl-f8 configs/kl-f8.toml /tmp/run/kl --seen $3 > /tmp/run/from-package.log 2>&1
python3 -m loom.from_package /tmp/weights/loom-vq-f8 configs/vq-f8.toml /tmp/run/vq >> /tmp/run/from-package.log 2>&1
cp -r /tmp/run/kl /tmp/run/before; say weights; touch /tmp/run/ready
wait $VQ; say "vq u-net $?"; touch /tmp/run/vq-done
on 1 loom.generate /tmp/run/before $COMMON --out /tmp/run/samples/before > /tmp/run/before-generate.log 2>&1 &
BEFORE=$!
on 1 loom.generate /tmp/run/vq $COMMON --out /tmp/run/samples/loom-vq-f8 --part all > /tmp/run/vq-generate.log 2>&1 &
VQG=$!
on 0 loom.generate /tmp/run/kl $COMMON --out /tmp/run/samples/loom-kl-f8 --wait-for /tmp/run/kl-done > /tmp/run/kl-generate.log 2>&1 &
TASKS=$!
on 1 loom.generate /tmp/run/kl $COMMON --out /tmp/run/samples/loom-kl-f8 --part sweep --wait-for /tmp/run/kl-done > /tmp/run/kl-sweep.log 2>&1 &
SWEEP=$!
wait $KL; say "kl u-net $?"; touch /tmp/run/kl-done
wait $BEFORE; wait $VQG; say "vq samples"; wait $TASKS; say "kl samples $?"
SAMPLES="/tmp/run/samples/loom-kl-f8 /tmp/run/samples/before /tmp/run/samples/loom-vq-f8"
on 0 loom.score $SAMPLES --run /tmp/judge $COMMON --out /tmp/run/figures-tasks.json --tasks-only > /tmp/run/score-tasks.log 2>&1
say "tasks scored $?"; touch /tmp/run/tasks-scored
wait $SWEEP; say "kl sweep $?"
on 1 loom.score $SAMPLES --run /tmp/judge $COMMON --out /tmp/run/figures.json > /tmp/run/score.log 2>&1
say "scored $?"; touch /tmp/run/finished
