#!/bin/sh
# The whole pipeline with tiny networks on the CPU: sh smoke.sh [PYTHON]. Needs DATA (default .data/tiny: node data/build.mjs .data/tiny CLOTHING 40).
set -e
cd "$(dirname "$0")"
PYTHON=${1:-python3}
DATA=${DATA:-.data/tiny}
RUN=$(mktemp -d)
trap 'rm -rf "$RUN"' EXIT
D="--data $DATA --tokenizer $RUN/tokenizer.json"
S="--overrides configs/smoke.toml"
$PYTHON -m loom.tokenizer "$DATA" "$RUN/tokenizer.json"
for kind in kl vq; do
  $PYTHON -m loom.train_first_stage configs/$kind-f8.toml $D --out "$RUN/$kind" $S
  $PYTHON -m loom.train_diffusion configs/$kind-f8.toml $D --out "$RUN/$kind" $S
  $PYTHON -m loom.train_diffusion configs/$kind-f8.toml $D --out "$RUN/$kind" $S --resume --seconds 1
  $PYTHON -m loom.generate "$RUN/$kind" $D --out "$RUN/samples/$kind" $S
  $PYTHON -m loom.export "$RUN/$kind" "$RUN/export/$kind" --tokenizer "$RUN/tokenizer.json" --data "$DATA"
  $PYTHON -m loom.parity "$RUN/$kind" "$RUN/export/$kind"
done
$PYTHON -m loom.judge $D --out "$RUN/judge" $S
$PYTHON -m loom.score "$RUN/samples/kl" "$RUN/samples/vq" --run "$RUN/judge" $D --out "$RUN/figures.json" $S > /dev/null
$PYTHON -m loom.contact_sheet "$RUN/samples/kl" "$RUN/sheet.jpg"
echo "smoke run passed"
