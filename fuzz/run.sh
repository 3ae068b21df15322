#!/usr/bin/env bash
# Builds the fuzz targets, runs each for SECONDS from its seeds, and prints what each did: run.sh SECONDS [TARGET...]
# Works with stable Rust and a C++ compiler. An input that breaks a target is kept, named, and makes the run fail.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?usage: run.sh SECONDS [TARGET...]}
shift
command -v c++ >/dev/null || { echo "a C++ compiler (c++) is needed for libFuzzer" >&2; exit 1; }

host=$(rustc -vV | sed -n 's/^host: //p')
folder=${CARGO_TARGET_DIR:-target}/fuzz
# What cargo-fuzz passes, without the sanitizers, which need a nightly compiler: coverage is all that is wanted here.
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"
# With a target named, build scripts and macros are not instrumented.
"${CARGO:-cargo}" build --locked --quiet --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$folder"

if [ $# -eq 0 ]; then set -- $(ls fuzz/targets | sed 's/\.rs$//'); fi
broken=0
for name in "$@"; do
  corpus=$folder/corpus/$name log=$folder/$name.log
  mkdir -p "$corpus" "fuzz/seeds/$name"
  if "$folder/$host/debug/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=8192 \
    -print_final_stats=1 -artifact_prefix="$folder/broken-$name-" "$corpus" "fuzz/seeds/$name" >"$log" 2>&1; then
    awk -v name="$name" '
      /stat::number_of_executed_units/ { runs = $2 }
      /stat::peak_rss_mb/ { rss = $2 }
      / cov: / { for (i = 1; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "corp:") corpus = $(i + 1) } }
      END { printf "fuzz %-9s %9d executions, %5d points reached, corpus %s, %d MB\n", name, runs, cov, corpus, rss }' "$log"
  else
    echo "fuzz $name BROKE; its log:"
    tail -n 40 "$log"
    broken=1
  fi
done
exit "$broken"
