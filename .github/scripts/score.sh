#!/usr/bin/env bash
# The step of action.yml that scores. Every input comes as a variable of the environment, and no input is ever read by
# the shell as anything but text: titles of pull requests and the like may stand in them.
set -euo pipefail

arguments=("--brainscore-model=$MODEL" -n "${WORKERS:-auto}")
arguments+=("--brainscore-report=github")
for kind in json html md; do
    arguments+=("--brainscore-report=$kind:brainscore-report/report.$kind")
done
[ -z "${BASELINE:-}" ] || arguments+=("--brainscore-baseline=$BASELINE")
[ -z "${WEIGHTS:-}" ] || arguments+=("--brainscore-weights=$WEIGHTS")
[ -z "${WEIGHTS_ENTRY:-}" ] || arguments+=("--brainscore-weights-entry=$WEIGHTS_ENTRY")
[ -z "${DATA:-}" ] || arguments+=("--brainscore-data=$DATA")
[ -z "${NEW:-}" ] || arguments+=("--brainscore-new=$NEW")
[ -z "${MISSING:-}" ] || arguments+=("--brainscore-missing=$MISSING")
each() { # the option that every word of a text becomes
    local words word
    IFS=$' \n\t' read -r -d "" -a words <<<"$2" || true # 1 at the end of the text
    for word in ${words[@]+"${words[@]}"}; do
        arguments+=("$1=$word")
    done
}
each --brainscore-require "${REQUIRE:-}"
each --brainscore-across "${ACROSS:-}"
while IFS= read -r argument; do
    [ -z "$argument" ] || arguments+=("$argument")
done <<<"${ARGUMENTS:-}"
IFS=$' \n\t' read -r -d "" -a suites <<<"${SUITE:-}" || true

# Before the run, so that later steps find it after a red one too. Nothing has been scored until a run says otherwise.
printf '%s\n' report=brainscore-report/report.json red=true regressions= score= >>"$GITHUB_OUTPUT"
exec python -m pytest "${arguments[@]}" ${suites[@]+"${suites[@]}"}
