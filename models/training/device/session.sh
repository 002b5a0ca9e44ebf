#!/bin/bash
# A session that trains on from published packages: judge anew, the KL U-Net further, the VQ U-Net. Two GPUs; every process loads
# and compiles ahead of its turn and waits for a file. Arguments, seconds from the start of this script: 1 the judge ends,
# 2 the VQ U-Net ends, 3 what the KL U-Net had seen before. /tmp/run/kl-end holds the time of the clock at which the KL U-Net
# ends; a later call writes it, and may move it (mv, never in place).
#   GPU 0: KL U-Net ........................................ | samples, scores
#   GPU 1: judge ....... | VQ U-Net ...... | KL U-Net joins  | sweeps
# A step that fails must not hold up the others: all wait for processes, not for their success.
set -u
cd /tmp/code
START=$(date +%s); echo $START > /tmp/run/start
export PYTHONPATH=/tmp/code TORCHINDUCTOR_CACHE_DIR=/tmp/inductor PYTHONUNBUFFERED=1 NCCL_NVLS_ENABLE=0 TORCHINDUCTOR_COMPILE_THREADS=8 OMP_NUM_THREADS=${OMP_NUM_THREADS:-4}
say() { echo "$(( $(date +%s) - START )) $*" >> /tmp/run/progress; }
until_file() { while [ ! -e "$1" ]; do sleep 0.3; done; }
say start
COMMON="--data /tmp/data --tokenizer tokenizer.json --workers 8 ${OVERRIDES:-}"
on() { CUDA_VISIBLE_DEVICES=$1 python3 -m "${@:2}"; }
python3 -m loom.data /tmp/data/emoji 14 > /tmp/run/decode-a.log 2>&1 &
python3 -m loom.data /tmp/data/avatars 14 >> /tmp/run/decode-a.log 2>&1 &

on 1 loom.judge $COMMON --out /tmp/run/judge --wait-for /tmp/run/decoded --until $((START + $1)) > /tmp/run/judge.log 2>&1 &
JUDGE=$!
# Both see both GPUs: the second joins the first through NCCL.
for RANK in 0 1; do
  MASTER_ADDR=127.0.0.1 MASTER_PORT=29511 WORLD_SIZE=2 LOCAL_RANK=$RANK RANK=$RANK python3 -m loom.train_diffusion configs/kl-f8.toml $COMMON \
    --out /tmp/run/kl --resume --wait-for /tmp/run/kl-ready --join-when /tmp/run/join --until /tmp/run/kl-end > /tmp/run/kl-unet-$RANK.log 2>&1 &
  KL[$RANK]=$!
done
until_file /tmp/run/clothing-here
python3 -m loom.data /tmp/data/clothing 24 > /tmp/run/decode-b.log 2>&1
until_file /tmp/data/emoji/images.npy; until_file /tmp/data/avatars/images.npy
say decoded; touch /tmp/run/decoded
until_file /tmp/run/weights-here
python3 -m loom.from_package /tmp/weights/loom-kl-f8 configs/kl-f8.toml /tmp/run/kl --seen $3 > /tmp/run/from-package.log 2>&1
python3 -m loom.from_package /tmp/weights/loom-vq-f8 configs/vq-f8.toml /tmp/run/vq >> /tmp/run/from-package.log 2>&1
cp -r /tmp/run/kl /tmp/run/before; say weights; touch /tmp/run/kl-ready
on 1 loom.train_diffusion configs/vq-f8.toml $COMMON --out /tmp/run/vq --wait-for /tmp/run/judge/judge.done --until $((START + $2)) > /tmp/run/vq-unet.log 2>&1 &
VQ=$!
# What the longer training brings: the state it starts from draws the same tasks.
on 1 loom.generate /tmp/run/before $COMMON --out /tmp/run/samples/before > /tmp/run/before-generate.log 2>&1 &
wait $JUDGE; say "judge $?"; touch /tmp/run/judge/judge.done
wait $VQ; say "vq u-net $?"; touch /tmp/run/vq-done
if kill -0 ${KL[1]}; then touch /tmp/run/join; fi
bash device/evaluate-vq.sh
say "vq evaluated"
on 0 loom.generate /tmp/run/kl $COMMON --out /tmp/run/samples/loom-kl-f8 --wait-for /tmp/run/kl-done > /tmp/run/kl-generate.log 2>&1 &
TASKS=$!
on 1 loom.generate /tmp/run/kl $COMMON --out /tmp/run/samples/loom-kl-f8 --part sweep --wait-for /tmp/run/kl-done > /tmp/run/kl-sweep.log 2>&1 &
SWEEP=$!
wait ${KL[0]}; say "kl u-net $?"; touch /tmp/run/kl-done
wait $TASKS; say "kl samples $?"
SAMPLES="/tmp/run/samples/loom-kl-f8 /tmp/run/samples/before /tmp/run/samples/loom-vq-f8 /tmp/run/samples/starter"
on 0 loom.score $SAMPLES --run /tmp/run/judge $COMMON --out /tmp/run/figures-tasks.json --tasks-only > /tmp/run/score-tasks.log 2>&1
say "tasks scored $?"; touch /tmp/run/tasks-scored
wait $SWEEP; say "kl sweep $?"
on 1 loom.score $SAMPLES --run /tmp/run/judge $COMMON --out /tmp/run/figures.json > /tmp/run/score.log 2>&1
say "scored $?"; touch /tmp/run/finished
