#!/bin/bash
# Brings files back, in calls of at most 64 MiB and 8 files. collect.sh PART [FILE SECOND]: judge | kl-1 | kl-2 | figures | nothing;
# with FILE it waits for that file first, at most until that second of the session.
cd /tmp/run
if [ -n "${2:-}" ]; then while [ ! -e "$2" ] && [ $(date +%s) -lt $(( $(cat start) + $3 )) ]; do sleep 0.5; done; fi
case $1 in
  judge) cp judge/judge-*.safetensors $OUT/
    for f in vq/denoiser-*.safetensors; do cp $f $OUT/vq-$(basename $f); done
    cp loom-vq-f8.jpg $OUT/ ;;
  kl-1) for f in $(ls kl/denoiser-*.safetensors | head -4); do cp $f $OUT/kl-$(basename $f); done ;;
  kl-2) for f in $(ls kl/denoiser-*.safetensors | tail -n +5); do cp $f $OUT/kl-$(basename $f); done ;;
  figures) for s in loom-kl-f8 before starter; do (cd /tmp/code; PYTHONPATH=. python3 -m loom.contact_sheet /tmp/run/samples/$s $OUT/$s.jpg); done ;;
esac
tar czf $OUT/meta-$1.tgz --ignore-failed-read --exclude='*.safetensors' */*.json */*.jsonl *.log progress $(ls figures*.json samples/*/*.json 2>/dev/null)
ls -la $OUT; echo "second $(( $(date +%s) - $(cat start) ))"; cat progress; nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv,noheader
for LOG in *.log; do echo "== $LOG"; tail -n 2 "$LOG" | tr -d '\000' | cut -c1-300; done
