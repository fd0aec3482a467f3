#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The command line from outside: exit codes, JSON, files, signals. TAP on standard output.
#   cli.sh SOCLE GUEST_FOLDER SOURCE_ROOT
set -uo pipefail
socle=$(realpath "$1") guests=$(realpath "$2") root=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
elf="$guests/fibonacci.elf"
printf '\144\0\0\0\0\0\0\0' >input.bin # n = 100

n=0
report() { # good?, name
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
        echo "not ok $n - $2"
        sed 's/^/# /' err 2>/dev/null | tail -n 8
    fi
}
exits() { # wanted code, name, arguments...
    local want="$1" name="$2" got
    shift 2
    "$socle" "$@" >out 2>err
    got=$?
    [ "$got" -eq "$want" ] || echo "exit code $got, not $want: socle $*" >>err
    [ "$got" -eq "$want" ]
    report $? "$name"
}
json() { # file, python expression on the object d
    python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); sys.exit(0 if eval(sys.argv[2]) else 1)' "$1" "$2" 2>>err
}

# usage
exits 2 "no command is a usage error"
exits 0 "-h tells the commands" -h
exits 2 "an unknown command is refused" frobnicate
for c in execute keygen estimate prove verify inspect devices doctor bench groth16 model security simulate version; do
    exits 0 "$c -h tells its options" "$c" -h
    exits 2 "$c refuses an unknown option" "$c" --no-such-option
done
exits 2 "a file named -h is not help that succeeds" verify -h -k nowhere.vk
exits 2 "a missing operand is a usage error" execute
exits 2 "a second operand too many is a usage error" execute "$elf" "$elf"
exits 2 "prove wants -o" prove "$elf"
exits 2 "an option given twice is refused" execute "$elf" -i input.bin -i input.bin
exits 2 "an option without its value is refused" execute "$elf" -i
exits 2 "zero threads are refused" execute "$elf" --threads 0
for size in 0 -1 12X 8GG 99999999999T ''; do
    exits 2 "the memory budget '$size' is refused" execute "$elf" --mem-budget "$size"
done
exits 0 "a memory budget in bytes" execute "$elf" --mem-budget 400000000
exits 2 "a device budget that is no size is refused" prove "$elf" -o p --device-budget 1X
exits 2 "an unknown profile is refused" execute "$elf" --profile small
exits 6 "a device that is not here has its own code" prove "$elf" -o p --device cuda:63
exits 2 "a missing file is an error of the host" execute nowhere.elf
exits 2 "verify wants a program or a key" verify input.bin
exits 9 "a file that is no program is refused" execute input.bin
exits 9 "a file that is nothing is not inspected" inspect input.bin

"$socle" execute nowhere.elf --json >out 2>err
json out "d['schema']=='socle.error' and d['exit_code']==2 and d['status']=='E_IO'"
report $? "an error under --json is an object"

# groth16
for use in "inspect" "inspect a b" "verify a b" "prove a b" "export-key a" "setup a" "setup a b" "frobnicate a"; do
    exits 2 "groth16 $use is a usage error" groth16 $use
done
exits 9 "a file that is none of circom's" groth16 inspect input.bin
exits 0 "what groth16 rests on" security --groth16
exits 0 "the same as an object" security --groth16 --json
json out "not d['part_of_the_claim'] and [c['curve'] for c in d['groth16']]==['bn128','bls12381'] and d['groth16'][0]['least_bits']==100"
report $? "security --groth16 under --json is an object"
snark="$root/../shared/assets/groth16/bn254-chain-2p6"
if [ -d "$snark" ]; then
    exits 9 "set-up tells powers of tau that are none" groth16 setup "$snark/circuit.r1cs" "$snark/circuit.zkey" -o k.zkey
    exits 2 "and those that are too few" groth16 setup "$snark/circuit.r1cs" "$root/tests/fuzz/corpus/snark/powers.ptau" -o k.zkey
    grep -q "needs 2^6 powers of tau" err
    report $? "with how many it needs"
    exits 0 "its verification key is exported" groth16 export-key "$snark/circuit.zkey" -o vk.json --json
    json out "d['action']=='export-key' and d['key_bytes']>2000"
    report $? "export-key under --json is an object"
    cmp -s vk.json "$snark/verification_key.json"
    report $? "and is that of snarkjs, byte for byte"
    exits 0 "a zkey is inspected" groth16 inspect "$snark/circuit.zkey" --json
    json out "d['schema']=='socle.groth16' and d['kind']=='zkey' and d['curve']=='bn128' and d['variables']==51 and d['contributions']==1"
    report $? "inspect under --json is an object"
    exits 0 "a circuit is inspected" groth16 inspect "$snark/circuit.r1cs"
    exits 0 "a proof of snarkjs is accepted" groth16 verify "$snark/verification_key.json" "$snark/public.json" "$snark/proof.json"
    exits 0 "groth16 prove" groth16 prove "$snark/circuit.zkey" "$snark/witness.wtns" -o g16.json --public g16.public
    exits 0 "and its proof is accepted" groth16 verify "$snark/verification_key.json" g16.public g16.json --json
    cmp -s g16.public "$snark/public.json"
    report $? "the public values are snarkjs's, byte for byte"
    sed 's/"91"/"92"/' g16.public >other.public
    exits 3 "for other values it is refused" groth16 verify "$snark/verification_key.json" other.public g16.json
    exits 9 "a damaged proof is told" groth16 verify "$snark/verification_key.json" g16.public input.bin
    exits 2 "groth16 prove wants --public" groth16 prove "$snark/circuit.zkey" "$snark/witness.wtns" -o g16.json
    ones=$(printf '01%.0s' {1..32})$(printf '02%.0s' {1..32})
    exits 0 "fixed randomness" groth16 prove "$snark/circuit.zkey" "$snark/witness.wtns" -o a.json --public g16.public --test-randomness "$ones"
    exits 0 "once more" groth16 prove "$snark/circuit.zkey" "$snark/witness.wtns" -o b.json --public g16.public --test-randomness "$ones" --threads 1
    cmp -s a.json b.json
    report $? "gives the same proof"
    exits 2 "randomness above the order is refused" groth16 prove "$snark/circuit.zkey" "$snark/witness.wtns" -o b.json --public g16.public --test-randomness "$(printf 'ff%.0s' {1..64})"
    exits 2 "a witness of another curve" groth16 prove "$snark/circuit.zkey" "$snark/../bls12381-chain-2p6/witness.wtns" -o b.json --public g16.public
    exits 5 "a budget that is too small" groth16 prove "$snark/circuit.zkey" "$snark/witness.wtns" -o b.json --public g16.public --mem-budget 1M
    exits 6 "groth16 prove on a device that is not there" groth16 prove "$snark/circuit.zkey" "$snark/witness.wtns" -o b.json --public g16.public --device opencl:63
    exits 6 "or where a GPU is wanted" groth16 prove "$snark/circuit.zkey" "$snark/witness.wtns" -o b.json --public g16.public --require-gpu
    exits 2 "groth16 verify wants no device" groth16 verify "$snark/verification_key.json" g16.public a.json --device cpu
    head -c 20000 "$snark/circuit.zkey" >cut.zkey
    exits 9 "a key that is cut off" groth16 prove cut.zkey "$snark/witness.wtns" -o b.json --public g16.public
fi

# telling
exits 0 "devices" devices --json
json out "d['schema']=='socle.devices' and d['schema_version']==1 and d['devices'][0]['threads']>=1"
report $? "devices under --json is an object"
exits 0 "doctor" doctor
exits 0 "doctor under --json" doctor --json
json out "d['schema']=='socle.doctor' and {'kernels','memory','opencl','cuda'} <= {f['topic'] for f in d['findings']} and all(f['health'] in ('good','slow','bad') and f['text'] for f in d['findings'])"
report $? "its findings are a list"
model="$root/tests/vectors/model.toml"
exits 0 "model show reads a cost model" model show "$model"
grep -q "a model made by hand" out && grep -q "sim-gpu *encode *20 *64 *5 *450.000 *1.234" out
report $? "model show tells its origin and a sample"
exits 0 "model show under --json" model show "$model" --json
json out "d['schema']=='socle.model' and d['devices'][0]['get_mb_per_s']==40000 and d['samples'][0]['mean_ns']==450000 and len(d['samples'])==8"
report $? "model show under --json is an object"
sed 's/^runs = 5/runs = five/' "$model" >bad.toml
exits 9 "a damaged cost model is refused" model show bad.toml
grep -q "line [0-9]*: runs is not a whole number" err
report $? "and the line is named"
exits 0 "simulate runs the scheduler on a virtual clock" simulate --gpus 3xsim-gpu --from "$model" --segments 24
head -n 1 out | grep -q "^SIMULATED .* 24 segments of 2^28 cells" && grep -q "^ *3\*" out && grep -q extrapolated out
report $? "its figures are marked as simulated and extrapolated"
exits 0 "simulate under --json" simulate --gpus 3xsim-gpu --from "$model" --segments 24 --json
json out "(d['schema']=='socle.simulate' and d['simulated'] is True and d['basis']=='beyond' and [r['devices'] for r in d['rows']]==[1,2,3,4,8,16,32,64]
    and all(r['jobs']==144 and 0<r['utilisation']<=1 for r in d['rows']) and d['rows'][0]['seconds']>=24*0.15
    and all(a['seconds']>=b['seconds'] for a,b in zip(d['rows'],d['rows'][1:])))"
report $? "every job runs in each row, and more devices are not slower"
exits 0 "simulate writes a timeline" simulate --gpus 3xsim-gpu --from "$model" --segments 24 --trace t.json --json
python3 - <<'PY' 2>>err
import json
t, d = json.load(open("t.json")), json.load(open("out"))
x = [e for e in t["traceEvents"] if e["ph"] == "X"]
jobs = [e for e in x if e["cat"] == "job"]
row = next(r for r in d["rows"] if r["devices"] == 3)
assert t["otherData"]["simulated"] is True and t["otherData"]["missing"] == 0
assert sorted(e["args"]["job"] for e in jobs) == list(range(row["jobs"]))
assert abs(max(e["ts"] + e["dur"] for e in x) - 1e6 * row["seconds"]) < 1e6 * row["seconds"] * 1e-4
assert abs(sum(e["dur"] for e in jobs) - 3e6 * row["seconds"] * row["utilisation"]) < 1e6 * row["seconds"] * 1e-3
assert sum(e["args"]["bytes"] for e in x if e["cat"] == "copy") == row["copied_bytes"]
for track in {(e["pid"], e["tid"]) for e in x}:
    at = sorted((e["ts"], e["ts"] + e["dur"]) for e in x if (e["pid"], e["tid"]) == track)
    assert all(a[1] <= b[0] + 2e-3 for a, b in zip(at, at[1:]))
PY
report $? "the timeline has every job once, tracks without overlap, and the latency of the table"
exits 2 "simulate wants NxNAME" simulate --gpus sim-gpu --from "$model"
exits 2 "simulate wants at most 64 devices" simulate --gpus 65xsim-gpu --from "$model"
exits 2 "simulate refuses a device that the model lacks" simulate --gpus 1xgpu --from "$model"
sed 's/^memory = .*/memory = 1000000000/' "$model" >small.toml
exits 5 "simulate says when a segment does not fit into the device" simulate --gpus 1xsim-gpu --from small.toml
exits 2 "model does nothing but show" model edit "$model"
exits 0 "version" version --json
json out "d['security']['smallest_term_bits']>=132 and d['security']['set_proof_sum_bits']>=128 and d['profiles']==['socle-132', 'socle-132-unique', 'socle-132-small']"
report $? "version names the profiles and what the default one claims"
exits 0 "security" security
exits 0 "security of one profile" security --profile socle-132-unique --segments 1024 --json
json out "len(d['profiles'])==1 and all(t['bits']>=132 for t in d['profiles'][0]['terms']) and d['profiles'][0]['set_proof_sum_bits']>=128"
report $? "every term of the second profile keeps its bits"
json out "d['schema_version']==2 and not any('2026/2056' in t['source'] for t in d['profiles'][0]['terms'])"
report $? "no Johnson-regime theorem in the second profile"
cat >sums.py <<'EOF'
import json, math, sys
d = json.load(open("out"))
segments = int(sys.argv[1])
for p in d["profiles"]:
    error = {}
    for t in p["terms"]:
        key = t["part"], t["log_cells"]
        error[key] = error.get(key, 0) + t["count"] * 2.0 ** -t["bits"]
    worst = {part: max(e for k, e in error.items() if k[0] == part) for part in ("argument", "main", "image", "set", "global", "boundary")}
    single = worst["argument"] + worst["main"] + worst["image"]
    each = worst["argument"] + worst["main"] + worst["global"] + worst["boundary"]
    whole = worst["set"] + worst["image"] + (segments + 1) * each if segments > 1 else single
    for name, e in (("sum_bits", single), ("set_proof_sum_bits", sum(worst.values())), ("set_sum_bits", whole)):
        assert abs(p[name] + math.log2(e)) < 2e-3, (p["profile"], name)
    for part in ("main", "image", "boundary"):
        assert error[part, p["worst_%s_log_cells" % part]] == worst[part], part
    assert p["segments"] == segments and len(p["terms"]) > 800
assert len(d["profiles"]) == int(sys.argv[2])
EOF
python3 sums.py 1024 1
report $? "the sums of the second profile are those of its terms"
exits 0 "security of all profiles" security --json
python3 sums.py 1 3
report $? "the sums of all profiles are those of their terms"
exits 0 "security of a small set" security --segments 2 --profile socle-132-small --json
python3 sums.py 2 1
report $? "the smallest set has three proofs"
exits 2 "a set of more segments than a set can have" security --segments 65536
exits 2 "security of no profile" security --profile socle-1
exits 2 "a set of no proofs" security --segments 0
exits 0 "parameters for soundcalc" security --soundcalc 22
exits 2 "parameters of no size class" security --soundcalc 15
exits 2 "parameters for soundcalc in JSON" security --soundcalc 22 --json

# running
exits 0 "execute" execute "$elf" -i input.bin -o fib.bin --json
json out "d['cycles']>100 and d['output_bytes']==8 and any(t['rows']>0 for t in d['tables'])"
report $? "execute under --json is an object"
[ "$(od -An -tu8 fib.bin | tr -d ' ')" = 3736710778780434371 ]
report $? "the output of fibonacci is the 100th number mod 2^64"

# keys
exits 0 "keygen" keygen "$elf" -o fib.vk --json
json out "len(d['key'])==64"
report $? "keygen under --json is an object"
[ "$(wc -c <fib.vk)" -eq 44 ] && [ "$(head -c 8 fib.vk)" = SOCLEVK1 ]
report $? "the key file has its form"
exits 0 "inspect a key" inspect fib.vk
exits 0 "inspect a program" inspect "$elf"
exits 0 "another program has another key" keygen "$guests/quicksort.elf" -o other.vk
! cmp -s fib.vk other.vk
report $? "keys of two programs differ"

# proving
exits 0 "prove" prove "$elf" -i input.bin -o fib.proof --json --threads 1
json out "d['schema']=='socle.prove' and d['proof_bytes']>1000 and d['output_bytes']==8 and d['stages']"
report $? "prove under --json is an object"
[ "$(grep -c '%' err)" -ge 5 ]
report $? "progress is on standard error"
exits 0 "verify against the key" verify fib.proof -k fib.vk -o seen.bin --json
json out "d['accepted'] and d['cycles']>100"
report $? "verify under --json is an object"
cmp -s fib.bin seen.bin
report $? "the verified output is that of the run"
exits 0 "verify against the program" verify fib.proof "$elf"
exits 2 "a program and a key at once are refused" verify fib.proof "$elf" -k fib.vk
exits 0 "inspect a proof" inspect fib.proof --json
json out "d['kind']=='proof' and d['key']==open('fib.vk','rb').read()[12:].hex()"
report $? "a proof names its key"
python3 - <<'PY'
from struct import pack
b = open("fib.proof", "rb").read()
entry = int.from_bytes(b[45:49], "little")
head = b[:44] + b"\2" + b[45:82] + pack("<IQ", 2, 8) + pack("<8I", entry, 77, 48, 77, 78, 16, 600, 600) + b"ABCDEFGH"
open("set.proof", "wb").write(head + b"\1\4" + b"\2\6\5" + b"\1\5" + bytes(200)) # the heads of a set, and no proofs
open("high.proof", "wb").write(head + b"\1\4" + b"\1\377" + b"\1\5" + bytes(200))
PY
exits 0 "inspect a set of proofs" inspect set.proof --json
json out "d['kind']=='set' and d['segments']==2 and d['cycles']==14 and d['output_bytes']==8 and d['key']==open('fib.vk','rb').read()[12:].hex()"
report $? "a set says what it claims"
json out "d['tables']==[{'name':'BOUNDARY','rows':144,'cells':2304,'bus_terms':1296}] and d['cells']==2304"
report $? "and how many words pass its boundaries"
exits 0 "inspect a set in words" inspect set.proof
grep -q 'segments *2' out
report $? "its segments are told"
exits 9 "heads of a set that make no sense" inspect high.proof
exits 3 "a set without proofs is refused" verify set.proof -k fib.vk
exits 3 "a proof of another program is refused" verify fib.proof -k other.vk
head -c -1 fib.proof >cut.proof
exits 3 "a cut proof is refused" verify cut.proof -k fib.vk
{ cat fib.proof && printf x; } >long.proof
exits 3 "an extended proof is refused" verify long.proof -k fib.vk
python3 - <<'PY'
b = bytearray(open("fib.proof", "rb").read())
b[len(b) // 2] ^= 1
open("flip.proof", "wb").write(b)
b[len(b) // 2] ^= 1
b[8] ^= 2
open("version.proof", "wb").write(b)
PY
exits 3 "a flipped bit is refused" verify flip.proof -k fib.vk
exits 9 "another version is refused" verify version.proof -k fib.vk
python3 - <<'PY'
b = bytearray(open("fib.proof", "rb").read())
b[12] ^= 1
open("profile.proof", "wb").write(b)
PY
exits 9 "an unknown profile is refused" verify profile.proof -k fib.vk
exits 9 "and not inspected" inspect profile.proof
exits 9 "a key is not a proof" verify fib.vk -k fib.vk
exits 9 "a proof is not a key" verify fib.proof -k input.bin

# profiles
exits 0 "prove with unique decoding everywhere" prove "$elf" -i input.bin -o unique.proof --profile socle-132-unique --min-bits 128
exits 0 "verify finds the profile" verify unique.proof "$elf" --min-bits 128 --json
json out "d['security']['profile']=='socle-132-unique' and d['security']['bits']==128"
report $? "and tells it"
exits 3 "a proof of one profile does not verify under the key of another" verify unique.proof -k fib.vk
exits 3 "nor where another profile is asked for" verify unique.proof "$elf" --profile socle-132
exits 0 "prove for small machines" prove "$elf" -i input.bin -o little.proof --profile socle-132-small
exits 0 "verify finds the profile of small machines" verify little.proof "$elf" --json
json out "d['security']['profile']=='socle-132-small' and d['security']['set_proof_sum_bits']>=128"
report $? "what the profile of small machines claims"
exits 3 "its proofs are of no other profile" verify little.proof "$elf" --profile socle-132
exits 0 "keygen for a profile" keygen "$elf" -o unique.vk --profile socle-132-unique
exits 0 "its key verifies its proof" verify unique.proof -k unique.vk
exits 3 "and no proof of the default profile" verify fib.proof -k unique.vk
{ tail -c +45 unique.proof | cat <(head -c 44 fib.proof) - >mixed.proof; } && exits 3 "a proof under the name of another profile is refused" verify mixed.proof "$elf"
exits 2 "a profile that claims too little is not proved with" prove "$elf" -i input.bin -o no.proof --min-bits 129
exits 3 "nor accepted" verify fib.proof "$elf" --min-bits 129
exits 2 "bits are a number" verify fib.proof "$elf" --min-bits many

# same bytes, whole files
exits 0 "prove with two threads" prove "$elf" -i input.bin -o two.proof --threads 2 -q
cmp -s fib.proof two.proof
report $? "one and two threads give the same bytes"
[ ! -s err ]
report $? "-q is quiet"

# memory
slack=0 # MiB; a sanitizer has memory of its own, more or less of it
grep -q __asan_init "$socle" && slack=16
printf '\140\352\0\0\0\0\0\0' >mid.bin # n = 60000
exits 0 "prove something larger" prove "$elf" -i mid.bin -o mid.proof
exits 5 "a budget too small for the proof is refused" prove "$elf" -i mid.bin -o small.proof --mem-budget 192M
least=$(sed -n 's/.*needs a memory budget of \([0-9]*\)M.*/\1/p' err)
[ -n "$least" ] && ! grep -qE 'trace|commit' err && [ ! -e small.proof ]
report $? "before proving, with the smallest budget that suffices"
exits 5 "a budget just below it is refused" prove "$elf" -i mid.bin -o small.proof --mem-budget $((least - 1 - slack))M
exits 0 "that budget suffices" prove "$elf" -i mid.bin -o small.proof --mem-budget $((least + slack))M --json
[ "$slack" -gt 0 ] || json out "d['peak_memory_bytes'] <= ${least:-0} << 20"
report $? "and is kept"
cmp -s mid.proof small.proof
report $? "a budget does not change the proof"

exits 2 "a folder that is not there" keygen "$elf" -o nowhere/key
echo keep >kept.proof
"$socle" prove "$elf" -i input.bin -o kept.proof >out 2>err &
pid=$!
sleep 0.3
kill -INT "$pid" 2>/dev/null
wait "$pid"
code=$?
{ [ "$code" -eq 8 ] && [ "$(cat kept.proof)" = keep ]; } || [ "$code" -eq 0 ]
report $? "an interrupted proof leaves the old file"
[ -z "$(find . -name '*.proof.*' -o -name '*.vk.*')" ]
report $? "no temporary file is left"

# estimates
exits 0 "estimate a proof" estimate "$elf" -i mid.bin --json -q
cp out estimate.json
json out "d['segments']==1 and d['seconds']>0 and [s['name'] for s in d['stages']][-1]=='open' and d['cycles']>0"
report $? "tells time by stage"
exits 0 "execute the same" execute "$elf" -i mid.bin --json -q
json out "d['cells']==sum(t['cells'] for t in d['tables']) and d['bus_terms']==sum(t['bus_terms'] for t in d['tables'])"
report $? "a run tells its cost"
exits 0 "prove the same with the memory that is estimated to suffice" prove "$elf" -i mid.bin -o mid.proof -q --json --mem-budget "$(python3 -c 'import json,sys;print(json.load(open("estimate.json"))["least_memory_bytes"] + (int(sys.argv[1]) << 20))' "$slack")"
json out "all(d[k]==json.load(open('estimate.json'))[k] for k in ('cycles','segments','cells','bus_terms','log_cells'))"
report $? "the size is as estimated"

# segments: a run that the small profile cuts; a sanitizer would take minutes
if [ "$slack" -eq 0 ]; then
    long="$guests/workload.elf"
    printf '\144\0\0\0\0\0\0\0' >long.bin # 100 iterations
    small=(--profile socle-132-small -q)
    exits 0 "prove a run of several segments" prove "$long" -i long.bin -o set.proof "${small[@]}" --json
    json out "d['segments']>=2 and d['log_cells']<=25"
    report $? "tells how many"
    exits 0 "verify the set" verify set.proof "$long" --json
    json out "d['segments']>=2 and d['cycles']>1000000 and 120<d['security']['set_sum_bits']<d['security']['set_proof_sum_bits'] and d['security']['profile']=='socle-132-small'"
    report $? "tells it, too"
    exits 0 "estimate it" estimate "$long" -i long.bin "${small[@]}" --json
    cp out estimate.json
    json out "d['segments']>=2 and d['seconds']>0 and d['least_memory_bytes']<=d['memory_bytes']"
    report $? "tells segments, time and memory"
    exits 0 "prove and estimate" prove "$long" -i long.bin -o set.proof "${small[@]}" --json --estimate
    json out "d['estimate']['cells']==d['cells'] and d['estimate']['bus_terms']==d['bus_terms'] and d['peak_memory_bytes']<=d['estimate']['memory_bytes']"
    report $? "cells and bus terms are the proof's, memory is not exceeded"
    exits 5 "a budget too small for one segment is refused" prove "$long" -i long.bin -o no.proof "${small[@]}" --mem-budget 300M
    least=$(sed -n 's/.*needs a memory budget of \([0-9]*\)M.*/\1/p' err)
    exits 5 "the default profile needs more" prove "$long" -i long.bin -o no.proof -q --mem-budget "${least:-1}M"
    grep -q 'socle-132-small' err
    report $? "and says which profile needs less"
    ! grep -q 'Johnson' err
    report $? "which rests on nothing that this one does not"
    exits 5 "the profile of unique decoding needs more, too" prove "$long" -i long.bin -o no.proof -q --mem-budget "${least:-1}M" --profile socle-132-unique
    grep -q 'socle-132-small, which unlike yours rests on the Johnson bound' err
    report $? "and says what the smaller one rests on"
    stopped() { # signal, file to wait for: prove with --resume kept, stop it when the file is there; the exit code
        "$socle" prove "$long" -i long.bin -o kept.set "${small[@]}" --mem-budget "${least:-1}M" --resume kept >out 2>err &
        pid=$!
        for _ in $(seq 6000); do
            [ -e "$2" ] && break
            sleep 0.01
        done
        kill -"$1" "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    }
    stopped KILL kept/head
    [ -e kept/head ] && [ ! -e kept.set ]
    report $? "a proof is killed before it has finished any part"
    stopped KILL kept/0.part
    [ -e kept/0.part ] && [ ! -e kept.set ]
    report $? "a killed proof leaves what it finished"
    stopped INT kept/1.part
    [ $? -eq 8 ] && [ ! -e kept.set ]
    report $? "an interrupted one says so"
    [ -z "$(find . -name 'kept.set.*' -o -path './kept/*.*.*')" ]
    report $? "and leaves no temporary file"
    exits 7 "a deadline passes between the parts, too" prove "$long" -i long.bin -o kept.set "${small[@]}" --resume late --deadline 1
    head -c 1000 /dev/zero >kept/1.part
    exits 0 "and goes on from there, with the smallest budget" prove "$long" -i long.bin -o kept.set "${small[@]}" --mem-budget "${least:-1}M" --resume kept --json
    json out "d['peak_memory_bytes'] <= ${least:-0} << 20"
    report $? "which is kept"
    cmp -s set.proof kept.set
    report $? "neither changes the bytes"
    exits 2 "a folder of another run is refused" prove "$long" -i mid.bin -o no.proof "${small[@]}" --resume kept
fi

# deadlines
printf '\377\377\377\377\377\377\0\0' >endless.bin
exits 7 "a run that takes too long is stopped" execute "$elf" -i endless.bin --deadline 0.3
grep -q 'deadline' err
report $? "and the reason is told"
exits 7 "a proof that takes too long is not written" prove "$elf" -i input.bin -o late.proof --deadline 0.001
[ ! -e late.proof ]
report $? "and leaves no file"
exits 0 "a deadline that is kept changes nothing" prove "$elf" -i input.bin -o fib2.proof --deadline 600
cmp -s fib.proof fib2.proof
report $? "not even the bytes"
exits 2 "a deadline is a time" prove "$elf" -i input.bin -o late.proof --deadline soon

# guests that fail
if [ -f "$guests/mpt.elf" ]; then
    exits 1 "a guest that fails has its own code" execute "$guests/mpt.elf" -i input.bin
    exits 1 "a run that fails is not proved" prove "$guests/mpt.elf" -i input.bin -o bad.proof
    [ ! -e bad.proof ]
    report $? "and leaves no file"
    exits 0 "a real Merkle-Patricia proof executes" execute "$guests/mpt.elf" -i "$root/tests/vectors/mpt/account.bin"
fi
echo "1..$n"
