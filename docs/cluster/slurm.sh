#!/usr/bin/env bash
# Stepwise on SLURM: sbatch slurm.sh INPUT RUN [OPTIONS OF stepwise prove]. The run's folder lies on a shared file system; the
# same command goes on with it, so a job that was cut short is simply submitted again (or requeued).
#SBATCH --job-name=stepwise
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=32
#SBATCH --mem=120G
#SBATCH --time=12:00:00
#SBATCH --signal=B:INT@120
#SBATCH --requeue
set -euo pipefail
input=$1 run=$2
shift 2

port=$((20000 + SLURM_JOB_ID % 20000))
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
address=$(srun --nodes=1 --ntasks=1 -w "$head" hostname --ip-address | awk '{print $1}'):$port
export RAY_USAGE_STATS_ENABLED=0
export RAY_TMPDIR="${TMPDIR:-/tmp}/ray-$SLURM_JOB_ID"

srun --nodes=1 --ntasks=1 -w "$head" \
  ray start --head --node-ip-address="${address%:*}" --port="$port" --num-cpus="$SLURM_CPUS_PER_TASK" --block &
sleep 20
if [ "$SLURM_JOB_NUM_NODES" -gt 1 ]; then
  srun --nodes=$((SLURM_JOB_NUM_NODES - 1)) --ntasks=$((SLURM_JOB_NUM_NODES - 1)) --exclude="$head" \
    ray start --address="$address" --num-cpus="$SLURM_CPUS_PER_TASK" --labels=stepwise=lean --block &
  sleep 20
fi

# One core a Lean worker; the first node keeps four for drivers, judges and Ray itself.
workers=$((SLURM_JOB_NUM_NODES * SLURM_CPUS_PER_TASK - 4))
if [ -e "$run/run.json" ]; then
  given=(--resume "$run")
else
  given=("$input" --out "$run" --workers "$workers" "$@")
fi
stepwise prove "${given[@]}" --ray "$address" &
prover=$!
trap 'kill -TERM "$prover"' INT TERM  # what a script starts in the background does not hear INT
status=0
wait "$prover" || status=$?
wait "$prover" 2>/dev/null || true
exit "$status"
