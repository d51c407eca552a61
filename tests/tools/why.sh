#!/bin/sh
# why.sh: ./tessera why: each denial of a run's log with its policy line and what to add.
. "$(dirname "$0")/check.inc"

# A solution and what a run of it leaves behind; the kernel's lines are those that kernel/policy writes.
mkdir -p plant/einit/src
echo 'cmake_minimum_required(VERSION 3.12)' >plant/CMakeLists.txt
cat >plant/einit/src/security.psl.in <<'END'
execute src=Einit, dst=plant.Pump { grant () }
request dst=plant.Pump, method=Start { grant () }
request dst=plant.Pump, method=SetSpeed {
    assert (message.speed <= 100)
}





request dst=plant.Pump, method=Twelve { grant () }
END
RUN=$ROOT/build/solutions/tools-why
mkdir -p "$RUN"
trap 'rm -rf "$RUN"' EXIT
(cd plant && pwd) >"$RUN/last.run"
cat >"$RUN/kernel.log" <<'END'
kernel: started Einit (class Einit, file Einit)
policy: denied execute Einit -> plant.Valve: no rule matches; nearest is security.psl.in:1 but for dst=plant.Pump
policy: denied request Desk 1 (plant.Desk) -> plant.Pump: pump.Pump.SetSpeed(speed=120, by="a): x"): assert (message.speed <= 100) at security.psl.in:4
policy: denied 10 times so far: request Desk 1 (plant.Desk) -> plant.Pump: pump.Pump.SetSpeed(speed=120, by="a): x"): assert (message.speed <= 100) at security.psl.in:4
policy: denied request plant.Desk -> kl.core.Core: task.Task.Create(name="x", eiid="y"): no rule matches
policy: denied response plant.Pump -> plant.Desk: main.Start(): no rule matches; nearest is security.psl.in:11 but for src=plant.Desk
policy: denied security plant.Pump: plant.Guard.Register(id=3): no rule matches
policy: denied security plant.Pump: plant.Guard.Register(id=4): no rule matches
policy: denied request plant.Desk -> plant.Pump: endpoint 7, method 0: the message is malformed
policy: 12 more denials were not shown
END

says() {
    expect "$1" 0 "$2" "$ROOT/tessera" why plant
}

says 'a start, and what would allow it' '^ *execute src=Einit, dst=plant.Valve { grant () }$'
says 'the nearest binding' 'The nearest is einit/src/security.psl.in:1, but for dst=plant.Pump'
says 'its line of the policy' '^ *1 | execute src=Einit, dst=plant.Pump { grant () }$'
says 'a rule that denied, and its line' '^ *4 |     assert (message.speed <= 100)$'
says 'where it stands' 'Denied by einit/src/security.psl.in:4: assert (message.speed <= 100)'
says 'how often' '^2\. request Desk 1 (plant.Desk) -> .*SetSpeed(speed=120, by="a): x") (10 times)$'
says 'a kernel method' \
    '^ *request src=plant.Desk, dst=kl.core.Core, endpoint=task.Task, method=Create { grant () }$'
says 'a response' '^ *response src=plant.Pump, dst=plant.Desk, endpoint=main, method=Start { grant () }$'
says 'a line further down' '^ *11 | request dst=plant.Pump, method=Twelve'
says 'a security interface' \
    '^ *security src=plant.Pump, interface=plant.Guard, method=Register { grant () }$'
says 'the same addition for two' '^   What is said at 5. allows it, too.$'
says 'a malformed message' 'No policy can allow it'
says 'what was not shown' '^12 more denials'
expect 'the last run of all' 0 'plant.Valve' "$ROOT/tessera" why
echo 'kernel: idle for ever' >"$RUN/kernel.log"
says 'nothing was denied' '^nothing was denied in the last run of .*/plant$'
rm -r "$RUN"

# What a run really writes.
expect 'a run with denials' 0 'desk: command 9: not permitted' "$ROOT/tessera" run --timeout 60 07-forbidden-command
expect 'and why' 0 'Denied by einit/src/security.psl.in:[0-9]*: assert (message.command != 9)' \
    "$ROOT/tessera" why 07-forbidden-command
expect 'with the line' 0 '^ *[0-9]* |     assert (message.command != 9)$' \
    "$ROOT/tessera" why 07-forbidden-command
expect 'nothing was run' 2 'nothing was run yet' "$ROOT/tessera" why plant
expect 'no solution' 2 'not a solution' "$ROOT/tessera" why nosuchthing
expect 'an unknown option' 2 'unknown option' "$ROOT/tessera" why --all

# What it says is enough: a policy that lets programs say nothing grows by its lines alone until all runs.
cp -r "$ROOT/examples/02-echo" grown
POLICY=grown/einit/src/security.psl.in
grep -v '^request\|^response\|^error\|dst=echo' "$ROOT/examples/02-echo/einit/src/security.psl.in" >$POLICY
echo 'request src=Einit, dst=kl.core.Core { grant () }' >>$POLICY
round=0
while [ $round -lt 30 ]; do
    "$ROOT/tessera" run --timeout 60 grown >ran 2>&1
    "$ROOT/tessera" why grown >why
    grep -E '^ *(execute|request|response|error|security) .*[{] grant \(\) [}]$' why >lines || break
    cat lines >>$POLICY
    round=$((round + 1))
done
sed 's/^ *//' $POLICY | grep . | sort | uniq -d >twice
expect 'a policy grown from denials: in steps' 0 '' test $round -ge 3
expect 'a policy grown from denials: nothing twice' 1 '' grep . twice
expect 'a policy grown from denials: nothing is denied' 0 '^nothing was denied' cat why
expect 'a policy grown from denials: all runs' 0 '^client: 10 calls answered' cat ran
rm -rf "$ROOT"/build/solutions/grown-*
