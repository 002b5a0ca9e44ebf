#!/bin/bash
# Brings files back in calls of at most 64 MiB and 8 files: judge | kl-1 | kl-2 | figures.
cd /tmp/run
# "$2": wait for this file, at most until second $3 of the session.
if [ -n "${2:-}" ]; then while [ ! -e "$2" ] && [ $(date +%s) -lt $(( $(cat start) + $3 )) ]; do sleep 0.5; done; fi
case $1 in
  judge) cp judge/judge-*.safetensors $OUT/
    for f in vq/denoiser-*.safetensors; do cp $f $OUT/vq-$(basename $f); done
    cp loom-vq-f8.jpg $OUT/ ;;
  kl-1) for f in $(ls kl/denoiser-*.safetensors | head -4); do cp $f $OUT/kl-$(basename $f); done ;;
  kl-2) for f in $(ls kl/denoiser-*.safetensors | tail -n +5); do cp $f $OUT/kl-$(basename $f); done ;;
  figures) cd /tmp/code; for s in loom-kl-f8 starter; do PYTHONPATH=. python3 -m loom.contact_sheet /tmp/run/samples/$s $OUT/$s.jpg; done; cd /tmp/run ;;
esac
tar czf $OUT/meta-$1.tgz --ignore-failed-read --exclude='*.safetensors' */*.json */*.jsonl *.log progress $(ls figures*.json 2>/dev/null) $(ls samples/*/*.json 2>/dev/null)
ls -la $OUT; cat progress; nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv,noheader; for LOG in *.log; do echo "== $LOG"; tail -n 2 "$LOG" | tr -d '\000' | cut -c1-300; done
