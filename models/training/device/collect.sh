#!/bin/bash
# Brings files back in calls of at most 64 MiB: first | denoiser | rest.
cd /tmp/run
case $1 in
  first) cp judge/judge-*.safetensors $OUT/
    for p in kl vq; do for f in $p/first-stage-*.safetensors; do cp $f $OUT/$p-$(basename $f); done; done
    tar czf $OUT/meta-first.tgz */*.json */*.jsonl *.log progress ;;
  denoiser) for f in $(ls kl/denoiser-*.safetensors | head -4); do cp $f $OUT/kl-$(basename $f); done
    tar czf $OUT/meta-denoiser.tgz kl/*.json kl/*.jsonl *.log progress ;;
  rest) for f in $(ls kl/denoiser-*.safetensors | tail -n +5); do cp $f $OUT/kl-$(basename $f); done
    for f in vq/denoiser-*.safetensors; do cp $f $OUT/vq-$(basename $f); done
    tar czf $OUT/meta-rest.tgz */*.json */*.jsonl *.log progress figures*.json samples/*/*.json
    cd /tmp/code; for s in loom-kl-f8 loom-vq-f8 starter; do PYTHONPATH=. python3 -m loom.contact_sheet /tmp/run/samples/$s $OUT/$s.jpg; done ;;
esac
ls -la $OUT
