#!/usr/bin/env bash
# Builds and tests the cluster stack where the feed has its packages; says in one line where it has not.
# CLUSTER_BUILD: more arguments to dotnet build, for another feed or another version (-p:OrleansVersion=…).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

output="$(mktemp)"
trap 'rm -f "$output"' EXIT
read -ra more <<< "${CLUSTER_BUILD:-}"
arguments=(tests/Cluster.Tests -p:Stack=cluster -p:ArtifactsPath="$PWD/artifacts/cluster/" "${more[@]}")
if ! dotnet restore "${arguments[@]}" > "$output" 2>&1; then
  if grep -qE 'error NU(1101|1102|1103)' "$output"; then
    missing="$(grep -oE '(find package|packages exist with this id:|package) [A-Za-z.]+' "$output" | awk '{print $NF}' | sort -u | wc -l)"
    echo "test: the cluster stack was not built: the feed lacks $missing of its packages; the embedded one was tested."
    exit 0
  fi
  cat "$output"
  echo "test: cluster: 0 passed, 1 failed"
  exit 1
fi

if ! dotnet build "${arguments[@]}" -c Release -v quiet -nologo -clp:NoSummary --no-restore; then
  echo "test: cluster: 0 passed, 1 failed"
  exit 1
fi

artifacts/cluster/bin/Escalation.Cluster.Tests/release/Escalation.Cluster.Tests -noColor > "$output" 2>&1
status=$?
[[ $status -eq 0 ]] || cat "$output"
read -r total errors failures <<< "$(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+).*/\1 \2 \3/p' "$output" | tail -1)"
failed=$((${errors:-0} + ${failures:-0}))
[[ $status -eq 0 || $failed -gt 0 ]] || failed=1
echo "test: cluster: $((${total:-0} - failed > 0 ? total - failed : 0)) passed, $failed failed"
exit $status
